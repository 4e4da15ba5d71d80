/* A web from its begin to its end, and below it the metres in view: units, and the signals kept along them. */
import { useMemo } from "react";
import { ofRun, useGet } from "../api";
import { levels } from "../charts/plot";
import { metres, number, quantity } from "../format";
import { useWidth } from "../line/drawing";
import { Loading, Note } from "../parts/notes";
import { path as toPath } from "../route";
import { useRun } from "../run";
import { texts, words } from "../texts";
import type { ProfileRow, Value, WebInfo, WebUnit } from "../types";

const LEFT = 58;
const RIGHT = 4;
const STRIP = 12;
const ROW = 46;

/** Length of a web; of one made before the run it is known by the slurry that lies on it. */
export function lengthOf(info: WebInfo | null): number | null {
  if (!info) return null;
  return info.length_m ?? (info.batches.length ? Math.max(...info.batches.map((each) => each.hi_m)) : null);
}

interface Look { from: number; to: number; unit: { id: string; lo: number; hi: number } | null }

/** Share of the window's half by which a value is off its target: -1 at the lower limit, 1 at the upper. */
export function deviation(value: number | null, row: ProfileRow, mean: number | null): number | null {
  if (value === null || !Number.isFinite(value)) return null;
  const target = row.window?.target ?? (row.window && row.window.lower !== null && row.window.upper !== null ? (row.window.lower + row.window.upper) / 2 : mean);
  if (target === null || target === undefined) return null;
  const half = row.window?.upper !== null && row.window?.upper !== undefined ? row.window.upper - target : row.window?.lower !== null && row.window?.lower !== undefined ? target - row.window.lower : Math.abs(target) * 0.02;
  return half > 0 ? Math.max(-1.4, Math.min(1.4, (value - target) / half)) : 0;
}

function meanOf(row: ProfileRow): number | null {
  const known = row.mean.filter((each): each is number => each !== null);
  return known.length ? known.reduce((a, b) => a + b, 0) / known.length : null;
}

/** Cells of a strip: below the target `low`, above it `high`, on target nothing, so that one picture serves both themes. */
function Cells({ row, x, y, height, scale }: { row: ProfileRow; x: (m: number) => number; y: number; height: number; scale: number }) {
  const mean = meanOf(row);
  const step = row.m.length > 1 ? (row.m[1] ?? 0) - (row.m[0] ?? 0) : 1;
  return (
    <>{row.m.map((m, i) => {
      const off = deviation(row.mean[i] ?? null, row, mean);
      if (off === null || Math.abs(off) < 0.04) return null;
      const left = x(m - step / 2); // metres are the middle of a pixel
      return <rect key={i} x={left} y={y} width={Math.max(0.6, x(m + step / 2) - left + 0.3)} height={height} fill={off < 0 ? "var(--low)" : "var(--high)"} fillOpacity={Math.min(0.95, Math.abs(off) * scale)} />;
    })}</>
  );
}

function sideName(row: ProfileRow): string {
  return row.side ? texts.thing.side(row.side) : "";
}

/** What a profile is at a unit: the value of the unit itself where it is told, else the mean over its metres, each piece by its length. */
export function atUnit(row: ProfileRow, unit: { lo: number; hi: number }, web: string, values: Value[]): number | null {
  const own = values.find((each) => each.web === web && each.characteristic === row.characteristic && each.side === row.side && each.lane === row.lane);
  if (own && typeof own.value === "number") return own.value;
  const half = row.m.length > 1 ? ((row.m[1] ?? 0) - (row.m[0] ?? 0)) / 2 : 0.5;
  let sum = 0;
  let length = 0;
  row.mean.forEach((value, i) => {
    const m = row.m[i] ?? 0;
    const part = Math.min(m + half, unit.hi) - Math.max(m - half, unit.lo);
    if (value === null || !Number.isFinite(value) || part <= 0) return;
    sum += value * part;
    length += part;
  });
  return length > 0 ? sum / length : null;
}

export function Strip({ web, lane, look, highlight, values = [] }: { web: string; lane: number | null; look: Look; highlight: string | null; values?: Value[] }) {
  const { run, link } = useRun();
  const [ref, width] = useWidth<HTMLDivElement>();
  const info = useGet<WebInfo>(ofRun(run, "webs", web));
  const length = lengthOf(info.data);
  const pixels = Math.max(100, Math.round(width - LEFT));
  const whole = useGet<{ rows: ProfileRow[] }>(length && width ? ofRun(run, "profiles") : "", { web, lane, from_m: 0, to_m: length, pixels: Math.min(300, pixels) });
  const near = useGet<{ rows: ProfileRow[] }>(width ? ofRun(run, "profiles") : "", { web, lane, from_m: Math.max(0, look.from), to_m: look.to, pixels: Math.min(400, pixels) });
  const units = useGet<{ units: WebUnit[]; splices_m: number[] }>(width ? ofRun(run, "webs", web, "strip") : "", { from_m: Math.max(0, look.from), to_m: look.to, pixels });
  const rows = useMemo(() => pick((near.data?.rows ?? []).filter((row) => row.mean.some((each) => each !== null)), lane), [near.data, lane]);
  const over = useMemo(() => pick(whole.data?.rows ?? [], lane), [whole.data, lane]);
  const known = over.length ? over : rows;
  const chosen = (known.find((each) => each.side !== null) ?? known[0])?.characteristic;
  const gauge = over.filter((row) => row.characteristic === chosen);
  const gaugeNear = rows.filter((row) => row.characteristic === chosen);
  if (!width) return <div ref={ref} style={{ minHeight: 120 }} />;
  const end = width - RIGHT;
  const xWhole = (m: number): number => LEFT + (m / (length || 1)) * (end - LEFT);
  const xNear = (m: number): number => LEFT + ((m - look.from) / (look.to - look.from)) * (end - LEFT);
  const lanes = Math.max(1, gauge.length);
  const yUnits = length ? 20 + lanes * (STRIP + 3) + 22 : 4;
  const bands = Math.max(1, gaugeNear.length);
  const yRows = yUnits + bands * 30 + 8;
  const height = yRows + rows.length * ROW + 22;
  const shown = (units.data?.units ?? []).filter((each) => lane === null || each.lane === null || each.lane === lane);
  const dense = shown.length > 40;
  return (
    <div ref={ref}>
      <svg className="stripsvg" width={width} height={height} role="group" aria-label={texts.thing.stripLabel(web)}>
        {length ? (
          <g>
            <text x={LEFT} y={11}>{metres(0, 0)}</text><text x={end} y={11} className="end">{metres(length, 0)}</text>
            {gauge.map((row, i) => (
              <g key={row.characteristic + row.side}>
                <text x={LEFT - 8} y={20 + i * (STRIP + 3) + 10} className="end t2">{sideName(row)}</text>
                <rect x={LEFT} y={18 + i * (STRIP + 3)} width={end - LEFT} height={STRIP} fill="var(--raised)" stroke="var(--line)" />
                <Cells row={row} x={xWhole} y={18 + i * (STRIP + 3)} height={STRIP} scale={0.62} />
              </g>
            ))}
            {gauge.length ? null : <rect x={LEFT} y={18} width={end - LEFT} height={STRIP} fill="var(--run-soft)" stroke="var(--line)" />}
            {(info.data?.splices_m ?? []).map((m) => <g key={m}><path d={`M${xWhole(m)} 14V${22 + lanes * (STRIP + 3)}`} stroke="var(--ink-2)" strokeDasharray="2 2" /><text x={Math.min(end - 30, xWhole(m) + 3)} y={11}>{texts.thing.splice}</text></g>)}
            <path d={`M${xWhole(look.from)} ${20 + lanes * (STRIP + 3)}L${LEFT} ${yUnits - 4}H${end}L${xWhole(look.to)} ${20 + lanes * (STRIP + 3)}z`} fill="var(--band)" />
            <rect x={xWhole(look.from)} y={15.5} width={Math.max(3, xWhole(look.to) - xWhole(look.from))} height={lanes * (STRIP + 3) + 3} fill="none" stroke="var(--ink)" strokeWidth={2} />
          </g>
        ) : null}
        <g role="group" aria-label={texts.thing.zoomLabel}>
          {Array.from({ length: bands }, (_, i) => {
            const row = gaugeNear[i];
            const y = yUnits + i * 30;
            return (
              <g key={i}>
                <text x={LEFT - 8} y={y + 15} className="end t2">{row ? sideName(row) : ""}</text>
                <rect x={LEFT} y={y} width={end - LEFT} height={22} fill="var(--raised)" stroke="var(--line)" />
                {row ? <Cells row={row} x={xNear} y={y} height={22} scale={0.75} /> : null}
                {dense ? null : shown.map((unit) => {
                  const a = Math.max(LEFT, xNear(unit.lo_m));
                  const b = Math.min(end, xNear(unit.hi_m));
                  const isIt = unit.id === highlight;
                  const text = unit.id === null ? texts.thing.inWork : (unit.id.split("-").pop() ?? unit.id).slice(-4);
                  if (b <= a) return null;
                  if (i > 0) return <rect key={`${unit.lo_m}/${unit.lane}`} x={a} y={y} width={b - a} height={22} fill="none" stroke={isIt ? "var(--ink)" : "var(--line-strong)"} strokeWidth={isIt ? 2 : 0.8} />;
                  if (unit.id === null) return <rect key={`${unit.lo_m}/${unit.lane}`} x={a} y={y} width={b - a} height={22} fill="transparent" stroke="var(--line-strong)" strokeWidth={0.8} strokeDasharray="3 2"><title>{text}</title></rect>;
                  return (
                    <a key={unit.id + unit.lane} href={link(toPath("unit", unit.id))} aria-label={b - a > 30 ? undefined : unit.id}>
                      <rect x={a} y={y} width={b - a} height={22} fill="transparent" stroke={isIt ? "var(--ink)" : "var(--line-strong)"} strokeWidth={isIt ? 2 : 0.8} />
                      {b - a > 30 ? <text x={(a + b) / 2} y={y + 15} className={"mid zero halo " + (isIt ? "t1 b" : "t2")}>{text}</text> : null}
                    </a>
                  );
                })}
              </g>
            );
          })}
        </g>
        {look.unit ? [look.unit.lo, look.unit.hi].map((m) => <path key={m} d={`M${xNear(m)} ${yUnits + 22}V${height - 22}`} stroke="var(--ink-2)" strokeDasharray="3 3" />) : null}
        {rows.map((row, i) => <Profile key={row.characteristic + row.side + row.lane} row={row} x={xNear} y={yRows + i * ROW} left={LEFT} right={end} look={look} value={look.unit ? atUnit(row, look.unit, web, values) : null} />)}
        {ticksM(look.from, look.to).map((m) => <text key={m} x={xNear(m)} y={height - 5} className="mid">{number(m, look.to - look.from < 4 ? 1 : 0)} m</text>)}
      </svg>
      {!rows.length && near.data ? <Note title={texts.thing.noProfile} /> : near.isLoading && !rows.length ? <Loading /> : null}
    </div>
  );
}

/** What was measured on a later web of the same chain, over the same piece; flipped where it was rewound. */
export function Along({ web, lane, look, isFlipped, values = [] }: { web: string; lane: number | null; look: Look; isFlipped: boolean; values?: Value[] }) {
  const { run, stationTitle } = useRun();
  const [ref, width] = useWidth<HTMLDivElement>();
  const near = useGet<{ rows: ProfileRow[] }>(width ? ofRun(run, "profiles") : "", { web, lane, from_m: look.from, to_m: look.to, pixels: Math.min(400, Math.max(100, Math.round(width - LEFT))) });
  const rows = pick(near.data?.rows ?? [], lane).filter((row) => row.mean.some((each) => each !== null));
  const end = width - RIGHT;
  const x = (m: number): number => { const share = (m - look.from) / (look.to - look.from); return LEFT + (isFlipped ? 1 - share : share) * (end - LEFT); };
  const from = web.includes("@") ? texts.thing.after(stationTitle(web.slice(web.indexOf("@") + 1))) : web;
  return (
    <div ref={ref}>
      {rows.length ? <svg className="stripsvg" width={width} height={rows.length * ROW} role="group" aria-label={web}>
        {look.unit ? [look.unit.lo, look.unit.hi].map((m) => <path key={m} d={`M${x(m)} 0V${rows.length * ROW}`} stroke="var(--ink-2)" strokeDasharray="3 3" />) : null}
        {rows.map((row, i) => <Profile key={row.characteristic + row.side} row={row} x={x} y={i * ROW} left={LEFT} right={end} look={look} value={look.unit ? atUnit(row, look.unit, web, values) : null} note={from} />)}
      </svg> : null}
    </div>
  );
}

/** Rows of the asked lane, or those that hold for all lanes; few enough to be read. */
function pick(rows: ProfileRow[], lane: number | null): ProfileRow[] {
  const own = rows.filter((row) => lane === null || row.lane === null || row.lane === lane);
  const first = new Map<string, ProfileRow>();
  for (const row of own) if (!first.has(row.characteristic + "/" + row.side)) first.set(row.characteristic + "/" + row.side, row);
  return [...first.values()].slice(0, 6);
}

function ticksM(from: number, to: number): number[] {
  return levels(from, to, 7).filter((m) => m > from + (to - from) * 0.03 && m < to - (to - from) * 0.03);
}

function Profile({ row, x, y, left, right, look, value, note = "" }: { row: ProfileRow; x: (m: number) => number; y: number; left: number; right: number; look: Look; value: number | null; note?: string }) {
  const known = [...row.min, ...row.max, ...row.mean].filter((each): each is number => each !== null && Number.isFinite(each));
  const { lower = null, upper = null } = row.window ?? {};
  const top = y + 17;
  const bottom = y + ROW - 4;
  let low = Math.min(...known);
  let high = Math.max(...known);
  if (!known.length) [low, high] = [lower ?? 0, upper ?? 1];
  if (lower !== null) low = Math.min(low, lower);
  if (upper !== null && upper < high + (high - low) * 2) high = Math.max(high, upper);
  const room = (high - low || 1) * 0.06;
  const at = (value: number): number => bottom - ((value - low + room) / (high - low + 2 * room)) * (bottom - top);
  let d = "";
  let bad = "";
  let isDown = false;
  let isBad = false;
  row.mean.forEach((value, i) => {
    if (value === null || !Number.isFinite(value)) { isDown = false; isBad = false; return; }
    const point = `${x(row.m[i] ?? 0).toFixed(1)} ${at(value).toFixed(1)}`;
    d += (isDown ? "L" : "M") + point;
    isDown = true;
    const outside = (lower !== null && value < lower) || (upper !== null && value > upper);
    if (outside) bad += (isBad ? "L" : "M") + point;
    isBad = outside;
  });
  const title = (row.title ?? words(row.characteristic)) + (row.side ? ", " + texts.thing.side(row.side) : "");
  return (
    <g role="img" aria-label={texts.thing.profileLabel(title)}>
      <text x={left} y={y + 12}><tspan className="t1 m t12">{title}</tspan><tspan dx="6">{[row.unit, note].filter(Boolean).join(", ")}</tspan></text>
      {look.unit && value !== null ? <text data-at-unit={row.characteristic} x={right} y={y + 12} className="end t12">{texts.thing.atUnit("")}<tspan className="t1 b">{quantity(value, row.unit, row.decimals)}</tspan></text> : null}
      {lower !== null || upper !== null ? <rect x={left} y={Math.max(top, at(upper ?? high + room))} width={right - left} height={Math.max(0, Math.min(bottom, at(lower ?? low - room)) - Math.max(top, at(upper ?? high + room)))} fill="var(--band)" /> : null}
      {levels(low, high, 2).map((level) => <text key={level} x={left - 8} y={at(level) + 4} className="end">{number(level, Math.max(0, Math.min(4, -Math.floor(Math.log10((high - low) / 2 || 1) + 1e-9))))}</text>)}
      <path d={d} fill="none" stroke="var(--d1)" strokeWidth={1.3} />
      {bad ? <path d={bad} fill="none" stroke="var(--fault)" strokeWidth={2} /> : null}
    </g>
  );
}
