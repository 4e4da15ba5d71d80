/* Trays, racks, magazines: each with its page. */
import "./trace.css";
import { useState } from "react";
import { get, ofRun, useGet } from "../api";
import { FaultNote, Loading, Note } from "../parts/notes";
import { go, path as toPath } from "../route";
import { useRun } from "../run";
import { texts } from "../texts";
import type { LotRow } from "../types";

interface Page { lots: LotRow[]; next: string | null }

export default function CarriersPage() {
  const { run, link } = useRun();
  const first = useGet<Page>(ofRun(run, "lots"), { kind: "carrier", limit: 50 });
  const [more, setMore] = useState<Page | null>(null);
  const rows = [...(first.data?.lots ?? []), ...(more?.lots ?? [])];
  const next = more ? more.next : first.data?.next ?? null;
  const further = (): void => { void get<Page>(ofRun(run, "lots"), { kind: "carrier", limit: 200, after: next }).then((page) => setMore((before) => ({ lots: [...(before?.lots ?? []), ...page.lots], next: page.next }))); };
  return (
    <>
      <div className="head"><h1>{texts.carriers.title}</h1><span className="crumb">{texts.carriers.sub}</span></div>
      <section className="panel fill">
        {rows.length ? <table className="hits"><thead><tr><th>{texts.carriers.carrier}</th><th>{texts.carriers.what}</th></tr></thead>
          <tbody>{rows.map((each) => { const to = link(toPath("carrier", each.id)); return <tr key={each.id} className="pick" onClick={() => go(to)}><td><a className="id" href={to} data-item="">{each.id}</a></td><td className="soft">{each.title}</td></tr>; })}</tbody></table>
          : first.error ? <FaultNote error={first.error} again={first.again} /> : first.data ? <Note title={texts.carriers.none}>{texts.carriers.noneText}</Note> : <Loading />}
        {next ? <div className="pb"><button type="button" className="btn small" onClick={further}>{texts.station.further}</button></div> : null}
      </section>
    </>
  );
}
