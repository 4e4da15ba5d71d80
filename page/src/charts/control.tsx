/* Control chart: values, mean, control limits (dotted grey), window (dashed ochre), and at the points the rules they break. */
import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { number } from "../format";
import { useWidth } from "../line/drawing";
import { useRun } from "../run";
import { texts } from "../texts";
import { colour, useTheme } from "../theme";
import type { ControlData } from "../types";
import { ticks } from "./axis";
import { levels } from "./plot";

const RIGHT = 86;
const LEFT = 44;

/** Limits, window and points are all in view; a window far away is left out rather than pressing the points flat. */
export function controlScale(data: ControlData): [number, number] {
  const seen = data.value.filter((each): each is number => each !== null);
  for (const each of [data.lcl, data.ucl, data.mean]) if (each !== null) seen.push(each);
  let low = Math.min(...seen);
  let high = Math.max(...seen);
  const span = high - low || Math.abs(high) * 0.01 || 1;
  for (const limit of [data.lower, data.upper]) {
    if (limit !== null && limit > low - 2 * span && limit < high + 2 * span) {
      low = Math.min(low, limit);
      high = Math.max(high, limit);
    }
  }
  const room = (high - low || 1) * 0.07;
  return [low - room, high + room];
}

function paint(u: uPlot, data: ControlData): void {
  const { ctx } = u;
  const ratio = uPlot.pxRatio;
  const { left, top, width, height } = u.bbox;
  const at = (value: number): number => u.valToPos(value, "y", true);
  const inside = (value: number | null): value is number => value !== null && at(value) >= top - 1 && at(value) <= top + height + 1;
  ctx.save();
  if (data.lcl !== null && data.ucl !== null) {
    const a = Math.max(top, at(data.ucl));
    ctx.fillStyle = colour("band");
    ctx.fillRect(left, a, width, Math.min(top + height, at(data.lcl)) - a);
  }
  const written: number[] = [];
  const line = (value: number | null, token: string, dash: number[], words: string, wide = 1): void => {
    if (!inside(value)) return;
    ctx.strokeStyle = colour(token);
    ctx.lineWidth = wide * ratio;
    ctx.setLineDash(dash.map((each) => each * ratio));
    ctx.beginPath();
    ctx.moveTo(left, Math.round(at(value)) + 0.5);
    ctx.lineTo(left + width, Math.round(at(value)) + 0.5);
    ctx.stroke();
    ctx.setLineDash([]);
    // Where limits lie on each other, the first one keeps its words.
    if (written.some((each) => Math.abs(each - at(value)) < 12 * ratio)) return;
    written.push(at(value));
    ctx.fillStyle = colour(token === "limit" ? "limit" : "ink-3");
    ctx.font = `${11 * ratio}px Inter, system-ui, sans-serif`;
    ctx.textAlign = "left";
    ctx.textBaseline = "middle";
    ctx.fillText(`${words} ${number(value, data.decimals)}`, left + width + 7 * ratio, at(value));
  };
  line(data.upper, "limit", [6, 3], texts.station.max, 1.4);
  line(data.lower, "limit", [6, 3], texts.station.min, 1.4);
  line(data.ucl, "line-strong", [1.5, 2], texts.station.ucl);
  line(data.lcl, "line-strong", [1.5, 2], texts.station.lcl);
  line(data.mean, "line-strong", [], texts.station.mean);
  ctx.restore();
}

function points(u: uPlot, data: ControlData): void {
  const { ctx } = u;
  const ratio = uPlot.pxRatio;
  const bad = new Set(data.broken.flatMap((each) => each.points));
  ctx.save();
  data.value.forEach((value, i) => {
    if (value === null) return;
    const x = u.valToPos(u.data[0][i] ?? 0, "x", true);
    const y = u.valToPos(value, "y", true);
    ctx.fillStyle = colour(bad.has(i) ? "fault" : "d1");
    ctx.beginPath();
    if (bad.has(i)) {
      const s = 3.8 * ratio;
      ctx.moveTo(x, y - s);
      ctx.lineTo(x + s, y);
      ctx.lineTo(x, y + s);
      ctx.lineTo(x - s, y);
      ctx.closePath();
    } else ctx.arc(x, y, 1.7 * ratio, 0, 7);
    ctx.fill();
  });
  rules(u, data, ratio);
  ctx.restore();
}

/** The rule is written at its points: a single one beside it, a run under a bracket. */
function rules(u: uPlot, data: ControlData, ratio: number): void {
  const { ctx } = u;
  const { left, top, width, height } = u.bbox;
  ctx.fillStyle = colour("fault-ink");
  ctx.strokeStyle = colour("fault-ink");
  ctx.lineWidth = ratio;
  ctx.font = `500 ${11 * ratio}px Inter, system-ui, sans-serif`;
  ctx.textBaseline = "middle";
  const taken: { a: number; b: number; y: number }[] = [];
  // Words stand free of the lines of limits and mean.
  const lines = [data.upper, data.lower, data.ucl, data.lcl, data.mean].filter((each): each is number => each !== null).map((each) => u.valToPos(each, "y", true));
  const onLine = (at: number): boolean => lines.some((each) => Math.abs(each - at) < 8 * ratio);
  const write = (text: string, x: number, y: number): void => {
    ctx.save();
    ctx.strokeStyle = colour("surface");
    ctx.lineWidth = 4 * ratio;
    ctx.lineJoin = "round";
    ctx.strokeText(text, x, y);
    ctx.restore();
    ctx.fillText(text, x, y);
  };
  for (const rule of data.broken.slice(0, 5)) {
    const x1 = u.valToPos(u.data[0][rule.first] ?? 0, "x", true);
    const x2 = u.valToPos(u.data[0][rule.last] ?? 0, "x", true);
    if (rule.last === rule.first) {
      const y = u.valToPos(data.value[rule.first] ?? 0, "y", true);
      ctx.textAlign = x1 > left + width - 50 * ratio ? "right" : "left";
      const free = [-6, -14, 10, 18, -22, 26].map((each) => y + each * ratio).find((each) => !onLine(each) && each > top + 6 * ratio && each < top + height - 6 * ratio);
      write(texts.station.rule(rule.rule), x1 + (ctx.textAlign === "left" ? 7 : -7) * ratio, free ?? y - 6 * ratio);
      continue;
    }
    const text = texts.station.ruleLine(rule.rule, rule.title);
    const half = ctx.measureText(text).width / 2;
    const middle = Math.min(left + width - half, Math.max(left + half, (x1 + x2) / 2));
    const isFree = (y: number): boolean => !onLine(y + 9 * ratio) && !taken.some((each) => Math.abs(each.y - y) < 24 * ratio && middle - half < each.b && middle + half > each.a);
    // At the foot, else at the head, where few points are; in the middle only where both are full.
    const low = top + height - 22 * ratio;
    const high = top + 6 * ratio;
    const steps = Array.from({ length: Math.max(1, Math.floor((low - high) / (4 * ratio))) }, (_, k) => k * 4 * ratio);
    const third = height * 0.3;
    const places = [...steps.filter((each) => each <= third).map((each) => low - each), ...steps.filter((each) => each <= third).map((each) => high + each), ...steps.map((each) => low - each)];
    const y = places.find(isFree) ?? low;
    taken.push({ a: middle - half, b: middle + half, y });
    ctx.beginPath();
    ctx.moveTo(x1, y - 4 * ratio);
    ctx.lineTo(x1, y);
    ctx.lineTo(x2, y);
    ctx.lineTo(x2, y - 4 * ratio);
    ctx.stroke();
    ctx.textAlign = "center";
    write(text, middle, y + 9 * ratio);
  }
}

export function ControlChart({ data, title, height = 210, onOpen }: { data: ControlData; title: string; height?: number; onOpen?: (id: string) => void }) {
  const { zone } = useRun();
  const [ref, width] = useWidth<HTMLDivElement>();
  const theme = useTheme();
  const plot = useRef<uPlot | null>(null);
  const held = useRef(data);
  held.current = data;
  useEffect(() => {
    const host = ref.current;
    if (!host || !width) return undefined;
    const u = new uPlot({
      width, height, padding: [4, 0, 0, 0], legend: { show: false }, cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
      scales: { x: { time: false, range: (_u, min, max) => [min, max + (max - min) * 0.01] }, y: { range: () => controlScale(held.current) } },
      axes: [
        { size: 22, gap: 4, stroke: () => colour("ink-3"), font: "11px Inter, system-ui, sans-serif", grid: { show: false }, ticks: { show: false },
          splits: (self) => indexTicks(held.current, self.width - LEFT - RIGHT, zone).map((each) => each.at), values: (self) => indexTicks(held.current, self.width - LEFT - RIGHT, zone).map((each) => each.text) },
        { size: LEFT, gap: 6, stroke: () => colour("ink-3"), font: "11px Inter, system-ui, sans-serif", grid: { stroke: () => colour("grid"), width: 1 }, ticks: { show: false }, splits: (self) => levels(self.scales["y"]?.min ?? 0, self.scales["y"]?.max ?? 1, 5), values: (_u, splits) => splits.map((each) => number(each, Math.max(0, Math.min(5, -Math.floor(Math.log10((splits[1] ?? 1) - (splits[0] ?? 0) || 1) + 1e-9))))) },
        { side: 1, size: RIGHT, show: true, grid: { show: false }, ticks: { show: false }, values: () => [], splits: () => [] },
      ],
      series: [{}, { stroke: () => colour("run"), width: 1, points: { show: false }, spanGaps: true }],
      hooks: { drawClear: [(self) => paint(self, held.current)], draw: [(self) => points(self, held.current)] },
    }, [held.current.value.map((_, i) => i), held.current.value], host);
    plot.current = u;
    u.over.addEventListener("click", () => {
      const id = u.cursor.idx == null ? null : held.current.thing[u.cursor.idx];
      if (id) onOpen?.(id);
    });
    return () => { u.destroy(); plot.current = null; };
  }, [width, height, theme, zone]);
  useEffect(() => {
    // The places of the points stay the same, so uPlot would keep the words of the axis: their times are others.
    plot.current?.setData([data.value.map((_, i) => i), data.value]);
    plot.current?.redraw(false, true);
  }, [data]);
  return <div ref={ref} role="img" aria-label={texts.station.chartLabel(title, data.value.length, data.mean === null ? texts.noValue : number(data.mean, data.decimals), data.broken.length)} />;
}

/** Values stand one beside the other; their times are written below some of them. */
function indexTicks(data: ControlData, px: number, zone: string): { at: number; text: string }[] {
  const n = data.t_us.length;
  if (n < 2) return [];
  const marks = ticks((data.t_us[0] ?? 0) / 1e6, (data.t_us[n - 1] ?? 0) / 1e6, px, zone, 110);
  return marks.map((each) => ({ at: Math.max(0, data.t_us.findIndex((us) => us / 1e6 >= each.at)), text: each.text }));
}
