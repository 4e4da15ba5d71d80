/* One experiment: figures with intervals, differences, the sweep, who sets the pace, whether the run is long enough. */
import { useEffect, useState } from "react";
import { ApiError, post, remove, useGet } from "../api";
import { brief, count, duration, moment, number } from "../format";
import { FaultNote, Loading, Note } from "../parts/notes";
import { go, setQuery, useRoute } from "../route";
import { useRun } from "../run";
import { useTopic } from "../stream/store";
import { texts } from "../texts";
import { Apart, Change, ForestHead, ForestRow, Mean, Narrowing, Pace, Sweep } from "./drawings";
import { Command } from "./form";
import { Progress, State, titleOf } from "./progress";
import { columns, curves, decimals, intervalScale, letter } from "./scale";
import { isUnderWay, type Case, type Experiment, type ExperimentList, type Figure, type Findings } from "./types";

const MOST_BARS = 8;

export function ExperimentPage({ id }: { id: string }) {
  const { run, link, zone } = useRun();
  const asked = useGet<Experiment>("/experiments/" + encodeURIComponent(id));
  const live = useTopic<ExperimentList>(run, "experiments")?.experiments.find((each) => each.id === id);
  const state = live?.state ?? asked.data?.state;
  useEffect(() => { if (asked.data && live && live.state !== asked.data.state) asked.again(); }, [live?.state, asked.data?.state]);
  const [fault, setFault] = useState<ApiError | null>(null);
  const failed = (error: unknown): void => setFault(error instanceof ApiError ? error : null);
  if (!asked.data) return <><h1 className="unseen">{texts.experiments.one(id)}</h1><section className="panel">{asked.error ? <FaultNote error={asked.error} again={asked.again} /> : <Loading />}</section></>;
  const one = asked.data;
  const row = { ...one, ...live, findings: one.findings };
  const t = texts.experiments;
  const path = "/experiments/" + encodeURIComponent(id);
  return (
    <>
      <div className="head">
        <h1>{titleOf(row)}</h1><span className="crumb"><a href={link("/experiments")}>{t.title}</a> · {t.kept(id, moment(one.created_us, zone, Date.now() * 1000), one.version)}</span>
        <span className="grow" />
        {state && isUnderWay(state) ? <><Progress row={row} />{row.here ? <button type="button" className="btn" onClick={() => { post(path + "/stop", {}).catch(failed); }}>{t.stop}</button> : null}</> : (
          <>
            <State row={row} />
            {one.findings ? <a className="btn" href={"/api" + path + "/report"} target="_blank" rel="noreferrer">{t.report}</a> : null}
            <button type="button" className="btn" onClick={() => { remove(path).then(() => go(link("/experiments")), failed); }}>{t.remove}</button>
          </>
        )}
        <a className="btn primary" href={link("/experiments/new", { from: id })}>{t.askAgain}</a>
      </div>
      {fault ? <section className="panel"><FaultNote error={fault} /></section> : null}
      {one.findings ? <Told findings={one.findings} command={one.command} /> : (
        <div className="cols">
          <section className="panel"><Note title={t.stateTitle(row.state)}>{row.why ?? t.stateText(row.state)}</Note></section>
          <div className="stack"><Command text={one.command} /></div>
        </div>
      )}
    </>
  );
}

function Told({ findings, command }: { findings: Findings; command: string }) {
  const { query } = useRoute();
  const t = texts.experiments;
  const figure = findings.figures.find((each) => each.name === query.get("figure")) ?? findings.figures.find((each) => each.name === "output") ?? findings.figures[0];
  const all = findings.cases;
  const best = findings.result?.case ?? 0;
  const wanted = Number(query.get("case") ?? NaN);
  const chosen = Number.isInteger(wanted) && wanted >= 0 && wanted < all.length ? wanted : best;
  if (!figure) return <section className="panel"><Note title={t.stateTitle("stopped")} /></section>;
  const hasSweep = curves(all, findings.paths, figure.name) !== null;
  const base = all[chosen]?.base ?? null;
  const bars = pacesShown(all, chosen);
  return (
    <>
      <Compare findings={findings} figure={figure} chosen={chosen} />
      <div className={"expcols" + (hasSweep ? "" : " two")}>
        {hasSweep ? <section className="panel"><div className="ph"><h2>{t.sweep}</h2><span className="sub">{t.sweepSub(figure.title, figure.unit, findings.confidence)}</span></div><div className="pb"><Sweep cases={all} paths={findings.paths} figure={figure} chosen={chosen} /></div></section> : null}
        <section className="panel"><div className="ph"><h2>{t.pace}</h2><span className="sub">{t.paceSub(all[chosen]?.pace.method ?? "")}</span></div><div className="pb">{bars.some((n) => all[n]?.pace.shares.length) ? <Stations cases={bars.flatMap((n) => all[n] ?? [])} letters={bars.map(letter)} /> : <p className="say">{t.noPace}</p>}</div></section>
        <div className="stack">
          {base !== null && base !== chosen ? <Pair findings={findings} one={base} other={chosen} /> : <Alone findings={findings} n={chosen} />}
          <Enough findings={findings} n={chosen} />
          <Command text={command} />
        </div>
      </div>
    </>
  );
}

/** Up to so many cases have a bar: the first ones, and the chosen one. */
function pacesShown(all: Case[], chosen: number): number[] {
  const found = all.map((_, n) => n).slice(0, MOST_BARS);
  return found.includes(chosen) ? found : [...found.slice(0, MOST_BARS - 1), chosen];
}

function Stations({ cases, letters }: { cases: Case[]; letters: string[] }) {
  const { stationTitle } = useRun();
  return <Pace cases={cases} letters={letters} title={stationTitle} />;
}

function labelOf(one: Case | undefined): string {
  return one?.label || texts.experiments.asWritten;
}

function Compare({ findings, figure, chosen }: { findings: Findings; figure: Figure; chosen: number }) {
  const { stationTitle } = useRun();
  const t = texts.experiments;
  const all = findings.cases;
  const isCompared = all.some((each) => each.base !== null);
  const further = columns(findings.figures, figure.name, 3);
  const estimates = all.map((each) => each.figures[figure.name]);
  const differences = all.map((each) => each.differences[figure.name]);
  const scale = intervalScale(isCompared ? differences : estimates, 14, 236, isCompared);
  const [digits, apart] = [decimals(estimates), decimals(differences)];
  const pick = (n: number): void => setQuery({ case: String(n) });
  return (
    <section className="panel">
      <div className="ph"><h2>{isCompared ? t.compare : t.figures}</h2><span className="sub">{t.how(findings)}</span>
        <span className="right"><label className="unseen" htmlFor="figure">{t.figure}</label><select id="figure" className="input slim" value={figure.name} onChange={(event) => setQuery({ figure: event.target.value === "output" ? null : event.target.value })}>{findings.figures.map((each) => <option key={each.name} value={each.name}>{t.withUnit(each.title, each.unit)}</option>)}</select></span></div>
      <div className="scroll">
        <table className="cmp">
          <thead><tr>
            <th>{t.setting}</th><th className="num">{t.withUnit(figure.title, figure.unit)}</th>{isCompared ? <th className="num">{t.against(findings.paths.length ? findings.variants[0] || t.asWritten : letter(0), findings.confidence)}</th> : null}
            <th className="fo"><span className="unseen">{t.interval}</span><ForestHead scale={scale} signs={isCompared} /></th>
            {further.map((each) => <th key={each.name} className="num wide-only">{t.withUnit(each.title, each.unit)}</th>)}<th className="wide-only">{t.bottleneck}</th>
          </tr></thead>
          <tbody>{all.map((one, n) => {
            const difference = differences[n];
            const estimate = estimates[n];
            const pace = one.pace.shares[0];
            return (
              <tr key={n} className="pick" data-item="" data-case={n} tabIndex={0} aria-selected={n === chosen} onClick={() => pick(n)} onKeyDown={(event) => { if (event.key === "Enter") pick(n); }}>
                <td><div className="nm"><span className="key">{letter(n)}</span><span>{labelOf(one)}</span></div></td>
                <td className="num"><Mean found={estimate} digits={digits} /></td>
                {isCompared ? <td className="num dd">{one.base === null ? <span className="muted">{t.basis}</span> : <Apart found={difference} digits={apart} />}</td> : null}
                <td className="fo"><ForestRow scale={scale} found={isCompared ? difference : estimate} label={t.rowLabel(letter(n), estimate ? number(estimate.mean, digits) + " " + figure.unit : texts.noValue)} /></td>
                {further.map((each) => <td key={each.name} className="num wide-only"><Mean found={one.figures[each.name]} digits={decimals(all.map((other) => other.figures[each.name]))} /></td>)}
                <td className="wide-only nowrap">{one.pace.unpaused.length > 1 ? <span className="muted">{t.notApart}</span> : pace ? stationTitle(pace[0]) : ""}</td>
              </tr>
            );
          })}</tbody>
        </table>
      </div>
    </section>
  );
}

/** Two cases in every figure, and what is set in them. */
function Pair({ findings, one, other }: { findings: Findings; one: number; other: number }) {
  const t = texts.experiments;
  const [a, b] = [findings.cases[one], findings.cases[other]];
  return (
    <section className="panel">
      <div className="ph"><h2>{t.pair(letter(other), letter(one))}</h2><span className="sub">{t.changes(labelOf(a), labelOf(b))}</span></div>
      <table className="kv3">
        <thead><tr><th>{t.figure}</th><th className="num">{letter(one)}</th><th className="num">{letter(other)}</th><th className="num">{t.difference}</th></tr></thead>
        <tbody>
          {findings.figures.map((each) => <tr key={each.name}><td>{t.withUnit(each.title, each.unit)}</td><td className="num">{bare(a, each.name)}</td><td className="num"><b>{bare(b, each.name)}</b></td><td className="num"><Change found={b?.differences[each.name]} /></td></tr>)}
        </tbody>
      </table>
    </section>
  );
}

function bare(one: Case | undefined, figure: string): string {
  const found = one?.figures[figure];
  return found ? number(found.mean, found.digits) : texts.noValue;
}

function Alone({ findings, n }: { findings: Findings; n: number }) {
  const t = texts.experiments;
  const one = findings.cases[n];
  return (
    <section className="panel">
      <div className="ph"><h2>{labelOf(one)}</h2><span className="sub">{t.allFigures}</span></div>
      <table className="kv3"><tbody>{findings.figures.map((each) => <tr key={each.name}><td>{t.withUnit(each.title, each.unit)}</td><td className="num"><Mean found={one?.figures[each.name]} /></td></tr>)}</tbody></table>
    </section>
  );
}

function Enough({ findings, n }: { findings: Findings; n: number }) {
  const { stationTitle } = useRun();
  const t = texts.experiments;
  const one = findings.cases[n];
  if (!one) return null;
  const bound = one.on_paper?.bound_per_min ?? null;
  const warm = findings.warm_up_s === null ? t.warmFound(one.warm_up_s > 0 ? brief(one.warm_up_s) : null) : findings.warm_up_s ? t.warmUpGiven(brief(findings.warm_up_s)) : t.warmUpNone;
  return (
    <section className="panel">
      <div className="ph"><h2>{t.enough}</h2><span className="sub">{findings.notes.length ? t.doubts(findings.notes.length) : t.noDoubts}</span></div>
      <div className="pb">
        <Narrowing points={one.narrowing} unit={findings.figures.find((each) => each.name === "output")?.unit ?? ""} />
        <p className="say">{t.ran(duration(findings.until_s), findings.batches === null ? count(findings.replications_done) : null, findings.batches)} {warm}{findings.is_whole ? "" : " " + t.partly(findings.replications_done, findings.replications)}</p>
        {bound !== null && one.on_paper?.bound_station ? <p className="say">{t.bound(number(bound), stationTitle(one.on_paper.bound_station))}</p> : null}
        {findings.notes.length ? <ul className="doubts">{findings.notes.map((each) => <li key={each}>{each}</li>)}</ul> : null}
      </div>
    </section>
  );
}
