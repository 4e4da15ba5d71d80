/* Where figures stand on a drawing: pure functions, tested by themselves. */
import type { Case, Difference, Estimate, Figure, Question } from "./types";

export interface Scale { low: number; high: number; at: (value: number) => number; ticks: number[] }

/** Round numbers from `low` to `high`, about `wanted` of them. */
export function ticks(low: number, high: number, wanted: number): number[] {
  if (!(high > low)) return [low];
  const raw = (high - low) / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= raw * 0.999) ?? power * 10;
  const found = [];
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + step * 1e-9; n += 1) found.push(n * step === 0 ? 0 : n * step);
  return found;
}

/** Decimals that tell the ticks apart. */
export function tickDecimals(found: number[]): number {
  const step = found.length > 1 ? Math.abs((found[1] ?? 0) - (found[0] ?? 0)) : Math.abs(found[0] ?? 1);
  return step > 0 ? Math.min(6, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))) : 0;
}

function scale(low: number, high: number, from: number, to: number, wanted: number): Scale {
  const span = high - low || 1;
  return { low, high, at: (value) => from + ((value - low) / span) * (to - from), ticks: ticks(low, high, wanted) };
}

function ends(all: (Estimate | undefined | null)[]): number[] {
  return all.flatMap((each) => (each ? [each.mean, each.low ?? each.mean, each.high ?? each.mean] : []));
}

/** A scale for intervals, with room at both ends; `withZero` keeps 0 in it, for differences. */
export function intervalScale(all: (Estimate | undefined | null)[], from: number, to: number, withZero: boolean, wanted = 4): Scale {
  const found = [...ends(all), ...(withZero ? [0] : [])];
  const low = Math.min(...found);
  const high = Math.max(...found);
  const pad = (high - low) * 0.08 || Math.abs(high) * 0.05 || 1;
  return found.length ? scale(low - pad, high + pad, from, to, wanted) : scale(0, 1, from, to, wanted);
}

export function linear(low: number, high: number, from: number, to: number, wanted: number): Scale {
  return scale(low, high > low ? high : low + 1, from, to, wanted);
}

/** Whether an interval tells two apart: 0 lies outside it. */
export function isApart(found: Difference | null | undefined): boolean {
  return found?.verdict === "higher" || found?.verdict === "lower";
}

/** A, B … Z, AA, AB …: the key of a row. */
export function letter(n: number): string {
  return n < 26 ? String.fromCharCode(65 + n) : letter(Math.floor(n / 26) - 1) + String.fromCharCode(65 + (n % 26));
}

/** Decimals of a column, all alike: one more than its least exact value has, so that the more exact ones still show an interval. */
export function decimals(all: (Estimate | null | undefined)[]): number {
  const found = all.flatMap((each) => (each ? [each.digits] : []));
  return found.length ? Math.min(Math.max(...found), Math.min(...found) + 1) : 0;
}

/** The number that a swept value begins with: `2.1 s` is 2.1; null where it is none. */
export function numberOf(written: string): number | null {
  const found = /^[+-]?\d+(\.\d+)?/.exec(written.trim());
  return found ? Number(found[0]) : null;
}

export interface Curve { name: string; points: { x: number; case: number; estimate: Estimate }[] }

/** The curves of a sweep: over the first path whose values are numbers, one for each variant and each value of the other paths. */
export function curves(cases: Case[], paths: string[], figure: string): { path: string; curves: Curve[] } | null {
  const path = paths.find((each) => new Set(cases.map((one) => one.point[each])).size > 1 && cases.every((one) => numberOf(one.point[each] ?? "") !== null));
  if (!path) return null;
  const found = new Map<string, Curve>();
  cases.forEach((one, n) => {
    const estimate = one.figures[figure];
    const x = numberOf(one.point[path] ?? "");
    if (!estimate || x === null) return;
    const others = paths.filter((each) => each !== path).map((each) => `${each} = ${one.point[each] ?? ""}`);
    const name = [one.variant, ...others].filter(Boolean).join(", ");
    const curve = found.get(name) ?? { name, points: [] };
    curve.points.push({ x, case: n, estimate });
    found.set(name, curve);
  });
  const all = [...found.values()].filter((each) => each.points.length > 1);
  for (const each of all) each.points.sort((a, b) => a.x - b.x);
  return all.length ? { path, curves: all } : null;
}

/** Places of names at the ends of lines, kept apart from each other by `apart`. */
export function spread(wanted: number[], apart: number, low: number, high: number): number[] {
  const order = wanted.map((y, i) => ({ y, i })).sort((a, b) => a.y - b.y);
  const placed = order.map((each) => each.y);
  for (let i = 0; i < placed.length; i += 1) placed[i] = Math.max(placed[i] ?? 0, i ? (placed[i - 1] ?? 0) + apart : low);
  for (let i = placed.length - 1; i >= 0; i -= 1) placed[i] = Math.min(placed[i] ?? 0, i < placed.length - 1 ? (placed[i + 1] ?? 0) - apart : high);
  const out = [...wanted];
  order.forEach((each, k) => { out[each.i] = placed[k] ?? each.y; });
  return out;
}

export interface Piece { station: string | null; share: number; from: number }

/** Stations that set the pace, the same colours in every row: the most frequent of all rows first, what is left as `null`. */
export function paces(cases: Case[], most: number): { stations: string[]; rows: Piece[][] } {
  const sums = new Map<string, number>();
  for (const one of cases) for (const [station, share] of one.pace.shares) sums.set(station, (sums.get(station) ?? 0) + share);
  const stations = [...sums].sort((a, b) => b[1] - a[1]).slice(0, most).map(([station]) => station);
  const rows = cases.map((one) => {
    let from = 0;
    const shares = new Map(one.pace.shares);
    const pieces: Piece[] = stations.map((station) => ({ station, share: shares.get(station) ?? 0, from: 0 }));
    const rest = 1 - pieces.reduce((sum, each) => sum + each.share, 0);
    if (rest > 0.005 && one.pace.shares.length) pieces.push({ station: null, share: rest, from: 0 });
    for (const piece of pieces) { piece.from = from; from += piece.share; }
    return pieces.filter((each) => each.share > 0);
  });
  return { stations, rows };
}

/** Figures of the columns beside the main one. */
export function columns(figures: Figure[], main: string, most: number): Figure[] {
  const wanted = ["output", "oee", "wip", "yield", "energy-per-kwh", "energy-per-unit", "takt"];
  const found = wanted.flatMap((name) => figures.filter((each) => each.name === name && name !== main));
  return found.slice(0, most);
}

/** What is sent: the lines of the fields without the empty ones, numbers as numbers, nothing where nothing is written. */
export interface Fields { title: string; source: string; text: string; set: string; versus: string; sweep: string; until: string; warmUp: string; replications: string; confidence: string; seed: string }

function rows(text: string): string[] {
  return text.split("\n").map((each) => each.trim()).filter(Boolean);
}

function whole(text: string): number | string | null {
  const plain = text.trim();
  return plain ? (/^\d+$/.test(plain) ? Number(plain) : plain) : null;
}

export function sent(fields: Fields): Record<string, unknown> {
  const [kind, name] = [fields.source.split(":", 1)[0] ?? "", fields.source.slice(fields.source.indexOf(":") + 1)];
  const source = kind === "text" ? { text: fields.text } : kind === "run" ? { run: name } : { line: name };
  return {
    ...source, title: fields.title.trim(), set: rows(fields.set), versus: rows(fields.versus), sweep: rows(fields.sweep), until: fields.until.trim() || null, warm_up: fields.warmUp.trim() || null,
    replications: whole(fields.replications), confidence: fields.confidence || null, seed: whole(fields.seed),
  };
}

/** The fields of a question that was asked before. A pasted text is not sent back: it stands in the file that the experiment keeps. */
export function fieldsOf(asked: Question): Partial<Fields> {
  return {
    title: asked.title, source: asked.run ? "run:" + asked.run : asked.line ? "line:" + asked.line : "text:", set: asked.set.join("\n"), versus: asked.versus.join("\n"), sweep: asked.sweep.join("\n"),
    until: asked.until ?? "", warmUp: asked.warm_up ?? "", replications: asked.replications === null ? "" : String(asked.replications), confidence: asked.confidence ?? "", seed: asked.seed === null ? "" : String(asked.seed),
  };
}
