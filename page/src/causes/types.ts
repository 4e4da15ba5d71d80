/* What the server answers (docs/api.md, section 8). */
export interface Question { bad: string; title: string; kind: string }
export interface Bar { name: string; units: number; bad: number; is_hit: boolean }
export interface Fact {
  fact: string; sort: string; station: string; where: string; units: number; bad: number; share_inside: number; share_outside: number;
  log10_p: number; mean_inside: number | null; mean_outside: number | null; same_units: boolean;
}
export interface Cause extends Fact { bars: Bar[]; folded: Fact[] }
export interface Explained {
  run: string; bad: { asked: string; units: number }; good: { asked: string; units: number }; characteristic: string | null; unit: string | null;
  facts: number; causes: Cause[]; nearest: Fact | null;
}
