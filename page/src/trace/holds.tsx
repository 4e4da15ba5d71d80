/* What is on hold, why, by whom, what that covers now; released ones with their history. */
import "./trace.css";
import { ofRun, useGet } from "../api";
import { exact, moment } from "../format";
import { FaultNote, Loading, Note } from "../parts/notes";
import { path as toPath, setQuery, useRoute } from "../route";
import { useRun } from "../run";
import { ask } from "../shell/acting";
import { useConfirmed } from "../shell/answers";
import { useWhyNotHolding } from "../shell/connection";
import { texts } from "../texts";
import type { HeldSpan, Hold } from "../types";

export default function HoldsPage() {
  const { run, header, link, zone, now } = useRun();
  const { query } = useRoute();
  const confirmed = useConfirmed();
  const isAll = query.get("show") === "all";
  const asked = useGet<{ holds: Hold[]; total: number }>(ofRun(run, "holds"), { open: isAll ? null : "true", limit: 200, turn: confirmed }, header.live ? 5000 : 0);
  const whyNot = useWhyNotHolding();
  const at = (us: number | null): string => (us === null ? texts.noValue : moment(us, zone, now()));
  const release = (hold: Hold): void => { const name = texts.holds.key(hold.key); ask({ command: { kind: "release", target: { hold: hold.key } }, word: texts.act.release, what: texts.act.releaseWhat(hold.key), done: texts.act.releaseDone(name), typed: name }); };
  return (
    <>
      <div className="head"><h1>{texts.holds.title}</h1><span className="crumb">{texts.holds.sub}</span><span className="grow" />
        <span className="seg" role="group" aria-label={texts.holds.title}>{[false, true].map((each) => <button key={String(each)} type="button" aria-pressed={isAll === each} onClick={() => setQuery({ show: each ? "all" : null })}>{each ? texts.holds.all : texts.holds.open}</button>)}</span></div>
      <section className="panel fill">
        {asked.data?.holds.length ? (
          <div className="scrollx"><table className="hits holds"><thead><tr><th>{texts.holds.hold}</th><th>{texts.holds.what}</th><th>{texts.holds.covers}</th><th>{texts.holds.reason}</th><th>{texts.holds.by}</th><th>{texts.holds.since}</th><th>{texts.holds.state}</th></tr></thead>
            <tbody>{asked.data.holds.map((hold) => (
              <tr key={hold.key} data-hold={hold.key}>
                <td>{hold.key}</td>
                <td>{hold.spans.map((span) => <div key={JSON.stringify(span)}><a href={link(toPath("web", span.web), spanQuery(span))}>{texts.holds.span(span)}</a></div>)}{hold.count ? <a className="id" href={link(toPath("unit", hold.things[0] ?? ""))}>{texts.holds.things(hold.count, hold.things[0] ?? "")}</a> : null}</td>
                <td>{hold.now ? <>{texts.holds.units(hold.now.units)}{hold.now.wholes_total ? <div className="soft">{texts.holds.wholes(hold.now.wholes_total, hold.now.wholes[0] ?? "")}</div> : null}</> : ""}</td>
                <td>{hold.reason}</td><td>{hold.by}</td><td className="soft" title={hold.at_us === null ? undefined : exact(hold.at_us)}>{at(hold.at_us)}</td>
                <td>{hold.released_by === null ? <button type="button" className="btn small" data-act="release" disabled={whyNot !== null} title={whyNot ?? undefined} onClick={() => release(hold)}>{texts.act.opens(texts.act.release)}</button>
                  : <span className="soft">{hold.undone ? texts.holds.undone(hold.released_by, at(hold.released_us)) : texts.holds.released(hold.released_by, at(hold.released_us), hold.release_reason)}</span>}</td>
              </tr>
            ))}</tbody></table></div>
        ) : asked.error ? <FaultNote error={asked.error} again={asked.again} /> : asked.data ? <Note title={texts.holds.none}>{texts.holds.noneText}</Note> : <Loading />}
      </section>
    </>
  );
}

function spanQuery(span: HeldSpan): Record<string, string | null> {
  return { from: span.from_m === null ? null : String(span.from_m), to: span.to_m === null ? null : String(span.to_m), across: span.across_mm ? span.across_mm.join("..") : null, side: span.side, lane: span.lane === null ? null : String(span.lane), guard: String(span.guard_m) };
}
