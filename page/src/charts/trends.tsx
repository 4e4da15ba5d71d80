/* A stack of trends on one time axis with the state bar above: history first, then the stream, no jump at the seam. */
import "uplot/dist/uPlot.min.css";
import "./trends.css";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type uPlot from "uplot";
import { clock, number, numberOr } from "../format";
import { useWidth } from "../line/drawing";
import { useRun } from "../run";
import { useChartKeys } from "../shell/keys";
import { theStream } from "../stream/store";
import { texts } from "../texts";
import { useTheme } from "../theme";
import type { StateRow, Window } from "../types";
import type { Frame } from "../stream/frames";
import { TrendBuffer } from "./buffer";
import { ticks } from "./axis";
import { makeTrend, scaleOf, type TrendLook } from "./plot";
import { drawStates } from "./timebar";

export interface TrendTag { tag: string; title: string; unit: string | null; decimals: number | null; window: Window | null; setPoint: number | null; low: number | null; high: number | null; everyS: number }

interface Row { tag: TrendTag; buffer: TrendBuffer; look: TrendLook; plot: uPlot | null; label: HTMLElement | null; scale: [number, number] | null; dirty: boolean }

interface Props { tags: TrendTag[]; spanS: number; states: StateRow[] | null; height?: number; axis?: boolean; left?: number; columns?: number; onDrawn?: (seq: number) => void }

const LEFT = 50;
const DRAW_MS = 33;

/** The scale of what is in view; kept while the line stays inside three quarters of it, so that it does not breathe. */
function fitScale(row: Row, from: number, to: number): [number, number] {
  let low: number | null = null;
  let high: number | null = null;
  const { t, low: lows, high: highs } = row.buffer;
  for (let i = t.length - 1; i >= 0; i -= 1) {
    const at = t[i] ?? 0;
    if (at < from) break;
    const least = lows[i];
    const most = highs[i];
    if (at > to || least === null || least === undefined || most === null || most === undefined) continue;
    low = low === null || least < low ? least : low;
    high = high === null || most > high ? most : high;
  }
  const wanted = scaleOf(row.look, low, high);
  const now = row.scale;
  if (now && low !== null && high !== null && low >= now[0] && high <= now[1] && (wanted[1] - wanted[0]) > (now[1] - now[0]) * 0.5) return now;
  return wanted;
}

export function Trends({ tags, spanS, states, height = 44, axis = true, left = LEFT, columns = 1, onDrawn }: Props) {
  const { run, zone, now, header } = useRun();
  const [ref, whole] = useWidth<HTMLDivElement>();
  const width = Math.floor((whole - 12 * (columns - 1)) / columns);
  const theme = useTheme();
  const [still, setStill] = useState<[number, number] | null>(null);
  const [hasNewer, setNewer] = useState(false);
  const [isTable, setTable] = useState(false);
  const rows = useRef<Row[]>([]);
  const bar = useRef<HTMLCanvasElement>(null);
  const axisRef = useRef<HTMLDivElement>(null);
  const view = useRef<[number, number]>([0, 1]);
  const frozen = useRef<[number, number] | null>(null);
  frozen.current = still;
  const drawnAt = useRef(0);
  const newestSeq = useRef(0);
  const wanted = useRef(false);
  const inner = Math.max(80, width - left);
  const key = tags.map((each) => each.tag).join();
  const statesRef = useRef(states);
  statesRef.current = states;

  const draw = useCallback(() => {
    wanted.current = false;
    drawnAt.current = performance.now();
    const to = frozen.current?.[1] ?? now() / 1e6;
    const from = frozen.current?.[0] ?? to - spanS;
    view.current = [from, to];
    for (const row of rows.current) {
      const plot = row.plot;
      if (!plot) continue;
      const scale = fitScale(row, from, to);
      plot.batch(() => {
        plot.setData([row.buffer.t, row.buffer.mean, row.buffer.low, row.buffer.high], false);
        if (row.scale !== scale) plot.setScale("y", { min: scale[0], max: scale[1] });
        plot.setScale("x", { min: from, max: to });
      });
      row.scale = scale;
      if (row.label && plot.cursor.idx == null) row.label.textContent = numberOr(row.buffer.last, row.tag.decimals, texts.noValue);
      if (!frozen.current) row.buffer.forget(from - spanS * 0.1);
    }
    if (bar.current && statesRef.current) drawStates(bar.current, statesRef.current, from, to, inner, 20);
    if (axisRef.current) drawAxis(axisRef.current, from, to, inner, zone);
    onDrawn?.(newestSeq.current);
  }, [now, spanS, inner, zone, onDrawn]);

  const drawRef = useRef(draw);
  drawRef.current = draw;
  const ask = useCallback(() => {
    if (wanted.current) return;
    wanted.current = true;
    const since = performance.now() - drawnAt.current;
    if (since >= DRAW_MS) requestAnimationFrame(() => drawRef.current());
    else setTimeout(() => requestAnimationFrame(() => drawRef.current()), DRAW_MS - since);
  }, []);

  // Plots are made anew when their tags, their size or the theme change; the points stay.
  useLayoutEffect(() => {
    const host = ref.current;
    if (!host || width <= 0) return undefined;
    const before = new Map(rows.current.map((row) => [row.tag.tag, row.buffer]));
    rows.current = tags.map((tag) => {
      const look: TrendLook = { window: tag.window, setPoint: tag.setPoint, low: tag.low, high: tag.high, decimals: tag.decimals };
      const pace: [number, number] = [Math.max(tag.everyS, spanS / inner), Math.max(6 * tag.everyS, (4 * spanS) / inner)];
      const buffer = before.get(tag.tag) ?? new TrendBuffer(...pace);
      buffer.pace(...pace);
      const element = host.querySelector<HTMLElement>(`[data-tag="${CSS.escape(tag.tag)}"]`);
      const row: Row = { tag, buffer, look, plot: null, label: element?.querySelector<HTMLElement>("[data-now]") ?? null, scale: null, dirty: true };
      const place = element?.querySelector<HTMLElement>("[data-plot]");
      if (place) {
        row.plot = makeTrend(place, {
          width: width, height, look, sync: key, left,
          onCursor: (index) => { if (row.label) row.label.textContent = numberOr(index === null ? row.buffer.last : row.buffer.mean[index], tag.decimals, texts.noValue); },
          onSelect: (from, to) => setStill([from, to]),
        });
      }
      return row;
    });
    draw();
    return () => { for (const row of rows.current) row.plot?.destroy(); };
  }, [key, width, theme, height, spanS, left, isTable]);

  // One subscription for all rows: history by pixel, then what comes.
  useEffect(() => {
    if (!tags.length || !width) return undefined;
    const take = (frame: Frame): void => {
      newestSeq.current = frame.header.seq;
      const byTag = new Map<string, Record<string, Float32Array | Float64Array>>();
      let shared: Float64Array | Float32Array | null = null;
      for (const { info, data } of frame.arrays) {
        if (!info.tag) { shared = data; continue; }
        const entry = byTag.get(info.tag) ?? {};
        entry[info.name] = data;
        byTag.set(info.tag, entry);
      }
      for (const row of rows.current) {
        const entry = byTag.get(row.tag.tag);
        if (!entry) continue;
        const t = entry["t"] ?? shared;
        if (!t) continue;
        if (frame.name === "history" && entry["min"] && entry["max"]) row.buffer[frame.header.filled ? "fill" : "history"](t, entry["min"], entry["max"], entry["mean"]);
        else if (frame.name === "trend" && entry["v"]) row.buffer.append(t, entry["v"]);
      }
      if (frozen.current && frame.name === "trend") setNewer(true);
      else ask();
    };
    const from = Math.round(now() - spanS * 1e6);
    return theStream().subscribe({ run, topic: "signals", tags: tags.map((each) => each.tag), from_us: from, pixels: Math.round(inner) }, take);
  }, [key, run, spanS, width > 0]);

  // The axis runs on with the line's time, also while nothing new comes.
  useEffect(() => {
    // New samples ask by themselves; the axis alone needs a picture only where none came lately.
    const timer = setInterval(() => {
      if (!frozen.current && !document.hidden && performance.now() - drawnAt.current > 200) ask();
    }, header.live ? 250 : 2000);
    return () => clearInterval(timer);
  }, [ask, header.live]);
  useEffect(ask, [states, still, ask]);

  const follow = useCallback(() => { setStill(null); setNewer(false); }, []);
  useChartKeys(useCallback((pressed: string) => {
    if (pressed === ".") setStill((before) => { setNewer(false); return before ? null : view.current; });
  }, []));

  return (
    <div className="trends" onPointerDown={(event) => { if ((event.target as Element).closest(".u-over")) setStill((before) => before ?? view.current); }}>
      <div ref={ref} style={columns > 1 ? { display: "grid", gridTemplateColumns: `repeat(${columns}, ${Math.max(0, width)}px)`, gap: "0 12px" } : undefined}>
        {states ? <div className="staterow"><span>{texts.station.state}</span><canvas ref={bar} style={{ width: inner, height: 20 }} role="img" aria-label={texts.station.stateLabel} /></div> : null}
        {isTable ? <Table rows={rows.current} zone={zone} /> : tags.map((each) => (
          <div key={each.tag} className="trend" data-tag={each.tag}>
            <div className="tl" style={{ paddingLeft: left }}><b>{each.title}</b><span className="unit">{each.unit}</span><span className="tn">{texts.station.now} <b data-now="" /></span></div>
            <div data-plot="" role="img" aria-label={texts.station.trendLabel(each.title, "", each.unit ?? "")} />
          </div>
        ))}
        {axis && !isTable ? <div className="taxis" ref={axisRef} style={{ marginLeft: left }} aria-hidden="true" /> : null}
      </div>
      {tags.length && axis ? (
        <div className="tfoot">
          {still ? <button type="button" className="btn small primary" onClick={follow}>{hasNewer ? texts.station.newer : texts.station.follow}</button> : null}
          <button type="button" className="linkish muted" onClick={() => setTable(!isTable)}>{isTable ? texts.station.chart : texts.station.table}</button>
        </div>
      ) : null}
    </div>
  );
}

/** Ticks as HTML, so that they are text and follow the theme by themselves. */
function drawAxis(host: HTMLElement, from: number, to: number, px: number, zone: string): void {
  const all = ticks(from, to, px, zone).filter((tick) => ((to - tick.at) / (to - from)) * px > 16 && ((tick.at - from) / (to - from)) * px > 14);
  while (host.children.length > all.length) host.lastChild?.remove();
  all.forEach((tick, i) => {
    let element = host.children[i] as HTMLElement | undefined;
    if (!element) {
      element = document.createElement("span");
      host.appendChild(element);
    }
    if (element.textContent !== tick.text) element.textContent = tick.text;
    element.style.transform = `translateX(${(((tick.at - from) / (to - from)) * px).toFixed(1)}px) translateX(-50%)`;
  });
}

function Table({ rows, zone }: { rows: Row[]; zone: string }) {
  return (
    <div className="scroll" style={{ maxHeight: 320 }} tabIndex={0}>
      {rows.map((row) => {
        const points = row.buffer.t.map((t, i) => ({ t, v: row.buffer.mean[i] })).filter((each) => each.v !== null).slice(-12).reverse();
        return (
          <table key={row.tag.tag}>
            <caption className="unseen">{texts.station.tableTitle(row.tag.title)}</caption>
            <thead><tr><th>{row.tag.title} <span className="unit">{row.tag.unit}</span></th><th className="num">{texts.station.value}</th></tr></thead>
            <tbody>{points.map((each) => <tr key={each.t}><td>{clock(each.t * 1e6, zone)}</td><td className="num">{number(each.v ?? 0, row.tag.decimals)}</td></tr>)}</tbody>
          </table>
        );
      })}
    </div>
  );
}

