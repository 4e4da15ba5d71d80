/* What the server tells of impedance (docs/api.md, section 12). */
import type { MeasureInfo } from "../types";

export interface StackRow { unit: string | null; station: string; t_us: number | null; verdict: string | null; values: Record<string, number | null> }
export interface ImpedanceStation { path: string; measures: MeasureInfo[]; is_emulated: boolean }
export interface StackList { run: string; stations: ImpedanceStation[]; stacks: StackRow[]; kept: string | null }
export interface KeptFile { id: string; name: string; created_us: number; size_bytes: number }
export interface KeptList { files: KeptFile[]; recipes: string[] }

type Row = (number | null)[];
export interface Quantity { name: string; about: string; unit: string; values: Row; low: number | null; high: number | null; spread: number | null; deviation: Row | null }
export interface FailedCell { name: string; cell: number; looks_like: string; reasons: string[] }
export interface Group {
  names: string[]; frequency_hz: number[]; unit: string; instrument: string; re: Row[]; im: Row[]; fit_re: Row[] | null; fit_im: Row[] | null;
  kk_re: Row[]; kk_im: Row[]; kk_worst: Row; kk_doubt: string[]; tau_s: number[]; gamma: Row[]; peaks: { tau_s: number; resistance: number }[]; circuit: string | null; chosen: string;
  parameters: { name: string; unit: string; values: Row; low: Row; high: Row }[]; findings: { cell: number | null; kind: string; message: string }[]; quantities: Quantity[]; recipe: string | null;
  verdict: { is_pass: boolean; reasons: string[]; cells: number; failed: FailedCell[] } | null;
}
export interface Compared { name: string; unit: string; recorded: number | null; found: number | null; low: number | null; high: number | null; is_pass: boolean }
export interface Shown {
  title: string; kind: "stack" | "spectra"; is_synthetic: boolean; doubts?: string[]; groups: Group[];
  measured: { kind: string; mean_a: number; duration_s: number; lines: number; low_hz: number; high_hz: number; sample_rate_hz: number; leads_h: number | null; cells: number } | null;
  station: { path: string; verdict: string; done_us: number | null; area_m2: number | null; cells: number; compared: Compared[] } | null;
}
export interface Answer { state: "working" | "done"; share: number; shown: Shown | null }
