/* One stack, or the spectra of one file: how it was measured, all curves, what fails and why. */
import { useState } from "react";
import { useGet, type Query } from "../api";
import { exact, number, numberOr, quantity, when } from "../format";
import { FaultNote, Loading } from "../parts/notes";
import { StateText } from "../parts/marks";
import { path as toPath, setQuery, useRoute } from "../route";
import { useRun } from "../run";
import { texts } from "../texts";
import { quantile } from "./curves";
import { Along, Bode, hertz, isFar, NAMED, Nyquist, picked, Relaxation, Residuals } from "./drawings";
import type { Answer, Compared, FailedCell, Group, KeptList, Quantity, Shown } from "./types";

/** Quantities that are drawn along the stack. */
const MAPPED = ["hfr", "rct", "transport"];

export function AnalysisPage({ from, query, unit }: { from: string; query: Query; unit: string | null }) {
  // Other limits are another question: what was answered before does not end the asking.
  const question = from + "?" + String(query["recipe"] ?? "");
  const [answered, setAnswered] = useState("");
  const asked = useGet<Answer>(from, query, answered === question ? 0 : 1000);
  const { link } = useRun();
  const shown = asked.data?.shown ?? null;
  if ((shown || (asked.error && asked.error.status !== 0)) && answered !== question) setAnswered(question);
  if (shown) return <Opened shown={shown} unit={unit} />;
  return (
    <>
      <div className="head"><h1 className={unit ? "id" : ""}>{unit ?? texts.impedance.title}</h1><span className="crumb"><a href={link("/impedance")}>{texts.impedance.title}</a></span></div>
      <section className="panel fill">{asked.error ? <FaultNote error={asked.error} again={asked.again} /> : asked.data ? <Working share={asked.data.share} isStack={unit !== null} /> : <Loading />}</section>
    </>
  );
}

function Working({ share, isStack }: { share: number; isStack: boolean }) {
  return (
    <div className="note" role="status">
      <b>{isStack ? texts.impedance.making : texts.impedance.analysing}</b>
      <p>{isStack ? texts.impedance.makingText : texts.impedance.analysingText}</p>
      {isStack ? <div className="prog" role="progressbar" aria-label={texts.impedance.making} aria-valuenow={Math.round(share * 100)} aria-valuemin={0} aria-valuemax={100}><i><b style={{ width: `${share * 100}%` }} /></i></div> : null}
    </div>
  );
}

function Opened({ shown, unit }: { shown: Shown; unit: string | null }) {
  const { link, zone, now } = useRun();
  const { query } = useRoute();
  const [withFit, setFit] = useState(true);
  const [withPoints, setPoints] = useState(shown.groups[0]?.names.length === 1);
  const number_ = Math.min(shown.groups.length - 1, Math.max(0, Number(query.get("group")) || 0));
  const group = shown.groups[number_];
  if (!group) return null;
  const pick = picked(group, query.get("cell"));
  const m = shown.measured;
  const isFail = Boolean(group.verdict && !group.verdict.is_pass) || Boolean(shown.station?.compared.some((each) => !each.is_pass));
  const choose = (name: string): void => setQuery({ cell: name || null });
  return (
    <>
      <div className="head">
        <h1 className={unit ? "id" : ""}>{shown.title}</h1>
        <span className="crumb"><a href={link("/impedance")}>{texts.impedance.title}</a>{shown.station?.area_m2 ? texts.impedance.ofStack(shown.station.cells, shown.station.area_m2 * 1e4) : ""}</span>
        {group.verdict ? isFail ? <StateText group="fault">{texts.impedance.fail(group.verdict.failed.length, group.verdict.cells)}</StateText> : <span className="st">{texts.impedance.passAll(group.verdict.cells)}</span> : null}
        {shown.is_synthetic ? <span className="pill" title={texts.impedance.syntheticWhy}><b>{texts.impedance.synthetic}</b></span> : null}
        <div className="facts">
          {m ? <><span>{texts.impedance.at} <b>{quantity(m.mean_a, "A", 0)}</b></span><span>{texts.impedance.kind(m.kind)} <b>{texts.impedance.lines(m.lines, hertz(m.high_hz), hertz(m.low_hz), quantity(m.duration_s, "s", 0))}</b></span>{m.leads_h === null ? null : <span>{texts.impedance.leads} <b>{quantity(m.leads_h * 1e9, "nH", 0)}</b></span>}</> : <span>{texts.impedance.points(group.instrument, group.frequency_hz.length)} <b>{texts.impedance.span(hertz(group.frequency_hz[0] ?? 0), hertz(group.frequency_hz.at(-1) ?? 0))}</b></span>}
        </div>
        <div className="acts eis-acts">
        {shown.groups.length > 1 ? <select className="input" aria-label={texts.impedance.chooseGroup} value={number_} onChange={(event) => setQuery({ group: event.target.value === "0" ? null : event.target.value, cell: null })}>{shown.groups.map((each, k) => <option key={k} value={k}>{texts.impedance.groupName(each.names.length, each.frequency_hz.length)}</option>)}</select> : null}
        {group.names.length > 1 ? <select className="input" aria-label={texts.impedance.chooseCell} value={pick.chosen === null ? "" : group.names[pick.chosen]} onChange={(event) => choose(event.target.value)}><option value="">{texts.impedance.noCell}</option>{group.names.map((each) => <option key={each} value={each}>{texts.impedance.cell(each)}</option>)}</select> : null}
        {unit ? <a className="btn" href={link(toPath("unit", unit))}>{texts.impedance.trace}</a> : null}
        </div>
      </div>
      <div className="eis-grid">
        <section className="panel eis-ny">
          <div className="ph"><h2>{texts.impedance.nyquist}</h2><span className="sub">{group.names.length > 1 ? texts.impedance.nyquistSub(pick.good.length, m !== null) : texts.impedance.nyquistOne}</span><span className="right"><label className="check"><input type="checkbox" checked={withFit && group.fit_re !== null} disabled={group.fit_re === null} onChange={(event) => setFit(event.target.checked)} />{texts.impedance.fit}</label><label className="check"><input type="checkbox" checked={withPoints} onChange={(event) => setPoints(event.target.checked)} />{texts.impedance.allPoints}</label></span></div>
          <div className="pb"><Nyquist group={group} pick={pick} withFit={withFit} withPoints={withPoints} /></div>
        </section>
        <section className="panel eis-vd">
          <div className="ph"><h2>{group.verdict ? texts.impedance.verdict : texts.impedance.values}</h2>{unit ? <span className="sub">{group.recipe ? texts.impedance.recipe(group.recipe) : texts.impedance.noRecipe}</span> : <Recipes chosen={group.recipe} />}</div>
          <Tests group={group} />
          <Why group={group} doubts={shown.doubts ?? []} />
        </section>
        {group.names.length > 1 ? (
          <section className="panel eis-mp">
            <div className="ph"><h2>{m ? texts.impedance.map : texts.impedance.mapFiles}</h2><span className="sub">{m ? texts.impedance.mapSub : ""}</span></div>
            <div className="pb">{mapped(group).map((q, k, all) => <Along key={q.name} group={group} quantity={q} pick={pick} isLast={k === all.length - 1} choose={choose} />)}<CellTable group={group} /></div>
          </section>
        ) : null}
        <section className={"panel eis-bp" + (group.names.length > 1 ? "" : " is-alone")}><div className="ph"><h2>{texts.impedance.bode}</h2><span className="sub">{group.names.length > 1 ? texts.impedance.band : ""}</span></div><div className="pb"><Bode group={group} pick={pick} /></div></section>
        <section className="panel eis-kk"><div className="ph"><h2>{texts.impedance.kk}</h2><span className="sub">{texts.impedance.kkSub}</span></div><div className="pb"><Residuals group={group} pick={pick} /></div></section>
        <section className="panel eis-dr"><div className="ph"><h2>{texts.impedance.drt}</h2><span className="sub">{texts.impedance.drtSub}</span></div><div className="pb"><Relaxation group={group} pick={pick} />{group.peaks.length ? <p className="say">{group.peaks.map((each) => texts.impedance.peak(each.tau_s, each.resistance, group.unit)).join("; ")}</p> : null}</div></section>
        <section className="panel eis-st">
          {shown.station ? <Recorded rows={shown.station.compared} when={shown.station.done_us === null ? "" : when(shown.station.done_us, zone, now() || shown.station.done_us)} title={shown.station.done_us === null ? "" : exact(shown.station.done_us)} verdict={shown.station.verdict} /> : <Parameters group={group} n={pick.chosen ?? 0} />}
        </section>
      </div>
    </>
  );
}

function mapped(group: Group): Quantity[] {
  const found = group.quantities.filter((each) => MAPPED.includes(each.name));
  return found.length > 1 ? found : group.quantities.filter((each) => ["hfr", "total", "polarisation"].includes(each.name));
}

/** One row a quantity: its limit, and how many cells lie outside, or the worst value. */
function Tests({ group }: { group: Group }) {
  return (
    <table className="eis-tests">
      <thead><tr><th>{texts.impedance.test}</th><th className="num">{texts.impedance.limit}</th><th className="num">{texts.impedance.found}</th></tr></thead>
      <tbody>
        {group.quantities.map((q) => {
          const outside = q.values.filter((_, n) => isFar(q, n)).length;
          const isLimited = q.low !== null || q.high !== null || q.spread !== null;
          const middle = q.deviation || group.names.length === 1 ? quantile(q.values, 0.5) : quantile(q.values, q.low !== null && q.high === null ? 0 : 1);
          return (
            <tr key={q.name}>
              <td title={q.about}>{texts.impedance.quantity(q.name, q.about)}</td>
              <td className="num muted">{isLimited ? texts.impedance.limits(q.low, q.high, q.spread) : ""} <span className="unit">{q.low !== null || q.high !== null ? q.unit : ""}</span></td>
              <td className="num">{outside ? <b className="tf">{texts.impedance.outside(outside)}</b> : <>{numberOr(middle, null, texts.noValue)} <span className="unit">{q.unit}</span></>}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** The limits that a file is judged by. */
function Recipes({ chosen }: { chosen: string | null }) {
  const known = useGet<KeptList>("/impedance").data?.recipes ?? [];
  return <span className="right"><select className="input slim" aria-label={texts.impedance.chooseRecipe} value={chosen ?? ""} onChange={(event) => setQuery({ recipe: event.target.value || null })}><option value="">{texts.impedance.noRecipe}</option>{known.map((each) => <option key={each} value={each}>{texts.impedance.recipe(each)}</option>)}</select></span>;
}

/** What a cell fails by, in the units of the page; else what the channel lacks, in the words of the analysis. */
function reasonsOf(group: Group, cell: FailedCell): string {
  const n = group.names.indexOf(cell.name);
  const found = n < 0 ? [] : group.quantities.filter((q) => isFar(q, n)).map((q) => texts.impedance.reason(texts.impedance.quantity(q.name, q.about), q.values[n] ?? 0, q.unit, q.low, q.high, q.deviation?.[n] ?? null));
  return found.length ? found.join(" ") : cell.reasons.slice(0, 2).join("; ") + ".";
}

/** Why cells fail, the doubts, and which circuit was fitted. */
function Why({ group, doubts }: { group: Group; doubts: string[] }) {
  const failed = group.verdict?.failed ?? [];
  const found = group.findings.slice(0, 4);
  return (
    <div className="eis-why">
      {failed.slice(0, NAMED).map((each) => <p key={each.cell}><b>{texts.impedance.failedCell(each.name, each.looks_like)}</b> {reasonsOf(group, each)}</p>)}
      {failed.length > NAMED ? <p className="muted">{texts.impedance.more(failed.length - NAMED)}</p> : null}
      {found.map((each, k) => <p key={k}>{each.cell === null ? "" : group.names[each.cell]} {each.message}</p>)}
      {doubts.slice(0, 3).map((each) => <p key={each} className="muted">{each}</p>)}
      <p className="muted">{group.circuit ? texts.impedance.circuit(group.circuit, group.chosen) : texts.impedance.noCircuit}</p>
    </div>
  );
}

function Recorded({ rows, when: at, title, verdict }: { rows: Compared[]; when: string; title: string; verdict: string }) {
  return (
    <>
      <div className="ph"><h2>{texts.impedance.recorded}</h2><span className="sub" title={title}>{texts.impedance.recordedSub(verdict, at)}</span></div>
      <table className="eis-tests">
        <thead><tr><th>{texts.impedance.characteristic}</th><th className="num">{texts.impedance.window}</th><th className="num">{texts.impedance.recordedHead}</th><th className="num">{texts.impedance.waveform}</th></tr></thead>
        <tbody>{rows.map((row) => <tr key={row.name}><td>{texts.impedance.characteristicName(row.name)}</td><td className="num muted">{texts.impedance.limits(row.low, row.high, null)} <span className="unit">{texts.impedance.unit(row.unit)}</span></td><td className="num">{numberOr(row.recorded, null, texts.noValue)}</td><td className="num">{row.is_pass ? numberOr(row.found, null, texts.noValue) : <b className="tf">{numberOr(row.found, null, texts.noValue)}</b>}</td></tr>)}</tbody>
      </table>
    </>
  );
}

function Parameters({ group, n }: { group: Group; n: number }) {
  return (
    <>
      <div className="ph"><h2>{texts.impedance.parameters}</h2><span className="sub">{group.names.length > 1 ? texts.impedance.cell(group.names[n] ?? "") : group.circuit ?? ""}</span></div>
      {group.parameters.length ? (
        <table className="eis-tests">
          <thead><tr><th>{texts.impedance.parameter}</th><th className="num">{texts.impedance.value}</th><th className="num">{texts.impedance.interval}</th></tr></thead>
          <tbody>{group.parameters.map((p) => { const [value, low, high] = [p.values[n] ?? null, p.low[n] ?? null, p.high[n] ?? null]; return <tr key={p.name}><td>{p.name}</td><td className="num">{value === null ? texts.noValue : texts.impedance.plain(value)} <span className="unit">{texts.impedance.unit(p.unit)}</span></td><td className="num muted">{low === null || high === null ? texts.impedance.notDetermined : texts.impedance.between(low, high)}</td></tr>; })}</tbody>
        </table>
      ) : <div className="note">{texts.impedance.noCircuit}</div>}
    </>
  );
}

function CellTable({ group }: { group: Group }) {
  return (
    <details className="astable"><summary>{texts.station.table}</summary>
      <div className="scroll eis-cells" tabIndex={0} role="region" aria-label={texts.impedance.values}>
        <table><thead><tr><th>{texts.impedance.cellHead}</th>{group.quantities.map((q) => <th key={q.name} className="num">{q.name}<div className="unit">{q.unit}</div></th>)}</tr></thead>
          <tbody>{group.names.map((name, n) => <tr key={name}><td className="id">{name}</td>{group.quantities.map((q) => { const value = q.values[n] ?? null; return <td key={q.name} className={"num" + (isFar(q, n) ? " tf strong" : "")}>{value === null ? texts.noValue : number(value)}</td>; })}</tr>)}</tbody></table>
      </div>
    </details>
  );
}
