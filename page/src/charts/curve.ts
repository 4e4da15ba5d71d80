/* A curve of few points joined by straight lines: what lies between them, its phases, the hours below it, and its picture by uPlot. */
import uPlot from "uplot";
import { number } from "../format";
import { colour } from "../theme";
import { levels } from "./plot";

const HOUR_S = 3600;
const HOURS = [0.1, 0.25, 0.5, 1, 2, 3, 4, 6, 12, 24, 48, 96];
const FINE = 480;

export interface Phase { sign: -1 | 0 | 1; from: number; to: number }

/** Value of a curve at a time: on the straight line between its points; of a step the value behind it. */
export function valueAt(t: number[], values: number[], at: number): number | null {
  const last = t.length - 1;
  if (last < 0 || at < (t[0] ?? 0) || at > (t[last] ?? 0)) return null;
  let i = 0;
  while (i < last && (t[i + 1] ?? 0) <= at) i += 1;
  const [a, b] = [values[i] ?? 0, values[i + 1] ?? values[i] ?? 0];
  const width = (t[i + 1] ?? t[i] ?? 0) - (t[i] ?? 0);
  return width > 0 ? a + ((b - a) * (at - (t[i] ?? 0))) / width : a;
}

/** The curve's own points and so many between them that a pointer finds one wherever it is; steps stay steps. */
export function fine(t: number[], lines: number[][], most = FINE): { t: number[]; lines: number[][] } {
  const end = t[t.length - 1] ?? 0;
  const all: number[] = [];
  const out = lines.map((): number[] => []);
  for (let i = 0; i < t.length; i += 1) {
    const from = t[i] ?? 0;
    const to = t[i + 1] ?? from;
    const between = i + 1 < t.length ? Math.max(1, Math.ceil((most * (to - from)) / (end || 1))) : 1;
    for (let k = 0; k < between; k += 1) {
      all.push(from + ((to - from) * k) / between);
      lines.forEach((values, n) => out[n]?.push((values[i] ?? 0) + (((values[i + 1] ?? values[i] ?? 0) - (values[i] ?? 0)) * k) / between));
    }
  }
  return { t: all, lines: out };
}

/** Where a line is above, at and below 0, one after the other; what is shorter than a hundredth of all is left to its neighbour. */
export function phases(t: number[], values: number[]): Phase[] {
  const found: Phase[] = [];
  const whole = (t[t.length - 1] ?? 0) - (t[0] ?? 0);
  const most = Math.max(...values.map(Math.abs), 1e-12);
  for (let i = 0; i + 1 < t.length; i += 1) {
    const [from, to] = [t[i] ?? 0, t[i + 1] ?? 0];
    if (to <= from) continue;
    const middle = ((values[i] ?? 0) + (values[i + 1] ?? 0)) / 2;
    const sign = Math.abs(middle) < most * 1e-3 ? 0 : middle > 0 ? 1 : -1;
    const before = found[found.length - 1];
    if (before && (before.sign === sign || to - from < whole * 0.002)) before.to = to;
    else found.push({ sign, from, to });
  }
  return found;
}

/** Hours below a curve of some length, at least `apart` px from each other. */
export function hours(endS: number, px: number, apart = 56): { at: number; text: string }[] {
  const end = endS / HOUR_S;
  const step = HOURS.find((each) => (each / (end || 1)) * px >= apart) ?? 168;
  const out = [];
  for (let i = 0, at = 0; at <= end + step * 1e-6; i += 1, at = i * step) out.push({ at: Math.round(at * HOUR_S), text: number(at, step < 1 ? (step < 0.5 ? 2 : 1) : 0) + "\u202fh" });
  return out;
}

/** One line of a curve without its time axis: the rows of a picture have one for all. */
export function makeCurve(host: HTMLElement, options: { width: number; height: number; left: number; sync: string; t: number[]; values: number[]; onCursor: (at: number | null) => void }): uPlot {
  const low = Math.min(...options.values);
  const high = Math.max(...options.values);
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  const linear: uPlot.Series.PathBuilder = (u, series, from, to) => uPlot.paths.linear?.()(u, series, from, to) ?? null;
  return new uPlot({
    width: options.width, height: options.height, pxAlign: 0, padding: [2, 0, 2, 0], legend: { show: false },
    cursor: { sync: { key: options.sync, setSeries: false }, y: false, points: { size: 5, width: 1, fill: colour("d1"), stroke: colour("surface") }, drag: { x: false, y: false } },
    scales: { x: { time: false, range: (_u, min, max) => [min, max] }, y: { range: () => [low - room, high + room] } },
    axes: [
      { show: false },
      { size: options.left, gap: 7, stroke: () => colour("ink-3"), font: "11px Inter, system-ui, sans-serif", grid: { stroke: () => colour("grid"), width: 1 }, ticks: { show: false },
        splits: () => levels(low - room, high + room, options.height > 90 ? 4 : 3),
        values: (_u, splits) => splits.map((each) => number(each, Math.max(0, Math.min(4, -Math.floor(Math.log10((splits[1] ?? 1) - (splits[0] ?? 0) || 1) + 1e-9))))) },
    ],
    series: [{}, { stroke: () => colour("d1"), width: 1.4, points: { show: false }, paths: linear }],
    hooks: { setCursor: [(self) => options.onCursor(self.cursor.idx == null ? null : self.data[0][self.cursor.idx] ?? null)] },
  }, [options.t, options.values], host);
}
