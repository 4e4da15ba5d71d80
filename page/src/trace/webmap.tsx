/* A web as a map: length by width, side by side, coloured by what was measured; a box drawn on it is what is asked for. Four fields say the same. */
import { useEffect, useMemo, useRef, useState, type PointerEvent } from "react";
import { ofRun, useGet } from "../api";
import { levels } from "../charts/plot";
import { metres, number } from "../format";
import { useWidth } from "../line/drawing";
import { path as toPath, setQuery } from "../route";
import { useRun } from "../run";
import { texts, words } from "../texts";
import { colour, useTheme } from "../theme";
import type { AffectedUnit, LaneMm, ProfileRow, WebInfo, WebStrip, WebUnit } from "../types";
import { around, boxOf, laneAt, spread, type Box, type LaneBand } from "./webbox";
import { deviation } from "./strip";

const LEFT = 58;
const RIGHT = 4;
const OVER = 27;
const TALL = 168;
const GAP = 12;
const FEWEST_PX = 4; // a shorter drag is a click

interface Props { web: string; info: WebInfo; length: number; box: Box; affected: AffectedUnit[] }

export function WebMap({ web, info, length, box, affected }: Props) {
  const { run, link } = useRun();
  const theme = useTheme();
  const [ref, width] = useWidth<HTMLDivElement>();
  const [chosen, setChosen] = useState<string | null>(null);
  const [sides, setSides] = useState<string | null>(null);
  const [drag, setDrag] = useState<{ x0: number; y0: number; x1: number; y1: number; side: string | null } | null>(null);
  const span = Math.max(2, box.to - box.from);
  const view = { from: Math.max(0, box.from - span * 0.9 - 1), to: Math.min(length, box.to + span * 0.9 + 1) };
  const pixels = Math.max(100, Math.round(width - LEFT - RIGHT));
  const whole = useGet<WebStrip>(width ? ofRun(run, "webs", web, "strip") : "", { from_m: 0, to_m: length, characteristic: chosen, pixels: Math.min(300, pixels) });
  const near = useGet<WebStrip>(width ? ofRun(run, "webs", web, "strip") : "", { from_m: view.from, to_m: view.to, characteristic: chosen, pixels: Math.min(400, pixels) });
  const kept = useRef<{ whole: WebStrip | null; near: WebStrip | null }>({ whole: null, near: null });
  if (whole.data) kept.current.whole = whole.data;
  if (near.data) kept.current.near = near.data;
  const over = whole.data ?? kept.current.whole;
  const zoomed = near.data ?? kept.current.near;
  const known = (over?.sides ?? []).map((each) => each.side);
  const names = known.length ? known : [null];
  const shown = names.filter((each) => sides === null || each === sides);
  const all = useMemo(() => spread(info.lanes_mm ?? [], info.lanes, info.width_mm), [info]);
  const bands = useMemo(() => around(all, box.across), [all, box.across?.[0], box.across?.[1]]);
  const end = width - RIGHT;
  const xOver = (m: number): number => LEFT + (m / length) * (end - LEFT);
  const xNear = (m: number): number => LEFT + ((m - view.from) / (view.to - view.from)) * (end - LEFT);
  const mAt = (x: number): number => view.from + ((Math.min(end, Math.max(LEFT, x)) - LEFT) / (end - LEFT)) * (view.to - view.from);
  const yOver = (i: number): number => 18 + i * (OVER + 3);
  const top = yOver(names.length) + 24;
  const yNear = (i: number): number => top + i * (TALL + GAP);
  const height = yNear(shown.length) + 8;
  const y = (i: number, mm: number): number => yNear(i) + ((mm - bands.lo) / (bands.hi - bands.lo)) * TALL;
  const mmAt = (i: number, at: number): number => bands.lo + (Math.min(TALL, Math.max(0, at - yNear(i))) / TALL) * (bands.hi - bands.lo);
  const sideAt = (at: number): number => Math.max(0, Math.min(shown.length - 1, Math.floor((at - top) / (TALL + GAP))));

  const place = (event: PointerEvent<SVGSVGElement>): [number, number] => {
    const frame = event.currentTarget.getBoundingClientRect();
    return [(event.clientX - frame.left) * (width / frame.width), (event.clientY - frame.top) * (height / frame.height)];
  };
  const down = (event: PointerEvent<SVGSVGElement>): void => {
    const [x, at] = place(event);
    if (at < top - 6 || x < LEFT || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ x0: x, y0: at, x1: x, y1: at, side: shown[sideAt(at)] ?? null });
  };
  const move = (event: PointerEvent<SVGSVGElement>): void => {
    if (!drag) return;
    const [x, at] = place(event);
    setDrag({ ...drag, x1: x, y1: at });
  };
  const up = (): void => {
    if (!drag) return;
    setDrag(null);
    if (Math.abs(drag.x1 - drag.x0) < FEWEST_PX || Math.abs(drag.y1 - drag.y0) < FEWEST_PX) return;
    const i = Math.max(0, shown.indexOf(drag.side));
    const next = boxOf([mAt(drag.x0), mAt(drag.x1)], [mmAt(i, drag.y0), mmAt(i, drag.y1)], bands, all);
    setQuery({ from: next.from, to: next.to, across: next.across, side: drag.side });
  };
  const look = (event: PointerEvent<SVGSVGElement>): void => {
    const [x, at] = place(event);
    if (at >= top - 6 || x < LEFT) return;
    const middle = ((x - LEFT) / (end - LEFT)) * length;
    const from = Math.max(0, Math.min(length - span, middle - span / 2));
    setQuery({ from: from.toFixed(1), to: (from + span).toFixed(1) });
  };
  const certain = new Map(affected.map((each) => [each.id, each.certain]));
  const units = zoomed?.units ?? [];
  const dense = units.length > 400;
  const lined = box.side === null ? shown : shown.filter((each) => each === box.side || each === null);
  return (
    <section className="panel" data-webmap={web}>
      <div className="ph"><h2>{texts.map.title}</h2>
        {(over?.characteristics.length ?? 0) > 1 ? <span className="seg wide-only" role="group" aria-label={texts.map.colour}>{over?.characteristics.slice(0, 4).map((each) => <button key={each} type="button" aria-pressed={each === (chosen ?? over.characteristic)} onClick={() => setChosen(each)}>{words(each)}</button>)}</span> : <span className="sub">{over?.characteristic ? words(over.characteristic) : ""}</span>}
        <span className="right"><span className="ramp" title={texts.thing.ramp}><span>{texts.thing.rampLow}</span><em /><span>{texts.thing.rampHigh}</span></span>
          {names.length > 1 ? <span className="seg" role="group" aria-label={texts.map.sides}>{[...names, null].map((each, i) => <button key={String(each) + i} type="button" aria-pressed={sides === each} onClick={() => setSides(each)}>{each ?? texts.map.both}</button>)}</span> : null}</span></div>
      <p className="boxline" role="status">{texts.map.box(box)}{box.across ? <> <button type="button" className="linkish" onClick={() => setQuery({ across: null })}>{texts.map.widen}</button></> : null}</p>
      <div className="pb" ref={ref} style={{ minHeight: height }}>
        {width ? (
          <div className="mapframe" style={{ height }}>
            {names.map((each, i) => <Picture key={"o" + String(each)} rows={over?.sides.find((one) => one.side === each)?.lanes ?? []} bands={all} left={LEFT} top={yOver(i)} width={end - LEFT} height={OVER} from={0} to={length} theme={theme} />)}
            {shown.map((each, i) => <Picture key={"n" + String(each)} rows={zoomed?.sides.find((one) => one.side === each)?.lanes ?? []} bands={bands} left={LEFT} top={yNear(i)} width={end - LEFT} height={TALL} from={zoomed?.from_m ?? view.from} to={zoomed?.to_m ?? view.to} theme={theme} />)}
            <svg className="mapsvg" width={width} height={height} role="group" aria-label={texts.map.label(web)} onPointerDown={(event) => { look(event); down(event); }} onPointerMove={move} onPointerUp={up} onPointerCancel={() => setDrag(null)}>
              {levels(0, length, 7).map((m) => <text key={m} x={xOver(m)} y={12} className={m === 0 ? "" : "mid"}>{metres(m, 0)}</text>)}
              {names.map((each, i) => <g key={String(each)}><text x={LEFT - 8} y={yOver(i) + OVER / 2 + 4} className="end t2">{each ? texts.thing.side(each) : ""}</text><rect x={LEFT} y={yOver(i)} width={end - LEFT} height={OVER} fill="none" stroke="var(--line)" /><rect x={xOver(view.from)} y={yOver(i) - 1} width={Math.max(4, xOver(view.to) - xOver(view.from))} height={OVER + 2} fill="none" stroke="var(--ink)" strokeWidth={1.6} /></g>)}
              {info.splices_m.map((m) => <g key={m}><path d={`M${xOver(m)} 16V${yOver(names.length)}`} stroke="var(--ink)" strokeDasharray="2 2" /><text x={Math.min(end - 32, xOver(m) + 3)} y={yOver(names.length) + 9}>{texts.thing.splice}</text>{m > view.from && m < view.to ? <path d={`M${xNear(m)} ${top}V${height - 16}`} stroke="var(--ink)" strokeDasharray="2 2" /> : null}</g>)}
              <path d={`M${xOver(view.from)} ${yOver(names.length) - 1}L${LEFT} ${top - 6}H${end}L${xOver(view.to)} ${yOver(names.length) - 1}z`} fill="var(--band)" />
              {shown.map((each, i) => (
                <g key={String(each)}>
                  <rect x={LEFT} y={yNear(i)} width={end - LEFT} height={TALL} fill="none" stroke="var(--line-strong)" strokeWidth={0.8} />
                  <text x={8} y={yNear(i) + 10} className="t2">{each ? texts.map.sideShort(each) : ""}</text>
                  {bands.rows.map((band) => <g key={band.lane}>
                    {bands.rows.length > 1 ? <text x={LEFT - 8} y={y(i, (band.lo + band.hi) / 2) + 4} className="end t2">{texts.map.laneShort(band.lane)}</text> : null}
                    <path d={`M${LEFT} ${y(i, band.lo)}H${end}M${LEFT} ${y(i, band.hi)}H${end}`} stroke="var(--line)" strokeWidth={0.8} />
                  </g>)}
                  {dense ? null : units.map((unit) => <Cell key={`${unit.lane}/${unit.lo_m}/${unit.id}`} unit={unit} basis={unit.id === null ? undefined : certain.get(unit.id)} x={xNear} band={laneAt(bands, unit.lane)} y={(mm) => y(i, mm)} ends={[LEFT, end]} to={unit.id === null ? null : link(toPath("unit", unit.id))} isFirst={i === 0} />)}
                </g>
              ))}
              {lined.map((each) => { const i = shown.indexOf(each); return <Drawn key={String(each)} x0={xNear(box.from)} x1={xNear(box.to)} y0={y(i, box.across?.[0] ?? bands.lo)} y1={y(i, box.across?.[1] ?? bands.hi)} guard={xNear(box.from + box.guard) - xNear(box.from)} ends={[LEFT, end]} />; })}
              {drag ? <rect x={Math.min(drag.x0, drag.x1)} y={Math.min(drag.y0, drag.y1)} width={Math.abs(drag.x1 - drag.x0)} height={Math.abs(drag.y1 - drag.y0)} fill="var(--band)" stroke="var(--ink)" strokeWidth={1.5} /> : null}
              {levels(view.from, view.to, 7).filter((m) => m > view.from && m < view.to).map((m) => <text key={m} x={xNear(m)} y={height - 2} className="mid">{number(m, view.to - view.from < 4 ? 1 : 0)} m</text>)}
            </svg>
          </div>
        ) : null}
      </div>
    </section>
  );
}

/** One side, lane by lane, as a canvas: on target it is empty, so that one picture serves both themes. */
function Picture({ rows, bands, left, top, width, height, from, to, theme }: { rows: ProfileRow[]; bands: LaneBand; left: number; top: number; width: number; height: number; from: number; to: number; theme: string }) {
  const ref = useRef<HTMLCanvasElement | null>(null);
  useEffect(() => {
    const canvas = ref.current;
    const context = canvas?.getContext("2d");
    if (!canvas || !context) return;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const [low, high] = [colour("low"), colour("high")];
    for (const row of rows) {
      const band = row.lane === null ? { lo: bands.lo, hi: bands.hi } : laneAt(bands, row.lane);
      if (!band) continue;
      const y0 = ((band.lo - bands.lo) / (bands.hi - bands.lo)) * height;
      const y1 = ((band.hi - bands.lo) / (bands.hi - bands.lo)) * height;
      const filled = row.mean.filter((each): each is number => each !== null);
      const mean = filled.length ? filled.reduce((a, b) => a + b, 0) / filled.length : null;
      const step = row.m.length > 1 ? (row.m[1] ?? 0) - (row.m[0] ?? 0) : 1;
      row.m.forEach((m, i) => {
        const off = deviation(row.mean[i] ?? null, row, mean);
        if (off === null) return;
        const x0 = ((m - step / 2 - from) / (to - from)) * width;
        const x1 = ((m + step / 2 - from) / (to - from)) * width;
        context.fillStyle = off < 0 ? low : high;
        context.globalAlpha = Math.min(0.95, Math.abs(off) * 0.7);
        context.fillRect(x0, y0, x1 - x0 + 0.4, y1 - y0);
      });
    }
  }, [rows, bands, width, height, from, to, theme]);
  return <canvas ref={ref} className="mapcanvas" style={{ left, top, width, height }} aria-hidden="true" />;
}

/** A unit on the web: certain ones framed, possible ones dashed, the others as thin as the lanes. */
function Cell({ unit, basis, x, y, band, ends, to, isFirst }: { unit: WebUnit; basis: boolean | undefined; x: (m: number) => number; y: (mm: number) => number; band: { lo: number; hi: number } | null; ends: [number, number]; to: string | null; isFirst: boolean }) {
  const a = Math.max(ends[0], x(unit.lo_m));
  const b = Math.min(ends[1], x(unit.hi_m));
  if (b <= a || !band) return null;
  const mark = basis === undefined ? { stroke: "var(--line-strong)", strokeWidth: 0.5 } : basis ? { stroke: "var(--ink)", strokeWidth: 1.6 } : { stroke: "var(--ink)", strokeWidth: 1.2, strokeDasharray: "3 2" };
  const shape = <rect x={a + 0.6} y={y(band.lo) + 0.6} width={Math.max(0.6, b - a - 1.2)} height={Math.max(1, y(band.hi) - y(band.lo) - 1.2)} fill="transparent" {...mark} data-basis={basis === undefined ? undefined : basis ? "certain" : "possible"}><title>{[unit.id ?? texts.thing.inWork, basis === undefined ? "" : basis ? texts.thing.certain : texts.thing.possible].filter(Boolean).join(", ")}</title></rect>;
  const room = y(band.hi) - y(band.lo);
  const label = b - a > 30 && room > 12 && unit.id !== null && isFirst ? <text x={(a + b) / 2} y={y(band.lo) + Math.min(13, room - 2)} className={"mid zero halo " + (basis ? "t1 b" : "t2")}>{unit.id.slice(-4)}</text> : null;
  return basis !== undefined && to ? <a href={to} tabIndex={-1} onPointerDown={(event) => event.stopPropagation()}>{shape}{label}</a> : <g>{shape}{label}</g>;
}

/** The box, with its guard around it. */
function Drawn({ x0, x1, y0, y1, guard, ends }: { x0: number; x1: number; y0: number; y1: number; guard: number; ends: [number, number] }) {
  const a = Math.max(ends[0], x0 - guard);
  const b = Math.min(ends[1], x1 + guard);
  return (
    <g pointerEvents="none">
      {guard > 0.5 ? <rect x={a} y={y0 - 3} width={Math.max(0, b - a)} height={y1 - y0 + 6} fill="none" stroke="var(--ink)" strokeWidth={1} strokeDasharray="4 3" /> : null}
      <rect data-box="" x={Math.max(ends[0], x0)} y={y0} width={Math.max(2, Math.min(ends[1], x1) - Math.max(ends[0], x0))} height={Math.max(2, y1 - y0)} fill="var(--band)" stroke="var(--ink)" strokeWidth={2} />
    </g>
  );
}

export type { LaneMm };
