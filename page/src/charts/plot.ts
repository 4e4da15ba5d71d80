/* uPlot as the page uses it: the mean as a line in the range of each pixel, a window as a band, a set-point in dashes, what lies outside in red, what lies off the scale at the edge. */
import uPlot from "uplot";
import { number } from "../format";
import { colour } from "../theme";
import type { Window } from "../types";

export interface TrendLook { window: Window | null; setPoint: number | null; low: number | null; high: number | null; decimals: number | null }

const LEFT = 50;

/** The scale follows the window, not the extremes; without a window it follows what is seen, with a little room. */
export function scaleOf(look: TrendLook, low: number | null, high: number | null): [number, number] {
  const lower = look.window?.lower ?? null;
  const upper = look.window?.upper ?? null;
  if (lower !== null && upper !== null && upper > lower) {
    const room = (upper - lower) * 0.6;
    return [lower - room, upper + room];
  }
  let from = low ?? look.low ?? 0;
  let to = high ?? look.high ?? 1;
  const marks = [look.setPoint, lower, upper].filter((each): each is number => each !== null);
  const whole = look.low !== null && look.high !== null ? look.high - look.low : 0;
  for (const mark of marks) {
    // A far set-point must not press the line flat.
    if (!whole || Math.abs(mark - (from + to) / 2) < whole * 0.5) {
      from = Math.min(from, mark);
      to = Math.max(to, mark);
    }
  }
  const least = Math.max(Math.abs(to) * 0.01, whole * 0.01, 1e-9);
  if (to - from < least) {
    const middle = (from + to) / 2;
    from = middle - least / 2;
    to = middle + least / 2;
  }
  const room = (to - from) * 0.12;
  return [from - room, to + room];
}

/** Few round values inside a scale. */
export function levels(low: number, high: number, most = 3): number[] {
  const step = niceStep((high - low) / most);
  const out: number[] = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step * 1e-6; at += step) out.push(Math.abs(at) < step * 1e-6 ? 0 : at);
  return out;
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  const rest = rough / power;
  return (rest <= 1 ? 1 : rest <= 2 ? 2 : rest <= 5 ? 5 : 10) * power;
}

function overlay(u: uPlot, look: TrendLook): void {
  const { ctx } = u;
  const ratio = uPlot.pxRatio;
  const { left, top, width, height } = u.bbox;
  const xs = u.data[0];
  const lows = u.data[2];
  const highs = u.data[3];
  if (!xs || !lows || !highs) return;
  const lower = look.window?.lower ?? -Infinity;
  const upper = look.window?.upper ?? Infinity;
  const min = u.scales["y"]?.min ?? -Infinity;
  const max = u.scales["y"]?.max ?? Infinity;
  const from = u.scales["x"]?.min ?? 0;
  const to = u.scales["x"]?.max ?? 0;
  let i = u.valToIdx(from);
  let off: { x: number; isHigh: boolean } | null = null;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width, height);
  ctx.clip();
  ctx.lineWidth = 1.6 * ratio;
  ctx.strokeStyle = colour("fault");
  let isDown = false;
  const edges: { a: number; b: number; isHigh: boolean }[] = [];
  ctx.beginPath();
  for (; i < xs.length; i += 1) {
    const t = xs[i] ?? 0;
    if (t > to) break;
    const low = lows[i];
    const high = highs[i];
    const x = u.valToPos(t, "x", true);
    const isKnown = low !== null && low !== undefined && high !== null && high !== undefined;
    // The side of the pixel that is outside is the one to be seen.
    const value = isKnown ? (high > upper ? high : low) : 0;
    if (isKnown && (value > upper || value < lower) && value <= max && value >= min) {
      const y = u.valToPos(value, "y", true);
      if (isDown) ctx.lineTo(x, y);
      else ctx.moveTo(x, y);
      isDown = true;
    } else isDown = false;
    const isOff = isKnown && (value > max || value < min);
    if (isOff && (!off || off.isHigh !== value > max)) {
      off = { x, isHigh: value > max };
      edges.push({ a: x, b: x, isHigh: value > max });
    } else if (isOff) {
      const edge = edges[edges.length - 1];
      if (edge) edge.b = x;
    } else off = null;
  }
  ctx.stroke();
  for (const edge of edges) mark(ctx, edge, top, height, ratio);
  ctx.restore();
}

/** Off the scale: dots along the edge, and one mark that points out. */
function mark(ctx: CanvasRenderingContext2D, edge: { a: number; b: number; isHigh: boolean }, top: number, height: number, ratio: number): void {
  const y = edge.isHigh ? top + 1.5 * ratio : top + height - 1.5 * ratio;
  ctx.strokeStyle = colour("d1");
  ctx.lineWidth = 1.2 * ratio;
  ctx.setLineDash([2 * ratio, 2 * ratio]);
  ctx.beginPath();
  ctx.moveTo(edge.a, y);
  ctx.lineTo(Math.max(edge.b, edge.a + 3 * ratio), y);
  ctx.stroke();
  ctx.setLineDash([]);
  const x = (edge.a + edge.b) / 2;
  const size = 4 * ratio * (edge.isHigh ? 1 : -1);
  ctx.fillStyle = colour("d1");
  ctx.beginPath();
  ctx.moveTo(x - 4 * ratio, y + size * 1.3);
  ctx.lineTo(x + 4 * ratio, y + size * 1.3);
  ctx.lineTo(x, y);
  ctx.fill();
}

function ground(u: uPlot, look: TrendLook): void {
  const { ctx } = u;
  const ratio = uPlot.pxRatio;
  const { left, top, width, height } = u.bbox;
  const y = (value: number): number => Math.min(top + height, Math.max(top, u.valToPos(value, "y", true)));
  const { lower = null, upper = null } = look.window ?? {};
  ctx.save();
  if (lower !== null || upper !== null) {
    const a = upper === null ? top : y(upper);
    const b = lower === null ? top + height : y(lower);
    ctx.fillStyle = colour("band");
    ctx.fillRect(left, a, width, b - a);
  }
  const target = look.setPoint ?? look.window?.target ?? null;
  if (target !== null) {
    ctx.strokeStyle = colour("limit");
    ctx.lineWidth = ratio;
    ctx.setLineDash([3 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(left, Math.round(y(target)) + 0.5);
    ctx.lineTo(left + width, Math.round(y(target)) + 0.5);
    ctx.stroke();
  }
  ctx.restore();
}

const linear: uPlot.Series.PathBuilder = (u, series, from, to) => uPlot.paths.linear?.()(u, series, from, to) ?? null;

/** Levels at the very edge would be cut through their text. */
function inside(u: uPlot, value: number): boolean {
  const { min = 0, max = 1 } = u.scales["y"] ?? {};
  const span = (max ?? 1) - (min ?? 0);
  return value >= (min ?? 0) + span * 0.07 && value <= (max ?? 1) - span * 0.07;
}

export interface PlotOptions { width: number; height: number; look: TrendLook; sync: string; left?: number; onCursor?: (index: number | null) => void; onSelect?: (from: number, to: number) => void }

/** A trend without an x axis (the stack has one for all). */
export function makeTrend(host: HTMLElement, options: PlotOptions): uPlot {
  const { look } = options;
  const u = new uPlot({
    width: options.width, height: options.height, pxAlign: 0, padding: [1, 0, 1, 0], legend: { show: false },
    cursor: { sync: { key: options.sync, setSeries: false }, y: false, points: { size: 5, width: 1, fill: colour("d1"), stroke: colour("surface") }, drag: { x: true, y: false, setScale: false } },
    scales: { x: { time: false, auto: false }, y: { auto: false, range: (_u, min, max) => [min ?? 0, max ?? 1] } },
    axes: [
      { show: false },
      { size: options.left ?? LEFT, gap: 7, stroke: () => colour("ink-3"), font: "11px Inter, system-ui, sans-serif", grid: { stroke: () => colour("grid"), width: 1 }, ticks: { show: false },
        splits: (self) => levels(self.scales["y"]?.min ?? 0, self.scales["y"]?.max ?? 1, options.height > 90 ? 5 : options.height > 50 ? 3 : 2).filter((each) => inside(self, each)),
        values: (_u, splits) => splits.map((each) => { const span = Math.abs((splits[1] ?? 1) - (splits[0] ?? 0)); return number(each, Math.max(0, Math.min(4, -Math.floor(Math.log10(span || 1) + 1e-9)))); }) },
    ],
    series: [{}, { stroke: () => colour("d1"), width: 1.3, points: { show: false }, spanGaps: false, paths: linear }, { width: 0, points: { show: false }, paths: linear }, { width: 0, points: { show: false }, paths: linear }],
    bands: [{ series: [3, 2], fill: () => colour("trend-range") }],
    hooks: {
      drawClear: [(self) => ground(self, look)],
      draw: [(self) => overlay(self, look)],
      setCursor: [(self) => options.onCursor?.(self.cursor.idx ?? null)],
      setSelect: [(self) => { if (self.select.width > 6) options.onSelect?.(self.posToVal(self.select.left, "x"), self.posToVal(self.select.left + self.select.width, "x")); self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false); }],
    },
  }, [[], [], [], []], host);
  return u;
}
