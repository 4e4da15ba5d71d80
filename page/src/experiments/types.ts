/* Experiments as the server tells them (docs/api.md, section 11). */
export interface Estimate { mean: number; half_width: number | null; low: number | null; high: number | null; samples: number; digits: number }
export interface Difference extends Estimate { verdict: "higher" | "lower" | "no difference seen" | "not known" }
export interface Figure { name: string; title: string; unit: string; better: number; group: string }
export interface Case {
  label: string; variant: string; point: Record<string, string>; base: number | null; warm_up_s: number; is_steady: boolean;
  figures: Record<string, Estimate>; differences: Record<string, Difference>; pace: { method: string; shares: [string, number][]; span_s: number | null; unpaused: string[] };
  on_paper: { bound_per_min: number | null; bound_station: string | null } | null; narrowing: [number, number][];
}
export interface Findings {
  name: string; about: string; until_s: number; warm_up_s: number | null; seed: number; replications: number; replications_done: number; batches: number | null; confidence: number;
  is_whole: boolean; paths: string[]; variants: string[]; figures: Figure[]; cases: Case[]; result: Result | null; notes: string[];
}
export interface Result { figure: string; unit: string; case: number; label: string; estimate: Estimate | null; is_clear: boolean; rivals: number[]; difference: Difference | null; base: number | null }
export interface Question {
  title: string; line: string; run: string; set: string[]; versus: string[]; sweep: string[]; until: string | null; warm_up: string | null; confidence: string | null;
  replications: number | null; batches: number | null; seed: number | null;
}
export type ExperimentState = "queued" | "running" | "done" | "stopped" | "interrupted" | "failed" | "damaged";
export interface ExperimentRow {
  id: string; title: string | null; line: string; run: string | null; state: ExperimentState; command: string; version: string; cases: number; until_s: number; replications: number; variants: string[]; paths: string[];
  created_us: number; began_us: number | null; ended_us: number | null; why: string | null; here: boolean; share: number | null; left_s: number | null; place: number | null; result: Result | null;
}
export interface Experiment extends ExperimentRow { asked: Question; findings: Findings | null }
export interface ExperimentList { experiments: ExperimentRow[]; total: number; lines?: string[] }
export interface Preview { line: string; cases: string[]; replications: number; batches: number | null; until_s: number; warm_up_s: number | null; seed: number; confidence: number; command: string; has_file: boolean }
export interface Against { confidence: number; figures: (Figure & { one: Estimate; other: Estimate; difference: Difference | null })[]; differs: string[]; only_one: string[]; only_other: string[] }

export function isUnderWay(state: ExperimentState): boolean {
  return state === "queued" || state === "running";
}
