/* A station, a machine: why, since when, what do I do. A station of one machine is shown as that machine. */
import "../line/line.css";
import "./station.css";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { ofRun, useGet } from "../api";
import { Trends, type TrendTag } from "../charts/trends";
import { count, duration, exact, minute, number, numberOr, percent } from "../format";
import { FaultNote, Guard, Loading, Note } from "../parts/notes";
import { StateText } from "../parts/marks";
import { path as toPath, setQuery, useRoute } from "../route";
import { useRun } from "../run";
import { Acts, type Act } from "../shell/acting";
import { useChartKeys } from "../shell/keys";
import { groupOf, sideOf } from "../states";
import { useTick, useTopic } from "../stream/store";
import { texts } from "../texts";
import type { MachineAnswer, MachineRow, Mount, RecipeNow, StateRow, Station, StationAnswer } from "../types";
import { StationAlarms } from "./alarms";
import { stationState } from "../line/box";
import { wholeStation } from "../line/sample";
import { Machines, shownMachines, type Shown } from "./machines";
import { Measures } from "./measures";

const RANGES = ["5m", "30m", "shift", "day"] as const;
const FIRST = 5;

export default function StationPage({ station, machine }: { station: string; machine: number | null }) {
  const { run, station: find, plant } = useRun();
  const info = find(station);
  const count = info?.kind === "store" ? 0 : info?.count ?? 1;
  const one = machine ?? (count === 1 ? 1 : null);
  const { query } = useRoute();
  const shown = shownMachines(info?.count ?? 1, query.get("page"), query.get("from"));
  const asked = useGet<StationAnswer>(plant ? ofRun(run, "stations", station) : "", { ...shown });
  const live = useTopic<StationAnswer | MachineAnswer>(plant ? run : "", one ? "machine" : "station", one ? { station, machine: one } : { station, ...shown });
  const first = useGet<MachineAnswer>(one ? ofRun(run, "stations", station, one) : "");
  // While another page of machines is on its way, the last one stays.
  const kept = useRef<StationAnswer | MachineAnswer | null>(null);
  const newest = live ?? (one ? first.data : asked.data);
  if (newest) kept.current = newest;
  const answer = kept.current;
  if (one && first.error && !answer) return <section className="panel"><h1 className="unseen">{texts.fault.noPage}</h1><FaultNote error={first.error} again={first.again} /><Ways station={info ? station : null} /></section>;
  if (!info && plant) return <section className="panel"><h1 className="unseen">{texts.fault.noPage}</h1>{asked.error ? <FaultNote error={asked.error} /> : <Note title={texts.fault.noPage} />}<Ways station={null} /></section>;
  if (!answer || !info) return <section className="panel">{asked.error ? <FaultNote error={asked.error} again={asked.again} /> : <Loading />}</section>;
  return one && "recipe" in answer ? <MachineView info={info} answer={answer as MachineAnswer} machine={one} /> : <StationView info={info} answer={answer} shown={shown} />;
}

/** Ways on from an address of nothing. */
function Ways({ station }: { station: string | null }) {
  const { link, station: find } = useRun();
  const info = find(station);
  return <div className="note ways">{info ? <a href={link(toPath("line", info.path))}>{texts.fault.toStation(info.title, info.count)}</a> : null}<a href={link("/line")}>{texts.fault.toLine}</a></div>;
}

/** Seconds of the chosen range; the shift's begin where the line has shifts. */
function useRange(): { name: string; spanS: number } {
  const { query } = useRoute();
  const { header, now } = useRun();
  const asked = query.get("range") ?? "";
  const name = (RANGES as readonly string[]).includes(asked) ? asked : "30m";
  const move = useCallback((key: string) => {
    const at = RANGES.findIndex((each) => each === name);
    const to = key === "[" ? RANGES[Math.max(0, at - 1)] : key === "]" ? RANGES[Math.min(RANGES.length - 1, at + 1)] : undefined;
    if (to) setQuery({ range: to === "30m" ? null : to });
  }, [name]);
  useChartKeys(move);
  const shift = useMemo(() => Math.max(600, Math.round((now() - (header.shift?.begin_us ?? header.begin_us)) / 1e6)), [name, header.shift?.begin_us]);
  return { name, spanS: name === "5m" ? 300 : name === "30m" ? 1800 : name === "shift" ? shift : 86_400 };
}

function Ranges({ name }: { name: string }) {
  return <span className="seg" role="group" aria-label={texts.station.range}>{RANGES.map((each) => <button key={each} type="button" aria-pressed={each === name} onClick={() => setQuery({ range: each === "30m" ? null : each })}>{texts.station.ranges[each]}</button>)}</span>;
}

function Head({ info, title, crumbs, state, acts, children }: { info: Station; title: string; crumbs: React.ReactNode; state: React.ReactNode; acts?: React.ReactNode; children: React.ReactNode }) {
  return <div className="head" data-station={info.path}><h1>{title}</h1><span className="crumb">{crumbs}</span>{state}<div className="facts">{children}</div>{acts}</div>;
}

/** What may be done with a machine: a fault is cleared, what was stopped by hand goes on. */
function machineActs(path: string, machine: number, title: string, group: string): Act[] {
  const verbs = group === "fault" ? (["clear", "resume", "stop"] as const) : (["resume", "stop"] as const);
  return verbs.map((kind): Act => ({ command: { kind, target: { station: path, machine } }, word: texts.act[kind], what: texts.act.machine(texts.act[kind], title), done: texts.act.machineDone(kind, title), isPrimary: kind !== "stop" }));
}

function Fact({ name, value }: { name: string; value: string | null }) {
  return value === null ? null : <span>{name} <b>{value}</b></span>;
}

function MachineView({ info, answer, machine }: { info: Station; answer: MachineAnswer; machine: number }) {
  const { run, header, link, machineTitle, now, zone } = useRun();
  useTick(1000);
  const { name, spanS } = useRange();
  const row = answer.machine;
  const group = row.state ? row.group ?? groupOf(row.state, row.reason) : "no-data";
  const rows = useStates(ofRun(run, "stations", info.path, machine, "states"), spanS, row);
  const [all, setAll] = useState(false);
  const tags = useMemo(() => trendTags(info, machine, answer.recipe), [info, machine, answer.recipe.length]);
  const shown = all ? tags : tags.slice(0, FIRST);
  const sinceS = row.since_us === null ? null : Math.max(0, (now() - row.since_us) / 1e6);
  const word = !row.state ? texts.groups["no-data"] : group === "waiting" && row.reason ? texts.state.station(row.state, row.reason, 1, 1, false) : row.reason && group !== "running" ? texts.state.because(texts.state.word(row.state), texts.state.reason(row.reason)) : texts.state.word(row.state);
  return (
    <>
      <Head info={info} title={machineTitle(info.path, machine)} crumbs={<><a href={link("/line")}>{texts.line.title}</a> / {info.count > 1 ? <><a href={link(toPath("line", info.path))}>{info.title}</a> / {texts.station.of(machine, info.count)}</> : info.title}</>}
        state={<StateText group={group} side={sideOf(row.reason)}>{sinceS === null ? word : texts.state.for(word, duration(sinceS))}</StateText>}
        acts={info.places === null ? <Acts acts={machineActs(info.path, machine, machineTitle(info.path, machine), group)} stamp={`${row.state}|${row.since_us}`} /> : null}>
        <Fact name={texts.station.doneSince(minute(answer.since_us ?? header.since_us, zone))} value={row.made === null ? null : `${count(row.made)} ${header.product_word === "cells" && info.item_kind === "unit" ? header.product_word : plainItem(info)}`} />
        <Fact name={texts.station.availability} value={row.availability === null ? null : percent(row.availability)} />
        <Fact name={texts.station.order} value={header.order?.id ?? null} />
      </Head>
      <div className="cols station-cols">
        <section className="panel trends-panel">
          <div className="ph"><h2>{texts.station.trends(texts.station.spans[name] ?? name)}</h2><span className="sub wide-only">{texts.station.trendsSub}</span><span className="right"><Ranges name={name} />{tags.length > FIRST ? <button type="button" className="linkish" onClick={() => setAll(!all)}>{all ? texts.station.fewer : texts.station.more(tags.length - FIRST)}</button> : null}</span></div>
          <div className="pb">
            <Guard><Trends tags={shown} spanS={spanS} states={rows} height={Math.max(34, Math.min(262, Math.round(300 / Math.max(1, shown.length)) - 19))} /></Guard>
            {tags.length ? null : <Note title={info.signals.length ? texts.station.curves : texts.station.noSignals}>{info.signals.length ? texts.station.curvesText : texts.station.noSignalsText}</Note>}
          </div>
          {answer.mounts.length ? <Guard><Mounts mounts={answer.mounts} /></Guard> : null}
        </section>
        <div className="stack">
          <Guard><StationAlarms station={info.path} alarms={answer.alarms} /></Guard>
          <Guard><Recipe recipe={answer.recipe} /></Guard>
        </div>
      </div>
      <Guard><Measures station={info.path} machine={info.count > 1 ? machine : null} measures={answer.measures} /></Guard>
    </>
  );
}

function plainItem(info: Station): string {
  return info.item_title.toLowerCase() + "s";
}

function StationView({ info, answer, shown }: { info: Station; answer: StationAnswer; shown: Shown }) {
  const { run, link, header, zone } = useRun();
  const { name, spanS } = useRange();
  const now = wholeStation(answer.now);
  const state = stationState(info, now);
  const states = useGet<{ machines: { machine: number; rows: StateRow[] }[] }>(info.kind === "store" ? "" : ofRun(run, "stations", info.path, "states"), { ...useSpan(spanS), machines: answer.machines.map((each) => each.machine).join() }, 0);
  // A bar stays until its next picture comes.
  const [bars, setBars] = useState(new Map<number, StateRow[]>());
  useEffect(() => { if (states.data) setBars(new Map(states.data.machines.map((each) => [each.machine, each.rows]))); }, [states.data]);
  return (
    <>
      <Head info={info} title={info.title} crumbs={<><a href={link("/line")}>{texts.line.title}</a> / {info.title}</>} state={<StateText group={state.group} side={state.side}>{state.text}</StateText>}>
        <Fact name={texts.station.madeSince(minute(answer.since_us ?? header.since_us, zone))} value={now?.made === null || now?.made === undefined ? null : count(now.made)} />
        <Fact name={texts.station.scrap} value={now?.scrap === null || now?.scrap === undefined ? null : count(now.scrap)} />
        <Fact name={texts.station.rated} value={info.rated_per_min === null ? null : texts.station.perMin(info.rated_per_min)} />
        <Fact name={texts.station.availability} value={now?.availability === null || now?.availability === undefined ? null : percent(now.availability)} />
        <Fact name={texts.station.inside} value={now?.inside === null || now?.inside === undefined ? null : count(now.inside)} />
        <Fact name={texts.station.order} value={header.order?.id ?? null} />
      </Head>
      <div className="cols station-cols">
        <Guard><Machines info={info} answer={answer} shown={shown} states={bars} spanS={spanS} ranges={<Ranges name={name} />} /></Guard>
        <div className="stack"><Guard><StationAlarms station={info.path} alarms={answer.alarms} /></Guard></div>
      </div>
      <Guard><Measures station={info.path} machine={null} measures={answer.measures} /></Guard>
    </>
  );
}

/** From and to of a range, moved once in 15 s: rows of states are asked anew, the newest row grows by itself. */
function useSpan(spanS: number): { from_us: number; to_us: number; pixels: number } {
  const { now } = useRun();
  const tick = useTick(5000);
  return useMemo(() => { const to = Math.round(now()); return { from_us: to - spanS * 1e6, to_us: to, pixels: 700 }; }, [spanS, tick]);
}

function useStates(path: string, spanS: number, row: MachineRow): StateRow[] {
  const { now } = useRun();
  const span = useSpan(spanS);
  const answer = useGet<{ rows: StateRow[] }>(path, span);
  const [kept, setKept] = useState<StateRow[]>([]);
  if (answer.data && answer.data.rows !== kept) setKept(answer.data.rows);
  return useMemo(() => {
    // Between two answers the present state is known from the stream.
    const last = kept.at(-1);
    if (!row.since_us || !last) return kept;
    const open: StateRow = { from_us: row.since_us, to_us: null, state: row.state, group: row.group ?? groupOf(row.state, row.reason), reason: row.reason, merged: false };
    return last.from_us >= row.since_us ? [...kept.slice(0, -1), { ...last, to_us: last.state === row.state ? null : last.to_us }] : [...kept.slice(0, -1), { ...last, to_us: Math.min(last.to_us ?? row.since_us, row.since_us) }, open];
  }, [kept, row.since_us, row.state, row.reason, now]);
}

/** Every signal of a machine as one trend; of several of a kind each its own. */
function trendTags(info: Station, machine: number, recipe: RecipeNow[]): TrendTag[] {
  return info.signals.filter((each) => !each.per).flatMap((signal) => Array.from({ length: signal.count }, (_, k): TrendTag => {
    const set = recipe.find((each) => each.name === signal.name)?.set;
    return {
      tag: `${info.path}/${machine}/${signal.name}` + (signal.count > 1 ? `/${k + 1}` : ""), title: signal.count > 1 ? `${signal.title} ${k + 1}` : signal.title, unit: signal.unit, decimals: signal.decimals,
      window: signal.window && (signal.window.lower !== null || signal.window.upper !== null) ? signal.window : null, setPoint: set?.[Math.min(k, set.length - 1)] ?? null, low: signal.low, high: signal.high, everyS: signal.every_s,
    };
  }));
}

function Mounts({ mounts }: { mounts: Mount[] }) {
  const { link, zone } = useRun();
  return (
    <div className="mat rule">{mounts.map((each) => (
      <div key={each.input + each.lot}>
        <span>{each.title}</span> <a className="id" href={link(toPath("lot", each.lot))}>{each.lot}</a>
        {each.ended_us ? <b className="tf">{texts.station.endedAt(minute(each.ended_us, zone))}</b> : <b>{each.left_m === null ? "" : texts.station.leftShort(each.left_m, each.left_s)}</b>}
      </div>
    ))}</div>
  );
}

function Recipe({ recipe }: { recipe: RecipeNow[] }) {
  const rows = recipe.flatMap((each) => each.set.map((set, k) => ({ key: each.name + k, title: each.set.length > 1 ? `${each.title} ${k + 1}` : each.title, set, actual: each.actual?.[k] ?? null, unit: each.unit, decimals: each.decimals, at: each.at_us })));
  return (
    <section className="panel fill">
      <div className="ph"><h2>{texts.station.recipe}</h2>{rows.length ? <span className="sub">{texts.station.recipeSub}</span> : null}</div>
      {rows.length ? (
        <table>
          <thead><tr><th>{texts.station.parameter}</th><th className="num">{texts.station.set}</th><th className="num">{texts.station.actual}</th><th><span className="unseen">{texts.station.unit}</span></th></tr></thead>
          <tbody>{rows.map((each) => <tr key={each.key}><td>{each.title}</td><td className="num">{number(each.set, each.decimals)}</td><td className={"num" + (each.actual === null ? " muted" : "")} title={each.at ? exact(each.at) : undefined}>{numberOr(each.actual, each.decimals, texts.station.noActual)}</td><td className="unit">{each.unit}</td></tr>)}</tbody>
        </table>
      ) : <Note title={texts.station.recipeNone}>{texts.station.recipeNoneText}</Note>}
    </section>
  );
}

