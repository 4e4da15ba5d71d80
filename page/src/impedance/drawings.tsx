/* Drawings of spectra: many as a grey band, their median as a line, those that fail in the colour of a fault with their number. */
import { number, quantity } from "../format";
import { linear, tickDecimals } from "../experiments/scale";
import { texts } from "../texts";
import { across, apart, bandOf, bode, decades, pathOf, plane, quantile, type Row } from "./curves";
import type { Group, Quantity } from "./types";

/** Curves with a name of their own; more would hide each other. */
export const NAMED = 6;

export interface Pick { good: number[]; bad: number[]; looks: Map<number, string>; chosen: number | null }

/** Which rows of a group are drawn how. */
export function picked(group: Group, cell: string | null): Pick {
  const looks = new Map((group.verdict?.failed ?? []).map((each) => [group.names.indexOf(each.name), each.looks_like] as const));
  looks.delete(-1);
  const all = group.names.map((_, n) => n);
  const chosen = cell === null ? -1 : group.names.indexOf(cell);
  return { good: all.filter((n) => !looks.has(n)), bad: all.filter((n) => looks.has(n)), looks, chosen: chosen < 0 ? null : chosen };
}

function label(group: Group, pick: Pick, n: number): string {
  return texts.impedance.curve(group.names[n] ?? "", group.names.length > 1 ? pick.looks.get(n) ?? "" : "");
}

/** The rows with a line of their own: those that fail, few of them, and the chosen one. */
function named(pick: Pick): { n: number; colour: string; text: string }[] {
  const bad = pick.bad.slice(0, NAMED).filter((n) => n !== pick.chosen).map((n) => ({ n, colour: "var(--fault)", text: "tf" }));
  return pick.chosen === null ? bad : [...bad, { n: pick.chosen, colour: pick.looks.has(pick.chosen) ? "var(--fault)" : "var(--d2)", text: pick.looks.has(pick.chosen) ? "tf" : "t1" }];
}

const NW = 786;
const NH = 372;

export function Nyquist({ group, pick, withFit, withPoints }: { group: Group; pick: Pick; withFit: boolean; withPoints: boolean }) {
  const many = pick.good.length > 1;
  const minus = (row: Row): Row => row.map((each) => (each === null ? null : -each));
  const xs = group.re.flat().filter((each): each is number => each !== null);
  const ys = group.im.flat().filter((each): each is number => each !== null).map((each) => -each);
  if (!xs.length) return null;
  const p = plane(xs, ys, NW, NH, { left: 52, right: 16, top: 22, bottom: 42 });
  const xt = linear(p.left, p.right, 0, 1, 7).ticks;
  const yt = linear(p.bottom, p.top, 0, 1, 5).ticks;
  const base = pick.good.length ? pick.good : pick.bad;
  const middle = many ? { re: across(group.re, base, 0.5), im: minus(across(group.im, base, 0.5)) } : { re: group.re[base[0] ?? 0] ?? [], im: minus(group.im[base[0] ?? 0] ?? []) };
  const own = named(pick);
  const marks = decades(group.frequency_hz.at(-1) ?? 1, group.frequency_hz[0] ?? 1).map((f) => nearest(group.frequency_hz, f)).filter((k, i, all) => all.indexOf(k) === i);
  const tops = own.map(({ n }) => top(group.re[n] ?? [], minus(group.im[n] ?? [])));
  const places = apart(tops.map((each) => ({ x: p.x(each.x), y: p.y(each.y) - 8 })), 14, 90);
  const fits = withFit && group.fit_re && group.fit_im ? (many ? [{ re: across(group.fit_re, base, 0.5), im: minus(across(group.fit_im, base, 0.5)) }, ...own.map(({ n }) => ({ re: group.fit_re?.[n] ?? [], im: minus(group.fit_im?.[n] ?? []) }))] : base.concat(own.map((each) => each.n)).map((n) => ({ re: group.fit_re?.[n] ?? [], im: minus(group.fit_im?.[n] ?? []) }))) : [];
  let last = { x: -1e9, y: -1e9 };
  return (
    <svg className="eis-w" viewBox={`0 0 ${NW} ${NH}`} role="img" aria-label={texts.impedance.nyquistLabel(group.names.length, group.unit)}>
      {xt.map((each) => <g key={each}><path d={`M${p.x(each)} 22V${NH - 42}`} stroke="var(--grid)" /><text x={p.x(each)} y={NH - 24} className="mid">{number(each, tickDecimals(xt))}</text></g>)}
      {yt.map((each) => <g key={each}><path d={`M52 ${p.y(each)}H${NW - 16}`} stroke="var(--grid)" /><text x="46" y={p.y(each) + 4} className="end">{number(each, tickDecimals(yt))}</text></g>)}
      <text x="52" y="12">{texts.impedance.minusImag(group.unit)}</text><text x={NW - 16} y={NH - 7} className="end">{texts.impedance.real(group.unit)}</text>
      {many ? pick.good.map((n) => <path key={n} d={pathOf(group.re[n] ?? [], minus(group.im[n] ?? []), p.x, p.y)} fill="none" stroke="var(--run-soft)" strokeWidth="2" />) : null}
      {withPoints ? pick.good.slice(0, 400).map((n) => <path key={n} d={(group.re[n] ?? []).map((a, k) => { const b = group.im[n]?.[k]; return a === null || b === null || b === undefined ? "" : `M${p.x(a).toFixed(1)} ${p.y(-b).toFixed(1)}h.01`; }).join("")} stroke="var(--run)" strokeWidth={many ? 2.2 : 4} strokeLinecap="round" />) : null}
      <path d={pathOf(middle.re, middle.im, p.x, p.y)} fill="none" stroke="var(--d1)" strokeWidth="1.8" />
      {own.map(({ n, colour }) => <g key={n}><path d={pathOf(group.re[n] ?? [], minus(group.im[n] ?? []), p.x, p.y)} fill="none" stroke={colour} strokeWidth="1.2" />{withPoints ? (group.re[n] ?? []).map((a, k) => { const b = group.im[n]?.[k]; return a === null || b === null || b === undefined ? null : <path key={k} d={diamond(p.x(a), p.y(-b), 2.6)} fill={colour} />; }) : null}</g>)}
      {fits.map((fit, k) => <path key={k} d={pathOf(fit.re, fit.im, p.x, p.y)} fill="none" stroke="var(--ink)" strokeWidth="1.1" strokeDasharray="2 3" />)}
      {marks.map((k) => {
        const [a, b] = [middle.re[k], middle.im[k]];
        if (a === null || b === null || a === undefined || b === undefined) return null;
        const at = { x: p.x(a), y: p.y(b) };
        if (Math.hypot(at.x - last.x, at.y - last.y) < 44) return null;
        last = at;
        return <g key={k}><circle cx={at.x} cy={at.y} r="3.2" fill="var(--surface)" stroke="var(--d1)" strokeWidth="1.5" /><text x={at.x} y={at.y + 17} className="mid t2 halo">{hertz(group.frequency_hz[k] ?? 0)}</text></g>;
      })}
      {own.map(({ n, text }, k) => <text key={n} x={Math.min(NW - 60, Math.max(90, places[k]?.x ?? 0))} y={Math.max(14, places[k]?.y ?? 0)} className={`mid m halo ${text}`}>{label(group, pick, n)}</text>)}
    </svg>
  );
}

function diamond(x: number, y: number, s: number): string {
  return `M${x.toFixed(1)} ${(y - s).toFixed(1)}l${s} ${s}l${-s} ${s}l${-s} ${-s}Z`;
}

function nearest(all: number[], wanted: number): number {
  let best = 0;
  all.forEach((each, k) => { if (Math.abs(Math.log(each / wanted)) < Math.abs(Math.log((all[best] ?? 1) / wanted))) best = k; });
  return best;
}

function top(re: Row, im: Row): { x: number; y: number } {
  let best = { x: 0, y: -Infinity };
  re.forEach((a, k) => { const b = im[k]; if (a !== null && b !== null && b !== undefined && b > best.y) best = { x: a, y: b }; });
  return best;
}

/** `0.1 Hz`, `10 kHz`. */
export function hertz(value: number): string {
  const [size, unit] = value >= 1e6 ? [1e6, "MHz"] : value >= 1e3 ? [1e3, "kHz"] : value < 0.0995 ? [1e-3, "mHz"] : [1, "Hz"];
  const shown = value / size;
  const plain = Number(shown.toPrecision(shown < 99.5 ? 2 : 3));
  return quantity(plain, unit, Number.isInteger(plain) ? 0 : plain < 0.995 ? (Number.isInteger(plain * 10) ? 1 : 2) : 1);
}

const BW = 364;

interface Over { rows: Row[]; title: string; unit: string; limit?: number | null; isZeroed?: boolean; minus?: Row[] }

/** One quantity over a log axis: band of the good ones, their median, those with a name. */
function LogChart({ axis, over, group, pick, height, foot, words }: { axis: number[]; over: Over; group: Group; pick: Pick; height: number; foot: (value: number) => string; words: string }) {
  const base = pick.good.length ? pick.good : pick.bad;
  const own = named(pick);
  const sets = [over.rows, ...(over.minus ? [over.minus] : [])];
  const bands = sets.map((rows) => ({ low: across(rows, base, 0.025), mid: across(rows, base, 0.5), high: across(rows, base, 0.975) }));
  const seen = [...bands.flatMap((each) => [...each.low, ...each.high]), ...own.flatMap(({ n }) => sets.flatMap((rows) => rows[n] ?? [])), ...(over.isZeroed ? [0] : []), ...(over.limit ? [over.limit, -over.limit] : [])].filter((each): each is number => each !== null);
  if (!seen.length) return null;
  const y = linear(Math.min(...seen), Math.max(...seen), height - 22, 26, 4);
  const logs = axis.map(Math.log10);
  const x = linear(Math.min(...logs), Math.max(...logs), 40, BW - 8, 5);
  const at = (value: number): number => x.at(Math.log10(value));
  const marks = decades(Math.min(...axis), Math.max(...axis)).filter((_, i, all) => all.length < 7 || i % 2 === 0).filter((each, i, all) => { const end = at(all.at(-1) ?? 1); return i === all.length - 1 || end <= BW - 22 || end - at(each) >= 62; });
  const ends = own.map(({ n }) => { const row = sets[0]?.[n] ?? []; const k = row.reduce<number>((best, each, i) => (Math.abs(each ?? 0) > Math.abs(row[best] ?? 0) ? i : best), 0); return { x: at(axis[k] ?? 1), y: y.at(row[k] ?? 0) - 5 }; });
  const places = apart(ends, 12, 46);
  return (
    <svg className="eis-w" viewBox={`0 0 ${BW} ${height}`} role="img" aria-label={words}>
      <text x="40" y="10"><tspan className="t1 m">{over.title}</tspan>{"  "}<tspan>{over.unit}</tspan></text>
      {y.ticks.map((each) => <g key={each}><path d={`M40 ${y.at(each)}H${BW - 8}`} stroke="var(--grid)" /><text x="34" y={y.at(each) + 4} className="end">{number(each, tickDecimals(y.ticks))}</text></g>)}
      {marks.map((each) => <g key={each}><path d={`M${at(each)} 26V${height - 22}`} stroke="var(--grid)" /><text x={Math.min(at(each), BW - 2)} y={height - 6} className={at(each) > BW - 22 ? "end" : "mid"}>{foot(each)}</text></g>)}
      {bands.map((band, k) => <g key={k}><path d={bandOf(axis, band.low, band.high, at, y.at)} fill="var(--run-soft)" opacity={k ? 0.6 : 1} /><path d={pathOf(axis, band.mid, at, y.at)} fill="none" stroke="var(--d1)" strokeWidth="1.6" strokeDasharray={k ? "4 3" : undefined} /></g>)}
      {over.limit ? [over.limit, -over.limit].map((each) => <path key={each} d={`M40 ${y.at(each)}H${BW - 8}`} stroke="var(--limit)" strokeDasharray="6 3" />) : null}
      {own.map(({ n, colour }) => sets.map((rows, k) => <path key={`${n}-${k}`} d={pathOf(axis, rows[n] ?? [], at, y.at)} fill="none" stroke={colour} strokeWidth="1.1" strokeDasharray={k ? "4 3" : undefined} />))}
      {own.map(({ n, text }, k) => <text key={n} x={Math.min(BW - 24, Math.max(110, places[k]?.x ?? 0))} y={Math.max(24, places[k]?.y ?? 0)} className={`mid m halo ${text}`}>{group.names.length > 1 ? short(group.names[n] ?? "") : ""}</text>)}
    </svg>
  );
}

function short(name: string): string {
  return name.length > 12 ? "…" + name.slice(-11) : name;
}

export function Bode({ group, pick }: { group: Group; pick: Pick }) {
  const all = group.re.map((re, n) => bode(re, group.im[n] ?? []));
  return (
    <>
      <LogChart axis={group.frequency_hz} over={{ rows: all.map((each) => each.modulus), title: texts.impedance.modulus, unit: group.unit }} group={group} pick={pick} height={168} foot={hertz} words={texts.impedance.bodeLabel(texts.impedance.modulus, group.names.length)} />
      <LogChart axis={group.frequency_hz} over={{ rows: all.map((each) => each.phase), title: texts.impedance.phase, unit: texts.impedance.degrees }} group={group} pick={pick} height={168} foot={hertz} words={texts.impedance.bodeLabel(texts.impedance.phase, group.names.length)} />
    </>
  );
}

export function Residuals({ group, pick }: { group: Group; pick: Pick }) {
  const limit = group.quantities.find((each) => each.name === "kk")?.high ?? null;
  return <LogChart axis={group.frequency_hz} over={{ rows: group.kk_re, minus: group.kk_im, title: texts.impedance.residualAxis, unit: "%", limit, isZeroed: true }} group={group} pick={pick} height={210} foot={hertz} words={texts.impedance.residualLabel(group.names.length)} />;
}

export function Relaxation({ group, pick }: { group: Group; pick: Pick }) {
  const second = (value: number): string => quantity(value >= 0.995 ? value : value >= 0.000995 ? value * 1e3 : value * 1e6, value >= 0.995 ? "s" : value >= 0.000995 ? "ms" : "µs", 0);
  return <LogChart axis={group.tau_s} over={{ rows: group.gamma, title: texts.impedance.gamma, unit: group.unit, isZeroed: true }} group={group} pick={pick} height={210} foot={second} words={texts.impedance.drtLabel(group.names.length)} />;
}

const MW = 786;
const MH = 112;

/** One quantity along the stack: a dot a cell, limits dashed, what fails as a diamond with its number. */
export function Along({ group, quantity: q, pick, isLast, choose }: { group: Group; quantity: Quantity; pick: Pick; isLast: boolean; choose: (name: string) => void }) {
  const place = (n: number): number => (/^\d+$/.test(group.names[n] ?? "") ? Number(group.names[n]) : n + 1);
  const count = Math.max(...group.names.map((_, n) => place(n)));
  const known = q.values.filter((each): each is number => each !== null);
  if (!known.length) return null;
  const span = Math.max(...known) - Math.min(...known) || Math.abs(known[0] ?? 1);
  const ends = [q.low, q.high].filter((each): each is number => each !== null && each > Math.min(...known) - 3 * span && each < Math.max(...known) + 3 * span);
  const low = Math.min(...known, ...ends);
  const high = Math.max(...known, ...ends);
  const room = (high - low || 1) * 0.08;
  const bottom = MH - (isLast ? 20 : 6);
  const y = linear(low - room, high + room, bottom, 6, 3);
  const x = linear(1, Math.max(2, count), 52, MW - 126, 8);
  const isBad = (n: number): boolean => pick.looks.has(n) && isFar(q, n);
  const bad = q.values.flatMap((value, n) => (value !== null && isBad(n) ? [n] : []));
  const steps = x.ticks.filter((each) => Number.isInteger(each) && each >= 1);
  const lines = texts.impedance.mapWords(texts.impedance.quantity(q.name, q.about), quantile(q.values, 0.5) ?? 0, q.low, q.high, q.unit);
  return (
    <svg className="eis-w" viewBox={`0 0 ${MW} ${MH}`} role="img" aria-label={texts.impedance.mapLabel(q.about, group.names.length, bad.length)}>
      {q.low !== null || q.high !== null ? <rect x="52" width={MW - 178} y={Math.max(6, q.high === null ? 6 : y.at(q.high))} height={Math.max(0, Math.min(bottom, q.low === null ? bottom : y.at(q.low)) - Math.max(6, q.high === null ? 6 : y.at(q.high)))} fill="var(--band)" /> : null}
      {ends.map((each) => <path key={each} d={`M52 ${y.at(each)}H${MW - 126}`} stroke="var(--limit)" strokeDasharray="6 3" />)}
      {y.ticks.map((each) => <text key={each} x="46" y={y.at(each) + 4} className="end">{number(each, tickDecimals(y.ticks))}</text>)}
      {q.values.map((value, n) => (value === null || isBad(n) ? null : <circle key={n} cx={x.at(place(n))} cy={y.at(value)} r={n === pick.chosen ? 3.6 : 1.5} fill={n === pick.chosen ? "var(--d2)" : "var(--run)"} />))}
      {bad.map((n, k) => { const value = q.values[n] ?? 0; const right = x.at(place(n)) > MW - 180; return <g key={n} className="eis-pick" onClick={() => choose(group.names[n] ?? "")}><path d={diamond(x.at(place(n)), y.at(value), 5)} fill="var(--fault)" />{k < 12 ? <text x={x.at(place(n)) + (right ? -9 : 9)} y={y.at(value) + 4} className={"m halo tf" + (right ? " end" : "")}>{short(group.names[n] ?? "")}</text> : null}</g>; })}
      {lines.map((line, k) => <text key={k} x={MW - 112} y={16 + k * 14} className={k ? "" : "t1 m"}>{line}</text>)}
      {isLast ? steps.map((each) => <text key={each} x={x.at(each)} y={MH - 4} className="mid">{number(each, 0)}</text>) : null}
    </svg>
  );
}

/** Whether a cell fails by this quantity: outside its limits, or too far from its neighbours. */
export function isFar(q: Quantity, n: number): boolean {
  const value = q.values[n];
  if (value === null || value === undefined) return false;
  const away = q.deviation?.[n];
  return (q.low !== null && value < q.low) || (q.high !== null && value > q.high) || (q.spread !== null && away !== null && away !== undefined && Math.abs(away) > q.spread);
}
