/* Find: any id or a part of one; without a query, what was made last. */
import "./trace.css";
import { useEffect, useRef, useState } from "react";
import { ofRun, useGet } from "../api";
import { FaultNote, Loading, Note } from "../parts/notes";
import { address, setQuery, useRoute } from "../route";
import { useRun } from "../run";
import { Marked, nearestIds, useRested } from "../shell/search";
import { texts, words } from "../texts";
import type { SearchAnswer } from "../types";

export default function FindPage() {
  const { run, line, header } = useRun();
  const { query } = useRoute();
  const q = query.get("q") ?? "";
  const [text, setText] = useState(q);
  const rested = useRested(text.trim(), 160);
  const answer = useGet<SearchAnswer>(ofRun(run, "search"), { q: rested, limit: 40 }, !rested && header.live ? 4000 : 0);
  const kept = useRef<SearchAnswer | null>(null);
  if (answer.data) kept.current = answer.data;
  useEffect(() => { if (rested !== q) setQuery({ q: rested || null }); }, [rested]);
  useEffect(() => setText(q), [q]);
  const groups = (answer.data ?? kept.current)?.groups.filter((group) => group.hits.length) ?? [];
  return (
    <>
      <div className="head">
        <h1>{texts.find.title}</h1>
        <form className="searchline" role="search" onSubmit={(event) => { event.preventDefault(); setQuery({ q: text.trim() || null }); }}>
          <input className="input" type="search" aria-label={texts.find.label} placeholder={texts.find.label} value={text} autoFocus spellCheck={false} autoComplete="off" onChange={(event) => setText(event.target.value)} />
        </form>
      </div>
      {answer.error ? <section className="panel"><FaultNote error={answer.error} again={answer.again} /></section> : null}
      {groups.map((group) => (
        <section className="panel" key={group.kind + group.title}>
          <div className="ph"><h2>{/\s/.test(group.title) ? group.title : words(group.title)}</h2><span className="sub">{rested ? texts.find.results(group.hits.length) : texts.find.empty}</span></div>
          <table className="hits"><tbody>{group.hits.map((hit) => (
            <tr key={hit.address + hit.id}><td style={{ width: "38%" }}><a href={address(line, hit.address)} data-item=""><Marked hit={hit} /></a></td><td className="soft">{[hit.match && hit.title !== hit.id ? hit.title : "", hit.note].filter(Boolean).join(", ")}</td></tr>
          ))}</tbody></table>
        </section>
      ))}
      {answer.data && !groups.length ? (
        <section className="panel">{rested ? <Note title={texts.find.nothing(rested)}>{[answer.data.nearest.length ? texts.fault.nearest(nearestIds(answer.data.nearest)) : "", texts.find.nothingNext].join(" ")}</Note> : <Note title={texts.find.recentNone}>{texts.find.recentNoneText}</Note>}</section>
      ) : null}
      {!answer.data && !kept.current && !answer.error ? <section className="panel"><Loading /></section> : null}
    </>
  );
}
