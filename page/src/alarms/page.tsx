/* Alarms: the list, acknowledge, history. New rows do not move what is under the pointer: they are counted and shown on request. */
import "./alarms.css";
import { useEffect, useMemo, useRef, useState } from "react";
import { get, ofRun, useGet } from "../api";
import { brief, exact, number, when } from "../format";
import { FaultNote, Loading, Note } from "../parts/notes";
import { AlarmBadge } from "../parts/marks";
import { Icon } from "../parts/icons";
import { go, path as toPath, setQuery, useRoute } from "../route";
import { useRun } from "../run";
import { useWhyNotActing } from "../shell/connection";
import { useTopic } from "../stream/store";
import { texts } from "../texts";
import type { Alarm, AlarmList } from "../types";
import { acknowledge, isOpen, keysOf, useIsAcknowledging } from "./acknowledge";

const STATES = ["active", "new", "acknowledged", "returned", "history"] as const;
const PRIORITIES = [1, 2, 3, 4] as const;

export default function AlarmsPage() {
  const { run, header, plant } = useRun();
  const { query } = useRoute();
  const state = query.get("state") ?? "active";
  const station = query.get("station");
  const priority = query.get("priority");
  const sort = query.get("sort") ?? (state === "history" ? "time" : "effect");
  const live = useTopic<AlarmList>(run, "alarms");
  // The stream says that something changed; the list itself is asked with its filter.
  const stamp = live ? JSON.stringify(live.counts) + (live.alarms[0]?.seq ?? "") + live.alarms.length : "";
  const asked = useGet<AlarmList>(ofRun(run, "alarms"), { state, station, priority, sort, limit: 200 });
  const first = useRef(stamp);
  useEffect(() => { if (stamp !== first.current) { first.current = stamp; asked.again(); } }, [stamp]);
  const [more, setMore] = useState<{ key: string; rows: Alarm[]; next: string | null } | null>(null);
  const key = [state, station, priority, sort].join("|");
  const extra = more?.key === key ? more : null;
  const rows = useSteady(asked.data ? [...asked.data.alarms, ...(extra?.rows ?? [])] : null, key);
  const counts = live?.counts ?? header.alarms;
  const next = extra ? extra.next : asked.data?.next ?? null;
  const open = rows.shown.filter(isOpen);
  const openCount = keysOf(open).length;
  const why = useWhyNotActing();
  return (
    <>
      <div className="head">
        <h1>{texts.alarms.title}</h1><span className="crumb">{texts.alarms.counts(counts["1"] + counts["2"] + counts["3"] + counts["4"], counts.unacknowledged)}</span>
        <span className="grow" />
        {open.length > 1 && state !== "history" ? <button type="button" className="btn" disabled={why !== null} title={why ?? undefined} data-acknowledge-all="" onClick={() => acknowledge(run, open)}>{texts.alarms.acknowledgeAll(openCount)}</button> : null}
      </div>
      <section className="panel fill">
        <div className="ph filters">
          <span className="seg" role="group" aria-label={texts.alarms.show}>{STATES.map((each) => <button key={each} type="button" aria-pressed={state === each} onClick={() => setQuery({ state: each === "active" ? null : each })}>{{ active: texts.alarms.active, new: texts.alarms.fresh, acknowledged: texts.alarms.acknowledgedTab, returned: texts.alarms.returnedTab, history: texts.alarms.history }[each]}</button>)}</span>
          <span className="seg" role="group" aria-label={texts.alarms.priority}>
            <button type="button" aria-pressed={!priority} onClick={() => setQuery({ priority: null })}>{texts.alarms.all}</button>
            {PRIORITIES.map((each) => <button key={each} type="button" aria-pressed={priority === String(each)} aria-label={texts.alarms.priorityOf(each)} onClick={() => setQuery({ priority: priority === String(each) ? null : String(each) })}>{each}</button>)}
          </span>
          <select className="input" aria-label={texts.alarms.station} value={station ?? ""} onChange={(event) => setQuery({ station: event.target.value || null })}>
            <option value="">{texts.alarms.anyStation}</option>
            {(plant?.stations ?? []).map((each) => <option key={each.path} value={each.path}>{each.title}</option>)}
          </select>
          <span className="right"><span className="seg" role="group" aria-label={texts.alarms.sort}>{(["effect", "time"] as const).map((each) => <button key={each} type="button" aria-pressed={sort === each} onClick={() => setQuery({ sort: each })}>{each === "effect" ? texts.alarms.byEffect : texts.alarms.byTime}</button>)}</span></span>
        </div>
        {rows.fresh ? <button type="button" className="freshrow" onClick={rows.show}>{texts.alarms.newRows(rows.fresh)}</button> : null}
        {rows.shown.length ? <List rows={rows.shown} hover={rows.hover} /> : asked.error ? <FaultNote error={asked.error} again={asked.again} /> : asked.data ? <Note title={station || priority ? texts.alarms.noneFiltered : texts.alarms.none}>{station || priority ? texts.alarms.noneFilteredText : texts.alarms.noneText}</Note> : <Loading />}
        {next ? <div className="note"><button type="button" className="linkish" onClick={() => { void get<AlarmList>(ofRun(run, "alarms"), { state, station, priority, sort, limit: 200, after: next }).then((page) => setMore({ key, rows: [...(extra?.rows ?? []), ...page.alarms], next: page.next })); }}>{texts.alarms.more}</button></div> : null}
      </section>
    </>
  );
}

/** Keeps the rows still while the pointer or the focus is on them; what is new is counted. */
function useSteady(rows: Alarm[] | null, key: string): { shown: Alarm[]; fresh: number; show: () => void; hover: (isOn: boolean) => void } {
  const [isHeld, setHeld] = useState(false);
  const [kept, setKept] = useState<{ key: string; rows: Alarm[] }>({ key, rows: [] });
  useEffect(() => { if (rows && (!isHeld || kept.key !== key)) setKept({ key, rows }); }, [rows?.map((each) => each.key + each.state + each.times_1h).join(), isHeld, key]);
  return useMemo(() => {
    if (!isHeld || kept.key !== key) return { shown: rows ?? (kept.key === key ? kept.rows : []), fresh: 0, show: () => undefined, hover: setHeld };
    const now = new Map((rows ?? []).map((each) => [each.key, each]));
    const before = new Set(kept.rows.map((each) => each.key));
    // Rows keep their place; their state is the newest.
    return { shown: kept.rows.map((each) => now.get(each.key) ?? each), fresh: (rows ?? []).filter((each) => !before.has(each.key)).length, show: () => setKept({ key, rows: rows ?? [] }), hover: setHeld };
  }, [rows, kept, isHeld, key]);
}

function List({ rows, hover }: { rows: Alarm[]; hover: (isOn: boolean) => void }) {
  return (
    <div className="scroll alarmlist" onPointerEnter={() => hover(true)} onPointerLeave={() => hover(false)}>
      <table>
        <thead><tr><th><span className="unseen">{texts.alarms.priority}</span></th><th>{texts.alarms.text}</th><th className="wide-only">{texts.alarms.station}</th><th>{texts.alarms.state}</th><th className="num">{texts.alarms.age}</th><th className="num wide-only">{texts.alarms.effect}</th><th className="wide-only">{texts.alarms.next}</th><th><span className="unseen">{texts.line.acknowledge}</span></th></tr></thead>
        <tbody>{rows.map((each) => <Row key={each.key} alarm={each} />)}</tbody>
      </table>
    </div>
  );
}

function Row({ alarm }: { alarm: Alarm }) {
  const { run, zone, now, link, machineTitle } = useRun();
  const isPending = useIsAcknowledging(alarm);
  const why = useWhyNotActing();
  const to = link(toPath("line", alarm.station) + (alarm.machine ? "/" + alarm.machine : ""));
  const end = alarm.returned_us;
  return (
    <tr data-item="" tabIndex={-1} data-alarm={alarm.key} className={alarm.state === "gone" ? "gone" : ""} onKeyDown={(event) => { if (event.key === "Enter" && event.target === event.currentTarget) go(to); }}>
      <td><AlarmBadge priority={alarm.priority} state={alarm.state} /></td>
      <td><b className="at">{alarm.text || alarm.title}</b>{alarm.times_1h > 1 ? <span className="muted"> {texts.line.times(alarm.times_1h)}</span> : null}{alarm.next ? <div className="narrow-only soft">{alarm.next}</div> : null}</td>
      <td className="nowrap wide-only"><a href={to}>{machineTitle(alarm.station, alarm.machine)}</a></td>
      <td className="nowrap"><span className="ast">{alarm.state === "acknowledged" ? <Icon name="check" size={13} /> : null}{texts.alarms.states[alarm.state] ?? alarm.state}</span>{alarm.acknowledged_by ? <span className="muted"> {alarm.acknowledged_by}</span> : null}</td>
      <td className="num" title={exact(alarm.raised_us)}>{end ? texts.alarms.took(brief((end - alarm.raised_us) / 1e6)) : brief((now() - alarm.raised_us) / 1e6)}<div className="unit">{when(alarm.raised_us, zone, now())}</div></td>
      <td className="num wide-only">{alarm.effect_per_min === null ? "" : <>{number(-alarm.effect_per_min, alarm.effect_per_min < 9.95 ? 1 : 0)} <span className="unit">{texts.line.ppm}</span></>}</td>
      <td className="soft wide-only">{alarm.next}</td>
      <td className="num">{isOpen(alarm) ? <button type="button" className="btn small" data-acknowledge="" disabled={isPending || why !== null} title={why ?? undefined} onClick={() => acknowledge(run, [alarm])}>{texts.line.acknowledge}</button> : null}</td>
    </tr>
  );
}

