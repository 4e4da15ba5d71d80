/* Alarms of one station or machine, with what to do. */
import { acknowledge, isOpen, useIsAcknowledging } from "../alarms/acknowledge";
import { clock, exact } from "../format";
import { Note } from "../parts/notes";
import { AlarmBadge } from "../parts/marks";
import { useRun } from "../run";
import { useWhyNotActing } from "../shell/connection";
import { texts } from "../texts";
import type { Alarm } from "../types";

export function StationAlarms({ station, alarms }: { station: string; alarms: Alarm[] }) {
  const { link } = useRun();
  return (
    <section className="panel al fill">
      <div className="ph"><h2>{texts.station.alarms}</h2><span className="sub">{texts.station.alarmsSub(alarms.filter((each) => each.returned_us === null).length, alarms.filter(isOpen).length)}</span><span className="right"><a href={link("/alarms", { state: "history", station })}>{texts.station.history}</a></span></div>
      {alarms.length ? <ul className="scroll" style={{ maxHeight: 320 }}>{alarms.map((each, i) => <Row key={each.key} alarm={each} isFirst={i === 0} />)}</ul> : <Note title={texts.station.noAlarms}>{texts.station.noAlarmsText}</Note>}
    </section>
  );
}

function Row({ alarm, isFirst }: { alarm: Alarm; isFirst: boolean }) {
  const { run, zone } = useRun();
  const isPending = useIsAcknowledging(alarm);
  const whyNot = useWhyNotActing();
  const details = [alarm.title !== alarm.text ? alarm.title : "", alarm.effect_per_min ? texts.line.effect(alarm.effect_per_min) : "", alarm.times_1h > 1 ? texts.line.times(alarm.times_1h) : ""].filter(Boolean).join(", ");
  return (
    <li className="need" tabIndex={-1} data-item="" data-alarm={alarm.key}>
      <AlarmBadge priority={alarm.priority} state={alarm.state} />
      <h3><span>{alarm.text || alarm.title}</span><time title={exact(alarm.raised_us)}>{clock(alarm.raised_us, zone)}</time></h3>
      {details ? <p className="d">{details}</p> : null}
      {alarm.state === "acknowledged" && alarm.acknowledged_us ? <p className="n">{texts.line.acknowledged(alarm.acknowledged_by, clock(alarm.acknowledged_us, zone))}</p> : null}
      {alarm.next ? <p className="n"><b>{texts.station.do}</b> {alarm.next}</p> : null}
      {isOpen(alarm) ? <div className="a"><button type="button" className={"btn small" + (isFirst ? " primary" : "")} data-acknowledge="" disabled={isPending || whyNot !== null} title={whyNot ?? undefined} onClick={() => acknowledge(run, [alarm])}>{texts.line.acknowledge}</button></div> : null}
    </li>
  );
}
