/* Line: how are we doing, what is stopped, what needs someone. */
import "./line.css";
import { useMemo } from "react";
import { acknowledge, isOpen, useIsAcknowledging } from "../alarms/acknowledge";
import { brief, count, exact, minute } from "../format";
import { FaultNote, Guard, Loading, Note } from "../parts/notes";
import { AlarmBadge, StateText } from "../parts/marks";
import { path as toPath } from "../route";
import { useRun } from "../run";
import { Acts, type Act } from "../shell/acting";
import { useWhyNotActing } from "../shell/connection";
import { useTopic } from "../stream/store";
import { texts } from "../texts";
import type { Alarm, Due, Group, LineAnswer, LineSample, LossPart, Order } from "../types";
import { Drawing } from "./drawing";
import { Figures } from "./figures";
import { wholeSample } from "./sample";

const LEGEND: Group[] = ["running", "waiting", "fault", "planned", "no-data"];

export function LinePage() {
  const { run, plant, plantError, header } = useRun();
  const answer = useTopic<LineAnswer>(run, "line");
  const sample = useMemo(() => wholeSample(answer?.sample, header.begin_us), [answer, header.begin_us]);
  const alarms = answer?.alarms ?? [];
  return (
    <>
      <h1 className="unseen">{texts.line.title}</h1>
      {sample ? <Guard><Figures sample={sample} /></Guard> : <section className="panel"><Loading /></section>}
      <div className="cols line-cols">
        <div className="stack">
          <section className="panel fill line-panel">
            <div className="ph">
              <h2>{texts.line.title}</h2><span className="sub">{texts.line.sub(header.product_word)}</span>
              <span className="right legend wide-only" aria-hidden="true">{LEGEND.map((group) => <StateText key={group} group={group}>{texts.groups[group].toLowerCase()}</StateText>)}</span>
            </div>
            <div className="pb">{plant ? <Guard><Drawing plant={plant} sample={sample} alarms={alarms} /></Guard> : plantError ? <FaultNote error={plantError} /> : <Loading />}</div>
          </section>
          {sample ? <Guard><Losses sample={sample} /></Guard> : null}
        </div>
        <div className="stack side">
          <Guard><Needs alarms={alarms} /></Guard>
          {sample ? <Guard><NextHour due={sample.next_hour ?? []} /></Guard> : null}
          {header.order ? <Guard><OrderPanel order={sample?.order ?? header.order} /></Guard> : null}
        </div>
      </div>
    </>
  );
}

/** The order in work: interrupted and resumed here; the run is ended here. */
function OrderPanel({ order }: { order: Order }) {
  const { header } = useRun();
  const isPaused = order.state === "interrupted";
  const verb = isPaused ? texts.act.resumeOrder : texts.act.pauseOrder;
  const acts: Act[] = [
    { command: { kind: isPaused ? "resume-run" : "pause-run", target: {} }, word: verb, what: texts.act.orderWhat(verb, order.id), done: texts.act.orderDone(order.id, isPaused ? texts.act.goesOn : texts.act.interrupted), isPrimary: isPaused },
    { command: { kind: "stop-run", target: {} }, word: texts.act.endRun, what: texts.act.runWhat, done: texts.act.runEnds },
  ];
  return (
    <section className="panel orderp">
      <div className="ph"><h2>{texts.station.order}</h2><span className="sub" title={texts.act.order(order.id) + ", " + header.product_title}>{texts.act.orderState(order.state)}</span><span className="right"><Acts acts={acts} stamp={order.state} /></span></div>
    </section>
  );
}

function Needs({ alarms }: { alarms: Alarm[] }) {
  return (
    <section className="panel fill att">
      <div className="ph"><h2>{texts.line.needs}</h2>{alarms.length ? <span className="sub">{texts.line.needsSub}</span> : null}</div>
      {alarms.length ? <ul>{alarms.map((alarm, i) => <Need key={alarm.key} alarm={alarm} isFirst={i === 0} />)}</ul> : <Note title={texts.line.nothingNeeded}>{texts.line.nothingNeededNext}</Note>}
    </section>
  );
}

/** What an alarm is called: the machine and what happened. */
export function alarmTitle(alarm: Alarm): string {
  return alarm.text || alarm.title;
}

function Need({ alarm, isFirst }: { alarm: Alarm; isFirst: boolean }) {
  const { run, zone, link, now, machineTitle } = useRun();
  const isPending = useIsAcknowledging(alarm);
  const whyNot = useWhyNotActing();
  const details = [
    alarm.text && alarm.text !== alarm.title && !alarm.text.toLowerCase().includes(alarm.title.toLowerCase()) ? alarm.title : "",
    alarm.effect_per_min ? texts.line.effect(alarm.effect_per_min) : "",
    alarm.times_1h > 1 ? texts.line.times(alarm.times_1h) : "",
  ].filter(Boolean).join(", ");
  const where = toPath("line", alarm.station) + (alarm.machine ? "/" + alarm.machine : "");
  return (
    <li className="need" tabIndex={-1} data-item="" data-alarm={alarm.key}>
      <AlarmBadge priority={alarm.priority} state={alarm.state} />
      <h3><span>{alarmTitle(alarm) || machineTitle(alarm.station, alarm.machine)}</span><time title={exact(alarm.raised_us)}>{brief((now() - alarm.raised_us) / 1e6)}</time></h3>
      {details ? <p className="d">{details}</p> : null}
      {alarm.state === "acknowledged" && alarm.acknowledged_us ? <p className="n">{texts.line.acknowledged(alarm.acknowledged_by, minute(alarm.acknowledged_us, zone))}</p> : null}
      {alarm.next ? <p className="n"><b>{texts.line.next}</b> {alarm.next}</p> : null}
      {isOpen(alarm) ? (
        <div className="a">
          <a className={"btn small" + (isFirst ? " primary" : "")} href={link(where)}>{texts.line.open}</a>
          <button type="button" className="btn small" data-acknowledge="" disabled={isPending || whyNot !== null} title={whyNot ?? undefined} onClick={() => acknowledge(run, [alarm])}>{texts.line.acknowledge}</button>
        </div>
      ) : null}
    </li>
  );
}

const FILL: Record<string, string> = {
  waiting: "color-mix(in srgb, var(--d2) 80%, var(--surface))", speed: "color-mix(in srgb, var(--d3) 80%, var(--surface))", rejects: "color-mix(in srgb, var(--d6) 80%, var(--surface))",
  changes: "color-mix(in srgb, var(--run) 48%, var(--surface))", setups: "color-mix(in srgb, var(--d5) 60%, var(--surface))", planned: "color-mix(in srgb, var(--d4) 70%, var(--surface))", other: "color-mix(in srgb, var(--ink) 30%, var(--surface))",
};
const HELD = [66, 50, 40, 32];

/** Held pieces first, then the others by size; pieces too small to be named are put together. */
export function lossPieces(parts: LossPart[]): LossPart[] {
  const total = parts.reduce((sum, each) => sum + Math.max(0, each.count), 0);
  if (total <= 0) return [];
  const large = parts.filter((each) => each.count / total >= 0.055 && each.cause !== "other");
  const rest = parts.filter((each) => !large.includes(each)).reduce((sum, each) => sum + Math.max(0, each.count), 0);
  const sorted = [...large].sort((a, b) => Number(b.cause === "held") - Number(a.cause === "held") || b.count - a.count);
  if (rest > 0) sorted.push({ cause: "other", station: null, count: rest });
  return sorted;
}

function Losses({ sample }: { sample: LineSample }) {
  const { header, zone, stationTitle } = useRun();
  const losses = sample.losses;
  const possible = losses?.possible ?? null;
  const good = losses?.good ?? null;
  const pieces = lossPieces(losses?.parts ?? []);
  const total = pieces.reduce((sum, each) => sum + each.count, 0);
  let held = -1;
  return (
    <section className="panel losses">
      <div className="ph"><h2>{texts.line.lostSince(minute(sample.since_us, zone))}</h2><span className="sub">{possible !== null && good !== null && possible > 0 ? texts.line.lostSub(count(Math.max(0, possible - good)), count(possible), header.product_word) : possible === null ? texts.line.notCounted : texts.line.nothingLost}</span></div>
      <div className="lossbar">
        {pieces.map((each) => {
          if (each.cause === "held") held += 1;
          const fill = each.cause === "held" ? `color-mix(in srgb, var(--ink) ${HELD[Math.min(held, 3)] ?? 30}%, var(--surface))` : FILL[each.cause] ?? FILL["other"];
          const name = texts.line.cause(each.cause, each.station ? stationTitle(each.station) : null);
          return <div key={each.cause + (each.station ?? "")} style={{ flexGrow: each.count }} title={`${name} ${count(each.count)}`} className={each.count < total * 0.045 ? "thin" : undefined}><i style={{ background: fill }} /><span>{name}</span><b>{count(each.count)}</b></div>;
        })}
        {pieces.length ? null : <div style={{ flexGrow: 1 }}><i style={{ background: "var(--run-soft)" }} /><span>{possible === null ? texts.notYet : texts.line.nothingLost}</span></div>}
      </div>
    </section>
  );
}

function NextHour({ due }: { due: Due[] }) {
  const { zone, machineTitle, station } = useRun();
  const shown = due.slice(0, 5);
  return (
    <section className="panel duep">
      <div className="ph"><h2>{texts.line.nextHour}</h2>{shown.length ? <span className="sub">{texts.line.nextSub}</span> : null}</div>
      {shown.length ? (
        <div className="due">{shown.map((each) => {
          const input = station(each.station)?.inputs.find((one) => one.material === each.what);
          return <div key={each.kind + each.t_us + each.station + each.machine}><b>{minute(each.t_us, zone)}</b><span>{texts.line.due(each.kind, each.station ? machineTitle(each.station, each.machine) : "", input?.title ?? (each.what ?? "").replaceAll("-", " "), each.for_s)}</span></div>;
        })}</div>
      ) : <div className="due"><span>{texts.line.nothingNext}</span></div>}
    </section>
  );
}
