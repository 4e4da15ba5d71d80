/* What lies on a carrier, place by place, and what lay on it before; all of it is held in one step. */
import { ofRun, useGet } from "../api";
import { count, exact, moment } from "../format";
import { FaultNote, Loading, Note } from "../parts/notes";
import { path as toPath } from "../route";
import { useRun } from "../run";
import { ask } from "../shell/acting";
import { useConfirmed } from "../shell/answers";
import { useWhyNotHolding } from "../shell/connection";
import { texts, words } from "../texts";
import type { Filling } from "../types";

const CELL = 26;

export function CarrierPanel({ id }: { id: string }) {
  const { run, header, link, zone, now } = useRun();
  const confirmed = useConfirmed();
  const asked = useGet<{ fillings: Filling[] }>(ofRun(run, "things", id, "contents"), { turn: confirmed }, header.live ? 5000 : 0);
  const whyNot = useWhyNotHolding();
  if (!asked.data) return <section className="panel">{asked.error ? <FaultNote error={asked.error} again={asked.again} /> : <Loading />}</section>;
  const [newest, ...older] = asked.data.fillings;
  if (!newest) return <section className="panel"><Note title={texts.carriers.nothing} /></section>;
  const here = newest.units.filter((each) => each.to_us === null);
  const hold = (): void => ask({ command: { kind: "hold", target: { things: here.map((each) => each.id) } }, word: texts.act.hold, what: texts.act.holdWhat(id), done: texts.act.holdDone(id), button: texts.carriers.hold(here.length) });
  const side = Math.max(1, Math.ceil(Math.sqrt(Math.max(...newest.units.map((each) => each.place)))));
  return (
    <section className="panel" data-carrier={id}>
      <div className="ph"><h2>{texts.carriers.on}</h2><span className="sub">{words(newest.material)}, {texts.carriers.places(newest.left, newest.count)}{newest.from_us ? ", " + moment(newest.from_us, zone, now()) : ""}</span>
        <span className="right">{here.length ? <button type="button" className="btn small" data-act="hold-carrier" disabled={whyNot !== null} title={whyNot ?? undefined} onClick={hold}>{texts.act.opens(texts.carriers.hold(here.length))}</button> : texts.carriers.empty}</span></div>
      <div className="pb scroll"><svg width={side * CELL} height={Math.ceil(Math.max(...newest.units.map((each) => each.place)) / side) * CELL} role="group" aria-label={texts.carriers.on}>
        {newest.units.map((each) => {
          const [x, y] = [((each.place - 1) % side) * CELL, Math.floor((each.place - 1) / side) * CELL];
          return <a key={each.place + each.id} href={link(toPath("unit", each.id))} data-item="" aria-label={`${each.id}, ${texts.carriers.place(each.place)}`}><rect x={x + 2} y={y + 2} width={CELL - 4} height={CELL - 4} rx={3} fill={each.to_us === null ? "var(--run)" : "none"} stroke="var(--line-strong)" /><title>{`${each.id}, ${texts.carriers.place(each.place)}`}</title></a>;
        })}
      </svg></div>
      {older.length ? <><div className="group-head rule">{texts.carriers.before}</div><table className="hits"><thead><tr><th>{texts.carriers.units}</th><th className="num">{texts.thing.unitHead}</th><th className="num">{texts.carriers.from}</th><th className="num">{texts.carriers.until}</th></tr></thead>
        <tbody>{older.slice(0, 20).map((each) => <tr key={each.first + each.from_us}><td><a className="id" href={link(toPath("unit", each.first))}>{texts.carriers.filling(each.first, each.last)}</a></td><td className="num">{count(each.count)}</td>{[each.from_us, each.to_us].map((at, i) => <td key={i} className="num soft" title={at ? exact(at) : undefined}>{at ? moment(at, zone, now()) : texts.noValue}</td>)}</tr>)}</tbody></table></> : null}
    </section>
  );
}
