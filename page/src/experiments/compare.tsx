/* Two kept experiments side by side, in the figures that both have. */
import { useGet } from "../api";
import { FaultNote, Loading, Note } from "../parts/notes";
import { setQuery, useRoute } from "../route";
import { useRun } from "../run";
import { texts } from "../texts";
import { Apart, ForestRow, Mean } from "./drawings";
import { useList } from "./list";
import { titleOf } from "./progress";
import { intervalScale, letter } from "./scale";
import type { Against, Experiment, ExperimentRow } from "./types";

export function ComparePage() {
  const { link } = useRun();
  const { query } = useRoute();
  const { rows, error, again } = useList();
  const kept = (rows ?? []).filter((each) => each.result);
  const a = kept.find((each) => each.id === query.get("a")) ?? kept[1] ?? kept[0];
  const b = kept.find((each) => each.id === query.get("b")) ?? kept.find((each) => each !== a);
  const t = texts.experiments;
  return (
    <>
      <div className="head"><h1>{t.sideBySide}</h1><span className="crumb"><a href={link("/experiments")}>{t.title}</a></span></div>
      {a && b ? <Both a={a} b={b} kept={kept} /> : <section className="panel">{error ? <FaultNote error={error} again={again} /> : rows ? <Note title={t.tooFew}>{t.tooFewText}</Note> : <Loading />}</section>}
    </>
  );
}

function Both({ a, b, kept }: { a: ExperimentRow; b: ExperimentRow; kept: ExperimentRow[] }) {
  const { query } = useRoute();
  const t = texts.experiments;
  const of = (id: string): string => "/experiments/" + encodeURIComponent(id);
  const [one, other] = [useGet<Experiment>(of(a.id)), useGet<Experiment>(of(b.id))];
  const [ca, cb] = [Number(query.get("ca") ?? a.result?.case ?? 0) || 0, Number(query.get("cb") ?? b.result?.case ?? 0) || 0];
  const found = useGet<Against>(of(a.id) + "/against/" + encodeURIComponent(b.id), { case: ca, other_case: cb });
  const side = (name: string, row: ExperimentRow, data: Experiment | null, chosen: number, keys: [string, string]) => (
    <div className="side">
      <b>{name}</b>
      <select className="input" aria-label={t.chooseExperiment(name)} value={row.id} onChange={(event) => setQuery({ [keys[0]]: event.target.value, [keys[1]]: null })}>{kept.map((each) => <option key={each.id} value={each.id}>{t.option(each.id, titleOf(each))}</option>)}</select>
      <select className="input" aria-label={t.chooseCase(name)} value={chosen} onChange={(event) => setQuery({ [keys[1]]: event.target.value })}>{(data?.findings?.cases ?? []).map((each, n) => <option key={n} value={n}>{t.option(letter(n), each.label || t.asWritten)}</option>)}</select>
    </div>
  );
  const left = t.left;
  const right = t.right;
  return (
    <section className="panel fill">
      <div className="sides">{side(left, a, one.data, ca, ["a", "ca"])}{side(right, b, other.data, cb, ["b", "cb"])}</div>
      {found.data ? (
        <>
          <table className="cmp kv3">
            <thead><tr><th>{t.figure}</th><th className="num">{left}</th><th className="num">{right}</th><th className="num">{t.rightLess(found.data.confidence)}</th><th className="fo wide-only">{t.ownScale}</th></tr></thead>
            <tbody>{found.data.figures.map((each) => (
              <tr key={each.name}>
                <td>{t.withUnit(each.title, each.unit)}</td><td className="num"><Mean found={each.one} /></td><td className="num"><Mean found={each.other} /></td><td className="num dd"><Apart found={each.difference} /></td>
                <td className="fo wide-only">{each.difference ? <ForestRow scale={intervalScale([each.difference], 14, 236, true)} found={each.difference} label={t.differenceOf(each.title)} /> : null}</td>
              </tr>
            ))}</tbody>
          </table>
          {found.data.differs.length ? <p className="say padded">{t.differs(found.data.differs)}</p> : null}
          {found.data.only_one.length || found.data.only_other.length ? <p className="say padded">{t.onlyOne([...found.data.only_one, ...found.data.only_other])}</p> : null}
        </>
      ) : found.error ? <FaultNote error={found.error} again={found.again} /> : <Loading />}
    </section>
  );
}
