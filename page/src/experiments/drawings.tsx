/* Drawings of an experiment: intervals, sweeps, who sets the pace, how the interval narrows. Every value of them stands in the table too. */
import { number, percent, signed } from "../format";
import { texts } from "../texts";
import { curves, intervalScale, isApart, linear, paces, spread, tickDecimals, type Scale } from "./scale";
import type { Case, Difference, Estimate, Figure } from "./types";

const W = 250;

export function ForestHead({ scale, signs }: { scale: Scale; signs: boolean }) {
  const digits = tickDecimals(scale.ticks);
  return <svg width={W} height="18" viewBox={`0 0 ${W} 18`} aria-hidden="true">{scale.ticks.map((each) => <text key={each} x={scale.at(each)} y="13" className="mid">{signs ? signed(each, digits) : number(each, digits)}</text>)}</svg>;
}

/** An interval on a row's own strip; hollow where it tells nothing apart. */
export function ForestRow({ scale, found, label }: { scale: Scale; found: Estimate | Difference | null | undefined; label: string }) {
  const hollow = found && "verdict" in found && !isApart(found);
  const stroke = hollow ? "var(--ink-3)" : "var(--d1)";
  const isIn = (value: number): boolean => value >= scale.low && value <= scale.high;
  return (
    <svg width={W} height="30" viewBox={`0 0 ${W} 30`} role="img" aria-label={label}>
      {scale.ticks.map((each) => <path key={each} d={`M${scale.at(each)} 0V30`} stroke={each === 0 && isIn(0) ? "var(--line-strong)" : "var(--grid)"} />)}
      {found && found.low !== null && found.high !== null ? <path d={`M${scale.at(found.low)} 15H${scale.at(found.high)}M${scale.at(found.low)} 11v8M${scale.at(found.high)} 11v8`} stroke={stroke} strokeWidth="1.6" /> : null}
      {found ? <circle cx={scale.at(found.mean)} cy="15" r="4.5" fill={hollow ? "var(--surface)" : stroke} stroke={stroke} strokeWidth="1.6" /> : null}
    </svg>
  );
}

const COLOURS = ["d1", "d3", "d2", "d5", "d4", "d6"] as const;
const SW = 380;
const SH = 280;

/** A figure over what is swept: means as lines, intervals as bands. */
export function Sweep({ cases, paths, figure, chosen }: { cases: Case[]; paths: string[]; figure: Figure; chosen: number }) {
  const found = curves(cases, paths, figure.name);
  if (!found) return null;
  const shown = found.curves;
  const right = shown.length > 1 ? 256 : 366;
  const xs = shown.flatMap((each) => each.points.map((point) => point.x));
  const y = intervalScale(shown.flatMap((each) => each.points.map((point) => point.estimate)), SH - 44, 12, false, 5);
  const pad = (Math.max(...xs) - Math.min(...xs)) * 0.04;
  const x = linear(Math.min(...xs) - pad, Math.max(...xs) + pad, 52, right, 8);
  const digits = tickDecimals(y.ticks);
  const at = cases[chosen] ? shown.flatMap((each) => each.points).find((point) => point.case === chosen)?.x : undefined;
  const ends = spread(shown.map((each) => y.at(each.points.at(-1)?.estimate.mean ?? 0)), 15, 16, SH - 48);
  const values = [...new Set(xs)].sort((a, b) => a - b);
  const marks = values.length <= 10 ? values : x.ticks;
  return (
    <svg className="w100" viewBox={`0 0 ${SW} ${SH}`} role="img" aria-label={texts.experiments.sweepLabel(figure.title, found.path)}>
      {y.ticks.map((each) => <g key={each}><path d={`M52 ${y.at(each)}H${right}`} stroke="var(--grid)" /><text x="46" y={y.at(each) + 4} className="end">{number(each, digits)}</text></g>)}
      {at === undefined ? null : <path d={`M${x.at(at)} 8V${SH - 44}`} stroke="var(--ink-2)" strokeDasharray="3 3" />}
      {shown.map((curve, n) => {
        const colour = `var(--${shown.length > COLOURS.length ? "run" : COLOURS[n] ?? "run"})`;
        const low = curve.points.map((p) => `${x.at(p.x).toFixed(1)} ${y.at(p.estimate.low ?? p.estimate.mean).toFixed(1)}`);
        const high = curve.points.map((p) => `${x.at(p.x).toFixed(1)} ${y.at(p.estimate.high ?? p.estimate.mean).toFixed(1)}`);
        return (
          <g key={curve.name}>
            <path d={`M${high.join("L")}L${low.reverse().join("L")}Z`} fill="var(--band)" />
            <path d={`M${curve.points.map((p) => `${x.at(p.x).toFixed(1)} ${y.at(p.estimate.mean).toFixed(1)}`).join("L")}`} fill="none" stroke={colour} strokeWidth={n ? 1.4 : 2} />
            {curve.points.map((p) => <g key={p.case}>{p.estimate.low !== null && p.estimate.high !== null ? <path d={`M${x.at(p.x)} ${y.at(p.estimate.low)}V${y.at(p.estimate.high)}`} stroke={colour} strokeWidth="1.2" /> : null}<circle cx={x.at(p.x)} cy={y.at(p.estimate.mean)} r={p.case === chosen ? 4 : 2.6} fill={colour} /></g>)}
            {shown.length > 1 ? <text x={right + 8} y={(ends[n] ?? 0) + 4} className="m" style={{ fill: colour }}>{curve.name.length > 19 ? curve.name.slice(0, 18) + "…" : curve.name}<title>{curve.name}</title></text> : null}
          </g>
        );
      })}
      {marks.map((each) => <text key={each} x={x.at(each)} y={SH - 26} className={"mid" + (each === at ? " t1 b" : "")}>{number(each, tickDecimals(marks))}</text>)}
      <text x={(52 + right) / 2} y={SH - 8} className="mid">{found.path}</text>
    </svg>
  );
}

const PACE = ["d2", "d3", "d5", "d4"] as const;

/** Who sets the pace, a bar a case. */
export function Pace({ cases, letters, title }: { cases: Case[]; letters: string[]; title: (station: string) => string }) {
  const found = paces(cases, PACE.length);
  const colour = (station: string | null): string => (station === null ? "var(--run)" : `var(--${PACE[found.stations.indexOf(station)] ?? "run"})`);
  const hasOther = found.rows.some((row) => row.some((piece) => piece.station === null));
  const names = [...found.stations.map((station) => [station, title(station)] as const), ...(hasOther ? [[null, texts.experiments.other] as const] : [])];
  return (
    <>
      <div className="pacekey">{names.map(([station, name]) => <span key={name}><i style={{ background: colour(station) }} />{name}</span>)}</div>
      <div className="pacerows">
        {found.rows.map((row, n) => (
          <div key={letters[n]} role="img" aria-label={texts.experiments.paceLabel(letters[n] ?? "", row.map((piece) => [piece.station === null ? texts.experiments.other : title(piece.station), percent(piece.share, 0)]))}>
            <b>{letters[n]}</b>
            <span className="pacebar">{row.map((piece) => <span key={piece.station ?? ""} style={{ width: `${piece.share * 100}%` }}><i style={{ background: colour(piece.station) }} /><em>{piece.share >= 0.06 ? percent(piece.share, 0) : ""}</em></span>)}</span>
          </div>
        ))}
      </div>
    </>
  );
}

/** Half the width of the interval after so many runs. */
export function Narrowing({ points, unit }: { points: [number, number][]; unit: string }) {
  const last = points.at(-1);
  if (!last || points.length < 2) return null;
  const x = linear(points[0]?.[0] ?? 0, last[0], 34, 340, 5);
  const y = linear(0, Math.max(...points.map((each) => each[1])), 84, 8, 3);
  const digits = tickDecimals(y.ticks);
  return (
    <svg className="w100" viewBox="0 0 360 112" role="img" aria-label={texts.experiments.narrowingLabel(number(last[1]), unit, last[0])}>
      {y.ticks.map((each) => <g key={each}><path d={`M34 ${y.at(each)}H340`} stroke="var(--grid)" /><text x="28" y={y.at(each) + 4} className="end">{number(each, digits)}</text></g>)}
      <path d={`M${points.map(([n, half]) => `${x.at(n).toFixed(1)} ${y.at(half).toFixed(1)}`).join("L")}`} fill="none" stroke="var(--d1)" strokeWidth="1.4" />
      <circle cx={x.at(last[0])} cy={y.at(last[1])} r="3" fill="var(--d1)" />
      <text x="340" y={Math.max(12, y.at(last[1]) - 8)} className="end t1 m halo">{texts.experiments.halfNow(number(last[1]), unit)}</text>
      {x.ticks.filter((each) => Number.isInteger(each)).map((each) => <text key={each} x={x.at(each)} y="104" className="mid">{number(each, 0)}</text>)}
    </svg>
  );
}

/** A mean with half its interval. */
export function Mean({ found, digits }: { found: Estimate | null | undefined; digits?: number }) {
  if (!found) return <span className="muted">{texts.noValue}</span>;
  const shown = digits ?? found.digits;
  return <>{number(found.mean, shown)}{found.half_width === null ? null : <span className="muted"> ± {number(found.half_width, shown)}</span>}</>;
}

/** A difference with half its interval: what fits a narrow table. */
export function Change({ found }: { found: Difference | null | undefined }) {
  if (!found || !isApart(found)) return <Apart found={found} />;
  return <><b>{signed(found.mean, found.digits)}</b>{found.half_width === null ? null : <span className="muted"> ± {number(found.half_width, found.digits)}</span>}</>;
}

/** A difference with its interval, or that there is none to be told. */
export function Apart({ found, digits }: { found: Difference | null | undefined; digits?: number }) {
  if (!found) return <span className="muted">{texts.noValue}</span>;
  const shown = digits ?? found.digits;
  if (found.verdict === "not known") return <span className="muted">{texts.experiments.oneSample}</span>;
  if (!isApart(found)) return <span className="muted">{texts.experiments.notApart}</span>;
  return <><b>{signed(found.mean, shown)}</b>{found.low === null || found.high === null ? null : <span className="muted"> {texts.experiments.span(number(found.low, shown), number(found.high, shown))}</span>}</>;
}

