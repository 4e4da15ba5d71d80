/* What a channel drew of a unit: its curves, one a visit, each line on the same hours since the visit's begin. */
import "uplot/dist/uPlot.min.css";
import "../charts/trends.css";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { ofRun, useGet } from "../api";
import { fine, hours, makeCurve, phases, valueAt } from "../charts/curve";
import { duration, elapsed, exact, moment, number } from "../format";
import { useWidth } from "../line/drawing";
import { FaultNote, Note } from "../parts/notes";
import { path as toPath, setQuery, useRoute } from "../route";
import { useRun } from "../run";
import { texts } from "../texts";
import { useTheme } from "../theme";
import type { Curve, CurveLine, Curves as CurvesOf } from "../types";

const LEFT = 50;
const TALL = 118; // the first line, voltage; those below it are half as high
const AGAIN_MS = 10_000; // a cell gets its curve when its tray leaves

export function Curves({ id }: { id: string }) {
  const { run, header } = useRun();
  const { query } = useRoute();
  const asked = useGet<CurvesOf>(ofRun(run, "things", id, "curves"), {}, header.live ? AGAIN_MS : 0);
  const data = asked.data;
  if (!data) return asked.error ? <section className="panel"><FaultNote error={asked.error} again={asked.again} /></section> : null;
  if (!data.curves.length) return data.why_none ? <section className="panel" data-curves={0}><div className="ph"><h2>{texts.curve.title}</h2></div><Note title={texts.curve.none[data.why_none] ?? data.why_none} /></section> : null;
  const wanted = Number(query.get("curve") ?? data.curves.length);
  const at = Number.isInteger(wanted) && wanted >= 1 && wanted <= data.curves.length ? wanted : data.curves.length;
  const curve = data.curves[at - 1];
  return curve ? <Panel curve={curve} all={data.curves} at={at} /> : null;
}

function Panel({ curve: newest, all, at }: { curve: Curve; all: Curve[]; at: number }) {
  // A recorded curve never changes: a later answer must not draw it anew under the pointer.
  const curve = useMemo(() => newest, [newest.step, newest.start_us, newest.t_s.length]);
  const { link, zone, now, machineTitle } = useRun();
  const [isTable, setTable] = useState(false);
  const summed = curve.lines.find((each) => each.total !== null);
  const where = curve.machine === null ? curve.title : machineTitle(curve.step, curve.machine);
  return (
    <section className="panel" data-curves={all.length}>
      <div className="ph"><h2>{texts.curve.of(curve.title)}</h2>
        {summed?.total ? <span className="sub">{texts.curve.charges(summed.total.in, summed.total.out, summed.total.unit)}</span> : null}
        <span className="right">
          {all.length > 1 ? <span className="seg" role="group" aria-label={texts.curve.which}>{all.map((each, i) => <button key={each.step + i} type="button" aria-pressed={i + 1 === at} onClick={() => setQuery({ curve: i + 1 === all.length ? null : String(i + 1) })}>{each.title}</button>)}</span> : null}
          <button type="button" className="linkish" onClick={() => setTable(!isTable)}>{isTable ? texts.station.chart : texts.station.table}</button>
        </span></div>
      <div className="pb">
        <p className="soft curve-where"><a href={link(toPath("line", curve.step) + (curve.machine === null ? "" : "/" + curve.machine))}>{where}</a>
          {curve.carrier ? <>, <a className="id" href={link(toPath("carrier", curve.carrier))}>{curve.carrier}</a>{curve.place === null ? "" : " " + texts.curve.place(curve.place)}</> : null}
          {curve.start_us === null ? null : <>, <span title={exact(curve.start_us)}>{texts.curve.from(moment(curve.start_us, zone, now()))}</span></>}
          {curve.start_us === null || curve.done_us === null ? null : ", " + duration((curve.done_us - curve.start_us) / 1e6)}
          {texts.thing.sources[curve.source] === "" ? null : ", " + (texts.thing.sources[curve.source] ?? curve.source)}</p>
        {isTable ? <Table curve={curve} /> : <Picture curve={curve} />}
      </div>
    </section>
  );
}

function Picture({ curve }: { curve: Curve }) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const theme = useTheme();
  const [pointed, setPointed] = useState<number | null>(null);
  const hosts = useRef(new Map<string, HTMLDivElement>());
  const end = curve.t_s[curve.t_s.length - 1] ?? 0;
  const inner = Math.max(80, width - LEFT);
  const dense = useMemo(() => fine(curve.t_s, curve.lines.map((each) => each.values)), [curve]);
  const parts = useMemo(() => { const line = curve.lines.find((each) => each.total !== null); return line ? phases(curve.t_s, line.values) : []; }, [curve]);
  useLayoutEffect(() => {
    if (width <= 0) return undefined;
    const plots = curve.lines.flatMap((line, n) => {
      const host = hosts.current.get(line.name);
      return host ? [makeCurve(host, { width, height: heightOf(n), left: LEFT, sync: "curve", t: dense.t, values: dense.lines[n] ?? [], onCursor: setPointed })] : [];
    });
    return () => plots.forEach((each) => each.destroy());
  }, [curve, dense, width, theme]);
  const left = (s: number): string => ((s / (end || 1)) * inner).toFixed(1) + "px";
  return (
    <div ref={ref} className="curve">
      {parts.length ? <div className="phases" style={{ marginLeft: LEFT, width: inner }} aria-hidden="true">{parts.map((each) => (
        <span key={each.from} style={{ left: left(each.from), width: left(each.to - each.from) }}>{((each.to - each.from) / (end || 1)) * inner > 58 ? texts.curve.phases[each.sign + 1] : ""}</span>
      ))}</div> : null}
      {curve.lines.map((line, n) => (
        <div key={line.name} className="trend" data-line={line.name}>
          <div className="tl" style={{ paddingLeft: LEFT }}><b>{line.title}</b><span className="unit">{line.unit}</span><span className="tn">{readout(line, curve.t_s, pointed)}</span></div>
          <div ref={(host) => { if (host) hosts.current.set(line.name, host); else hosts.current.delete(line.name); }} style={{ height: heightOf(n) }} role="img" aria-label={label(line, end)} />
        </div>
      ))}
      <div className="taxis" style={{ marginLeft: LEFT }} aria-hidden="true">{hours(end, inner).map((tick) => (
        <span key={tick.at} style={{ transform: `translateX(${left(tick.at)}) translateX(${tick.at === 0 ? 0 : tick.at > end * 0.97 ? -100 : -50}%)` }}>{tick.text}</span>
      ))}</div>
    </div>
  );
}

const heightOf = (n: number): number => (n === 0 ? TALL : TALL / 2);

const reach = (line: CurveLine): [string, string] => [number(Math.min(...line.values), line.decimals), number(Math.max(...line.values), line.decimals)];

function readout(line: CurveLine, t: number[], at: number | null): React.ReactNode {
  const value = at === null ? null : valueAt(t, line.values, at);
  return value === null || at === null ? texts.thing.range(...reach(line)) : <>{texts.curve.at(duration(at))} <b>{number(value, line.decimals)}</b></>;
}

const label = (line: CurveLine, end: number): string => texts.curve.label(line.title, line.unit ?? "", ...reach(line), duration(end));

/** The points themselves: between them the curve is straight. */
function Table({ curve }: { curve: Curve }) {
  return (
    <div className="scroll" style={{ maxHeight: 262 }} tabIndex={0}><table className="hits">
      <thead><tr><th className="num">{texts.curve.time}</th>{curve.lines.map((line) => <th key={line.name} className="num">{line.title} <span className="unit">{line.unit}</span></th>)}</tr></thead>
      <tbody>{curve.t_s.map((t, i) => <tr key={i}><td className="num">{elapsed(t)}</td>{curve.lines.map((line) => <td key={line.name} className="num">{number(line.values[i] ?? 0, line.decimals)}</td>)}</tr>)}</tbody>
    </table></div>
  );
}
