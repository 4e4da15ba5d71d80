/* Stacks that the line's stations measured, their chart over stacks, and files of spectra. */
import { lazy, Suspense, useState } from "react";
import { ofRun, remove, sendFile, useGet, type ApiError } from "../api";
import { exact, number, when } from "../format";
import { FaultNote, Loading, Note } from "../parts/notes";
import { StateText } from "../parts/marks";
import { isOutside } from "../parts/windowbar";
import { go, path as toPath, setQuery, useRoute } from "../route";
import { useRun } from "../run";
import { texts } from "../texts";
import type { ControlData } from "../types";
import type { ImpedanceStation, KeptFile, KeptList, StackList, StackRow } from "./types";

const Chart = lazy(() => import("../charts/control").then((module) => ({ default: module.ControlChart })));

export function ListPage() {
  const { run, header } = useRun();
  const asked = useGet<StackList>(ofRun(run, "impedance"), { n: 200 }, header.live ? 5000 : 0);
  const found = asked.data;
  return (
    <>
      <div className="head"><h1>{texts.impedance.title}</h1><span className="crumb">{found?.stations.length ? texts.impedance.sub(found.stacks.length) : texts.impedance.subFiles}</span></div>
      {found ? found.stations.map((station) => <StationPanels key={station.path} station={station} stacks={found.stacks.filter((each) => each.station === station.path)} kept={found.kept} />) : <section className="panel">{asked.error ? <FaultNote error={asked.error} again={asked.again} /> : <Loading />}</section>}
      <Files hasStation={Boolean(found?.stations.length)} />
    </>
  );
}

/* A run without a list: one unit by its id. */
function OpenUnit() {
  const { link } = useRun();
  const [unit, setUnit] = useState("");
  const to = unit.trim();
  return (
    <form className="eis-open" onSubmit={(event) => { event.preventDefault(); if (to) go(link(toPath("impedance", to))); }}>
      <input className="input" aria-label={texts.impedance.unitId} placeholder={texts.impedance.unitId} value={unit} onChange={(event) => setUnit(event.target.value)} />
      <button className="btn" type="submit" disabled={!to}>{texts.impedance.openUnit}</button>
    </form>
  );
}

function StationPanels({ station, stacks, kept }: { station: ImpedanceStation; stacks: StackRow[]; kept: string | null }) {
  const { link, zone, stationTitle } = useRun();
  const title = stationTitle(station.path);
  return (
    <div className="eis-list">
      <section className="panel">
        <div className="ph"><h2>{texts.impedance.stacks}</h2><span className="sub">{texts.impedance.stacksSub(title)}</span></div>
        {stacks.length ? (
          <div className="scroll eis-stacks" tabIndex={0} role="region" aria-label={texts.impedance.stacks}>
            <table className="hits">
              <thead><tr><th>{texts.impedance.stack}</th><th className="wide-only">{texts.impedance.measuredAt}</th><th>{texts.impedance.verdict}</th>{station.measures.map((m) => <th key={m.name} className="num">{m.title}<div className="unit">{texts.impedance.unit(m.unit ?? "")}</div></th>)}</tr></thead>
              <tbody>
                {stacks.map((row, n) => {
                  const to = row.unit ? link(toPath("impedance", row.unit)) : "";
                  return (
                    <tr key={row.unit ?? n} className="pick" data-stack={row.unit ?? ""} onClick={(event) => { if (to && !(event.target as Element).closest("a")) go(to); }}>
                      <td className="id"><a href={to} data-item="">{row.unit}</a></td>
                      <td className="wide-only nowrap" title={row.t_us ? exact(row.t_us) : undefined}>{row.t_us ? when(row.t_us, zone, stacks[0]?.t_us ?? row.t_us) : ""}</td>
                      <td>{row.verdict === "pass" ? texts.impedance.pass : <StateText group="fault">{texts.impedance.verdicts(row.verdict)}</StateText>}</td>
                      {station.measures.map((m) => { const value = row.values[m.name] ?? null; return <td key={m.name} className={"num" + (isOutside(value, m.lower, m.upper) ? " tf strong" : "")}>{value === null ? texts.noValue : number(value, Math.min(2, m.decimals ?? 1))}</td>; })}
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
        ) : kept === "checkpoints" ? <><Note title={texts.impedance.noList}>{texts.impedance.checkpoints}</Note><OpenUnit /></> : <Note title={texts.impedance.noStacks}>{texts.impedance.noStacksText}</Note>}
      </section>
      {stacks.length ? <Over station={station} /> : null}
    </div>
  );
}

/** The chart over stacks: median, limits of an individuals chart, window, and the rules that are broken. */
function Over({ station }: { station: ImpedanceStation }) {
  const { run, header, link } = useRun();
  const { query } = useRoute();
  const chosen = station.measures.find((each) => each.name === query.get("measure")) ?? station.measures[0];
  const data = useGet<ControlData>(chosen ? ofRun(run, "stations", station.path, "measures", chosen.name, "chart") : "", { n: 120 }, header.live ? 5000 : 0);
  if (!chosen) return null;
  return (
    <section className="panel">
      <div className="ph"><h2>{texts.impedance.over}</h2><span className="sub">{texts.impedance.overSub(texts.impedance.unit(chosen.unit ?? ""))}</span><span className="right"><select className="input slim" aria-label={texts.impedance.choose} value={chosen.name} onChange={(event) => setQuery({ measure: event.target.value })}>{station.measures.map((each) => <option key={each.name} value={each.name}>{each.title}</option>)}</select></span></div>
      <div className="pb">
        {data.data ? <Suspense fallback={<Loading />}><Chart data={data.data} title={chosen.title} height={260} onOpen={(id) => go(link(toPath("impedance", id)))} /></Suspense> : data.error ? <FaultNote error={data.error} again={data.again} /> : <Loading />}
        {data.data ? <p className="say">{data.data.broken.length ? data.data.broken.slice(0, 4).map((each) => texts.impedance.rule(each.rule, each.title, data.data?.thing[each.first] ?? "", data.data?.thing[each.last] ?? "")).join(" ") : texts.impedance.steady(data.data.value.length)}</p> : null}
      </div>
    </section>
  );
}

function Files({ hasStation }: { hasStation: boolean }) {
  const asked = useGet<KeptList>("/impedance");
  const { link, zone } = useRun();
  const [fault, setFault] = useState<ApiError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const send = async (files: FileList | null): Promise<void> => {
    if (!files?.length) return;
    setBusy(true);
    setFault(null);
    try {
      const kept: KeptFile[] = [];
      for (const each of files) kept.push(await sendFile<KeptFile>("/impedance", { name: each.name }, each));
      if (kept.length === 1 && kept[0]) go(link(toPath("impedance", "files", kept[0].id)));
      else asked.again();
    } catch (error) {
      setFault(error as ApiError);
    } finally {
      setBusy(false);
    }
  };
  const drop = (id: string): void => { remove("/impedance/" + encodeURIComponent(id)).then(asked.again, (error: unknown) => setFault(error as ApiError)); };
  return (
    <section className={"panel" + (hasStation ? "" : " fill")}>
      <div className="ph"><h2>{texts.impedance.files}</h2><span className="sub">{texts.impedance.filesSub}</span><span className="right"><label className="btn small eis-file">{isBusy ? texts.impedance.sending : texts.impedance.openFile}<input type="file" multiple onChange={(event) => { void send(event.target.files); event.target.value = ""; }} /></label></span></div>
      {fault ? <FaultNote error={fault} /> : null}
      {asked.data?.files.length ? (
        <table className="hits">
          <thead><tr><th>{texts.impedance.file}</th><th className="num">{texts.impedance.size}</th><th className="num wide-only">{texts.impedance.keptAt}</th><th><span className="unseen">{texts.impedance.remove}</span></th></tr></thead>
          <tbody>{asked.data.files.map((each) => <tr key={each.id} data-file={each.id}><td><a href={link(toPath("impedance", "files", each.id))} data-item="">{each.name}</a></td><td className="num">{texts.impedance.bytes(each.size_bytes)}</td><td className="num wide-only" title={exact(each.created_us)}>{when(each.created_us, zone, Date.now() * 1000)}</td><td className="num"><button type="button" className="linkish" aria-label={texts.impedance.removeOne(each.name)} onClick={() => drop(each.id)}>{texts.impedance.remove}</button></td></tr>)}</tbody>
        </table>
      ) : asked.error ? <FaultNote error={asked.error} again={asked.again} /> : asked.data ? <Note title={texts.impedance.noFiles}>{texts.impedance.noFilesText}</Note> : <Loading />}
    </section>
  );
}
