/* Characteristics of a station or a machine, and the control chart of the chosen one. */
import { lazy, Suspense, useEffect, useState } from "react";
import { ofRun, useGet } from "../api";
import { number, numberOr } from "../format";
import { Loading, Note, FaultNote } from "../parts/notes";
import { isOutside, WindowBar } from "../parts/windowbar";
import { go, path as toPath, setQuery, useRoute } from "../route";
import { useRun } from "../run";
import { texts } from "../texts";
import type { ControlData, MeasureNow } from "../types";

const Chart = lazy(() => import("../charts/control").then((module) => ({ default: module.ControlChart })));

export function Measures({ station, machine, measures }: { station: string; machine: number | null; measures: MeasureNow[] }) {
  const { query } = useRoute();
  const asked = query.get("measure");
  const chosen = measures.find((each) => each.name === asked) ?? measures.find((each) => isOutside(each.last, each.lower, each.upper)) ?? measures[0];
  const [kept, setKept] = useState<string | null>(null);
  useEffect(() => { if (chosen && !kept) setKept(chosen.name); }, [chosen, kept]);
  // What was shown first stays, also when another value leaves its window: lists do not jump.
  const shown = measures.find((each) => each.name === (asked ?? kept)) ?? chosen;
  const n = Math.max(0, ...measures.map((each) => each.n));
  return (
    <div className="cols measure-cols">
      <section className="panel">
        <div className="ph"><h2>{texts.station.characteristics}</h2>{measures.length ? <span className="sub">{texts.station.charSub}</span> : null}</div>
        {measures.length ? (
          <table>
            <thead><tr><th>{texts.station.characteristic}</th><th className="num">{texts.station.lastHead}</th><th>{texts.station.windowHead(n)}</th><th className="num">{texts.station.cpk}</th></tr></thead>
            <tbody>
              {measures.map((each) => {
                const isBad = isOutside(each.last, each.lower, each.upper);
                const text = numberOr(each.last, each.decimals, texts.notYet);
                return (
                  <tr key={each.name} className="pick" data-item="" tabIndex={0} aria-selected={each === shown} onClick={() => setQuery({ measure: each.name })} onKeyDown={(event) => { if (event.key === "Enter") setQuery({ measure: each.name }); }}>
                    <td>{each.title}</td>
                    <td className={"num" + (isBad ? " tf strong" : "")}>{text} {each.last === null ? null : <span className="unit">{each.unit}</span>}</td>
                    <td><WindowBar lower={each.lower} upper={each.upper} p5={each.p5} p95={each.p95} value={each.last} label={`${each.title}: ${text} ${each.unit ?? ""}`} /></td>
                    <td className={"num" + (each.cpk !== null && each.cpk < 1.33 ? " strong" : "") + (each.cpk !== null && each.cpk < 1 ? " tf" : "")}>{numberOr(each.cpk, 2, "")}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        ) : <Note title={texts.station.noMeasures}>{texts.station.noMeasuresText}</Note>}
      </section>
      {shown ? <Control station={station} machine={machine} measure={shown} /> : null}
    </div>
  );
}

function Control({ station, machine, measure }: { station: string; machine: number | null; measure: MeasureNow }) {
  const { run, link, header } = useRun();
  const data = useGet<ControlData>(ofRun(run, "stations", station, "measures", measure.name, "chart"), { machine, n: 120 }, header.live ? 2000 : 0);
  const last = data.data?.thing.at(-1) ?? null;
  const open = (id: string): void => go(link(toPath("unit", id)));
  return (
    <section className="panel">
      <div className="ph"><h2>{measure.title}</h2><span className="sub">{texts.station.chartSub(measure.unit ?? "", data.data?.value.length ?? 0, "")}</span>{last ? <span className="right"><a href={link(toPath("unit", last))}>{texts.station.openLast}</a></span> : null}</div>
      <div className="pb">
        {data.data ? data.data.value.length ? <Suspense fallback={<Loading />}><Chart data={data.data} title={measure.title} onOpen={open} /></Suspense> : <Note title={texts.thing.noValues}>{texts.thing.noValuesText}</Note> : data.error ? <FaultNote error={data.error} again={data.again} /> : <Loading />}
        {data.data ? <details className="astable"><summary>{texts.station.table}</summary><table><tbody>{data.data.value.slice(-20).map((value, i) => <tr key={i}><td className="id">{data.data?.thing.slice(-20)[i]}</td><td className="num">{value === null ? texts.noValue : number(value, data.data?.decimals ?? null)}</td></tr>)}</tbody></table></details> : null}
      </div>
    </section>
  );
}
