/* All experiments of this ledger, newest first. */
import { useEffect, useState } from "react";
import { useGet } from "../api";
import { exact, when } from "../format";
import { FaultNote, Loading, Note } from "../parts/notes";
import { go } from "../route";
import { useRun } from "../run";
import { useTopic } from "../stream/store";
import { texts } from "../texts";
import { resultLine, State, titleOf } from "./progress";
import type { ExperimentList, ExperimentRow } from "./types";

/** The list, kept fresh by the stream; asked once, so that it stands at once and tells a fault. */
export function useList(): { rows: ExperimentRow[] | null; lines: string[]; error: ReturnType<typeof useGet>["error"]; again: () => void } {
  const { run } = useRun();
  const asked = useGet<ExperimentList>("/experiments");
  const live = useTopic<ExperimentList>(run, "experiments");
  return { rows: live?.experiments ?? asked.data?.experiments ?? null, lines: asked.data?.lines ?? [], error: live ? null : asked.error, again: asked.again };
}

export function ListPage() {
  const { link } = useRun();
  const { rows, error, again } = useList();
  const [chosen, setChosen] = useState<string[]>([]);
  useEffect(() => { if (rows) setChosen((before) => before.filter((id) => rows.some((each) => each.id === id && each.result))); }, [rows]);
  const pair = chosen.length === 2 ? chosen : null;
  const take = (id: string): void => setChosen((before) => (before.includes(id) ? before.filter((each) => each !== id) : [...before.slice(-1), id]));
  return (
    <>
      <div className="head">
        <h1>{texts.experiments.title}</h1><span className="crumb">{texts.experiments.sub}</span><span className="grow" />
        <button type="button" className="btn" disabled={!pair} title={pair ? undefined : texts.experiments.compareHow} onClick={() => { if (pair) go(link("/experiments/compare", { a: pair[0] ?? null, b: pair[1] ?? null })); }}>{texts.experiments.compareTwo}</button>
        <a className="btn primary" href={link("/experiments/new")}>{texts.experiments.fresh}</a>
      </div>
      <section className="panel fill">
        {rows?.length ? (
          <table className="hits exps">
            <thead><tr><th><span className="unseen">{texts.experiments.choose}</span></th><th>{texts.experiments.name}</th><th className="num">{texts.experiments.cases}</th><th className="num wide-only">{texts.experiments.begun}</th><th>{texts.experiments.state}</th><th>{texts.experiments.result}</th></tr></thead>
            <tbody>{rows.map((row) => <Row key={row.id} row={row} isChosen={chosen.includes(row.id)} take={take} />)}</tbody>
          </table>
        ) : error ? <FaultNote error={error} again={again} /> : rows ? <Note title={texts.experiments.none}>{texts.experiments.noneText}</Note> : <Loading />}
      </section>
    </>
  );
}

function Row({ row, isChosen, take }: { row: ExperimentRow; isChosen: boolean; take: (id: string) => void }) {
  const { link, zone } = useRun();
  const to = link("/experiments/" + encodeURIComponent(row.id));
  return (
    <tr className="pick" data-experiment={row.id} aria-selected={isChosen} onClick={(event) => { if (!(event.target as Element).closest("a, label")) go(to); }}>
      <td><label className="tick"><input type="checkbox" checked={isChosen} disabled={!row.result} aria-label={texts.experiments.chooseOne(row.id)} onChange={() => take(row.id)} /></label></td>
      <td><a href={to} data-item="">{titleOf(row)}</a><div className="unit">{texts.experiments.one(row.id)}{row.title && row.line ? ", " + row.line : ""}</div></td>
      <td className="num">{row.cases ?? ""}</td>
      <td className="num wide-only" title={row.created_us ? exact(row.created_us) : undefined}>{row.created_us ? when(row.created_us, zone, Date.now() * 1000) : ""}</td>
      <td className="nowrap"><State row={row} /></td>
      <td className="soft resultcell">{resultLine(row)}</td>
    </tr>
  );
}
