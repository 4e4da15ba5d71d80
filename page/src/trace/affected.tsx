/* Who holds part of a box: certain apart from possible, where each is now, what is not used yet; and one button that holds all of it. */
import type { ReactNode } from "react";
import { count, metres } from "../format";
import { Loading, Note } from "../parts/notes";
import { path as toPath } from "../route";
import { useRun } from "../run";
import { ask } from "../shell/acting";
import { useWhyNotHolding } from "../shell/connection";
import { texts, words } from "../texts";
import type { Affected, WebPart } from "../types";
import type { Box } from "./webbox";

interface Props { web: string; box: Box; lane: number | null; affected: Affected | null; fault: ReactNode; isAsked: boolean }

export function AffectedPanel({ web, box, lane, affected, fault, isAsked }: Props) {
  const { link } = useRun();
  if (fault || !affected) return <>{fault ?? (isAsked ? <Loading /> : <Note title={texts.thing.noUnits}>{texts.thing.noUnitsText}</Note>)}</>;
  const shares = affected.places.map((each) => each.count);
  return (
    <div data-affected={affected.total}>
      <div className="split">
        <div><b data-certain="">{count(affected.certain)}</b><span>{texts.map.certainHead}</span></div>
        <div><b data-possible="">{count(affected.possible)}</b><span>{texts.map.possibleHead(box.guard)}</span></div>
        <div><b>{count(affected.wholes)}</b><span>{texts.map.packs}</span></div>
        <div><b>{count(affected.out)}</b><span>{texts.map.gone}</span></div>
        <HoldBox web={web} box={box} lane={lane} affected={affected} />
      </div>
      {affected.total ? (
        <div className="wherebar">{affected.places.map((each, i) => <span key={each.text} style={{ flexGrow: shares[i] ?? 1 }}><i /><b>{count(each.count)}</b> {each.text}</span>)}{affected.places_total > affected.places.length ? <span className="muted">{texts.map.places(affected.places_total - affected.places.length)}</span> : null}</div>
      ) : <Note title={texts.thing.noUnits}>{texts.thing.noUnitsText}</Note>}
      {affected.units.length ? (
        <div className="scroll" style={{ maxHeight: 300 }} tabIndex={0}><table className="hits aff">
          <thead><tr><th>{texts.thing.unitHead}</th><th>{texts.map.basis}</th><th>{texts.thing.laneHead}</th><th className="num">{texts.thing.metresHead}</th><th>{texts.thing.nowHead}</th><th className="wide-only">{texts.thing.carrier}</th></tr></thead>
          <tbody>{affected.units.map((each) => (
            <tr key={each.id}>
              <td><a className="id" href={link(toPath("unit", each.id))} data-item="">{each.id}</a></td>
              <td>{each.certain ? <b>{texts.thing.certain}</b> : <span className="poss">{texts.thing.possible}</span>}</td>
              <td>{each.lane ?? ""}</td><td className="num">{texts.thing.span(each.lo_m, each.hi_m)}</td><td className="soft">{each.text}</td>
              <td className="soft wide-only">{each.carrier ? <><a className="id" href={link(toPath("carrier", each.carrier))}>{each.carrier}</a> / {each.place}</> : ""}</td>
            </tr>
          ))}</tbody></table></div>
      ) : null}
      <p className="soft foot">{[affected.total > affected.units.length ? texts.map.more(affected.total - affected.units.length) : "", affected.rest.length ? texts.map.rest(parts(affected.rest)) : "", affected.lost.length ? texts.map.lost(parts(affected.lost)) : "", affected.total ? texts.map.error(affected.error_m) : "", texts.map.later].filter(Boolean).map((each) => <span key={each}>{each}. </span>)}</p>
    </div>
  );
}

function parts(list: WebPart[]): string {
  return list.slice(0, 3).map((each) => `${each.web} ${each.lo_m.toFixed(2)} to ${metres(each.hi_m)}${each.why ? ` (${words(each.why).toLowerCase()})` : ""}`).join(", ") + (list.length > 3 ? " …" : "");
}

/** One button: the piece of web with all that is made of it, also later. */
function HoldBox({ web, box, lane, affected }: { web: string; box: Box; lane: number | null; affected: Affected }) {
  const { header } = useRun();
  const whyNot = useWhyNotHolding();
  const name = affected.total ? texts.act.units(affected.total, header.product_word) : web;
  const span = { web, from_m: box.from, to_m: box.to, lane, across_mm: box.across, side: box.side, guard_m: box.guard };
  const hold = (): void => ask({ command: { kind: "hold", target: { things: [], spans: [span] } }, word: texts.act.hold, what: texts.act.holdWhat(name), done: texts.act.holdDone(name), button: texts.act.holdMany(name) });
  return <div className="holdit"><button type="button" className="btn primary" data-act="hold-span" disabled={whyNot !== null} title={whyNot ?? undefined} onClick={hold}>{texts.act.opens(texts.act.holdMany(name))}</button></div>;
}
