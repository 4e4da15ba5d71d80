/* Webs, coils and batches, newest first. */
import "./trace.css";
import { useState } from "react";
import { get, ofRun, useGet } from "../api";
import { exact, metres, quantity, when } from "../format";
import { FaultNote, Loading, Note } from "../parts/notes";
import { go, path as toPath, setQuery, useRoute } from "../route";
import { useRun } from "../run";
import { texts, words } from "../texts";
import type { LotRow } from "../types";

interface Page { lots: LotRow[]; next: string | null }

export default function WebsPage() {
  const { run, link, zone, now, stationTitle, machineTitle, header } = useRun();
  const machineOf = (name: string): string => { const [station = "", number = ""] = name.split("/"); return machineTitle(station, Number(number) || null); };
  const { query } = useRoute();
  const kind = query.get("kind") === "lot" ? "lot" : "web";
  const first = useGet<Page>(ofRun(run, "lots"), { kind, limit: 50 }, header.live ? 5000 : 0);
  const [more, setMore] = useState<{ kind: string; rows: LotRow[]; next: string | null } | null>(null);
  const extra = more?.kind === kind ? more : null;
  const rows = [...(first.data?.lots ?? []), ...(extra?.rows ?? [])];
  const isSized = rows.some((each) => each.length_m !== null || each.amount !== null);
  const isUsed = rows.some((each) => each.in_use);
  const next = extra ? extra.next : first.data?.next ?? null;
  return (
    <>
      <div className="head"><h1>{kind === "web" ? texts.webs.title : texts.webs.batches}</h1><span className="crumb">{isUsed ? texts.webs.subUsed : texts.webs.sub}</span><span className="grow" />
        <span className="seg" role="group" aria-label={texts.webs.kinds}>{(["web", "lot"] as const).map((each) => <button key={each} type="button" aria-pressed={kind === each} onClick={() => setQuery({ kind: each === "web" ? null : each })}>{each === "web" ? texts.webs.title : texts.webs.batches}</button>)}</span></div>
      <section className="panel fill">
        {rows.length ? (
          <table className="hits">
            <thead><tr><th>{kind === "web" ? texts.webs.web : texts.webs.batch}</th><th>{texts.webs.material}</th>{isSized ? <th className="num">{kind === "web" ? texts.webs.length : texts.webs.amount}</th> : null}{isUsed ? <th>{texts.webs.inUse}</th> : null}<th className="wide-only">{texts.webs.station}</th><th className="num">{texts.webs.made}</th></tr></thead>
            <tbody>{rows.map((each) => {
              const to = link(toPath(each.kind === "web" ? "web" : "lot", each.id));
              return (
                <tr key={each.id} className="pick" onClick={() => go(to)}>
                  <td><a className="id" href={to} data-item="">{each.id}</a></td><td className="soft">{each.title}</td>
                  {isSized ? <td className="num">{each.length_m !== null ? metres(each.length_m, 0) : each.amount !== null ? quantity(each.amount, each.unit) : texts.noValue}</td> : null}
                  {isUsed ? <td>{each.in_use ? <a href={link(toPath("line", ...each.in_use.split("/")))}>{machineOf(each.in_use)}</a> : ""}</td> : null}<td className="soft wide-only">{stationTitle(each.station)}</td><td className="num" title={each.made_us ? exact(each.made_us) : undefined}>{each.made_us ? when(each.made_us, zone, now()) : each.remark ? words(each.remark) : kind === "web" ? texts.notYet : texts.noValue}</td>
                </tr>
              );
            })}</tbody>
          </table>
        ) : first.error ? <FaultNote error={first.error} again={first.again} /> : first.data ? <Note title={texts.webs.none}>{texts.webs.noneText}</Note> : <Loading />}
        {next ? <div className="note"><button type="button" className="linkish" onClick={() => { void get<Page>(ofRun(run, "lots"), { kind, limit: 50, after: next }).then((page) => setMore({ kind, rows: [...(extra?.rows ?? []), ...page.lots], next: page.next })); }}>{texts.webs.more}</button></div> : null}
      </section>
    </>
  );
}
