/* Causes: what bad units share. A question is one click or one line of text; the answer is ranked, each cause with its picture. */
import "./causes.css";
import { useEffect, useState } from "react";
import { ofRun, useGet } from "../api";
import { count, number, percent } from "../format";
import { FaultNote, Loading, Note } from "../parts/notes";
import { setQuery, useRoute } from "../route";
import { useRun } from "../run";
import { texts } from "../texts";
import { Chance } from "./chance";
import { Picture } from "./picture";
import type { Cause, Explained, Fact, Question } from "./types";

export default function CausesPage() {
  const { run } = useRun();
  const { query } = useRoute();
  const bad = query.get("bad") ?? "";
  const [text, setText] = useState(bad);
  useEffect(() => setText(bad), [bad]);
  return (
    <>
      <div className="head">
        <h1>{texts.causes.head}</h1>
        <form className="searchline" onSubmit={(event) => { event.preventDefault(); setQuery({ bad: text.trim() || null }); }}>
          <input className="input" aria-label={texts.causes.label} placeholder={texts.causes.hint} value={text} spellCheck={false} autoComplete="off" onChange={(event) => setText(event.target.value)} />
          <button type="submit" className="btn">{texts.causes.ask}</button>
        </form>
      </div>
      <Questions run={run} bad={bad} />
      {bad ? <Answer run={run} bad={bad} /> : null}
    </>
  );
}

function Questions({ run, bad }: { run: string; bad: string }) {
  const asked = useGet<{ questions: Question[] }>(ofRun(run, "explain", "questions"));
  const all = asked.data?.questions;
  const kinds = [...new Set((all ?? []).map((each) => each.kind))];
  return (
    <section className="panel">
      <div className="ph"><h2>{texts.causes.pick}</h2><span className="sub">{texts.causes.pickSub}</span></div>
      {!all ? asked.error ? <FaultNote error={asked.error} again={asked.again} /> : <Loading /> : all.length ? kinds.map((kind) => (
        <div className="asks" key={kind}><b>{texts.causes.kinds[kind]}</b>{all.filter((each) => each.kind === kind).map((each) => (
          <button key={each.bad} type="button" className="btn" aria-pressed={each.bad === bad} data-ask={each.bad} onClick={() => setQuery({ bad: each.bad })}>{each.title}</button>
        ))}</div>
      )) : <Note title={texts.causes.none} />}
    </section>
  );
}

function Answer({ run, bad }: { run: string; bad: string }) {
  const asked = useGet<Explained>(ofRun(run, "explain"), { bad });
  const found = asked.data;
  if (!found) return <section className="panel">{asked.error ? <FaultNote error={asked.error} again={asked.again} /> : <Loading />}</section>;
  return (
    <>
      <p className="causes-sum" role="status">{texts.causes.asked(count(found.bad.units), count(found.good.units), found.facts)}. {found.causes.length ? texts.causes.proof : ""}</p>
      {found.causes.map((cause, i) => <OneCause key={cause.fact + cause.where} cause={cause} place={i + 1} found={found} />)}
      {found.causes.length ? null : <section className="panel" data-nothing=""><Note title={texts.causes.nothing}>{texts.causes.nothingText} {found.nearest ? <>{texts.causes.nearest(found.nearest.fact, found.nearest.where)} <Chance log10={found.nearest.log10_p} />.</> : null}</Note></section>}
    </>
  );
}

function OneCause({ cause, place, found }: { cause: Cause; place: number; found: Explained }) {
  return (
    <section className="panel cause" data-cause={cause.fact}>
      <div className="ph"><h2>{place}. {cause.fact}: {cause.where}</h2><span className="sub">{texts.causes.p} <Chance log10={cause.log10_p} /></span></div>
      <div className="cause-body">
        <ul className="cause-facts">
          <li>{texts.causes.shares(percent(cause.share_inside, 1), percent(cause.share_outside, 1))}</li>
          <li>{texts.causes.holds(count(cause.bad), count(found.bad.units), count(cause.units))}</li>
          {cause.mean_inside !== null && cause.mean_outside !== null ? <li>{texts.causes.mean(found.characteristic ?? "", number(cause.mean_inside, decimals(cause)), number(cause.mean_outside, decimals(cause)), found.unit ?? "")}</li> : null}
        </ul>
        <Picture bars={cause.bars} fact={cause.fact} />
      </div>
      {cause.folded.length ? <Folded facts={cause.folded} /> : null}
    </section>
  );
}

/** Decimals in which the two means differ: three digits of their difference. */
function decimals(cause: Fact): number {
  const apart = Math.abs((cause.mean_inside ?? 0) - (cause.mean_outside ?? 0));
  return apart > 0 ? Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(apart)))) : 3;
}

function Folded({ facts }: { facts: Fact[] }) {
  return (
    <details className="cause-folded">
      <summary>{texts.causes.elsewhere(facts.length)}</summary>
      <div className="scrollx"><table className="vals">
        <thead><tr><th>{texts.causes.fact}</th><th>{texts.causes.set}</th><th className="num">{texts.causes.badHead}</th><th className="num">{texts.causes.of}</th><th className="num">{texts.causes.pHead}</th><th /></tr></thead>
        <tbody>{facts.map((each, i) => <tr key={each.fact + each.where + i}><td>{each.fact}</td><td className="soft">{each.where}</td><td className="num">{count(each.bad)}</td><td className="num">{count(each.units)}</td><td className="num"><Chance log10={each.log10_p} /></td><td className="soft">{each.same_units ? texts.causes.same : ""}</td></tr>)}</tbody>
      </table></div>
    </details>
  );
}
