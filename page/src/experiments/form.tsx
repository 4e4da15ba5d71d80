/* A new experiment: what is asked, what it will be, the command that asks the same. */
import { useEffect, useId, useRef, useState, type ReactNode } from "react";
import { ApiError, get, post } from "../api";
import { brief, count, duration } from "../format";
import { Note } from "../parts/notes";
import { StateMark } from "../parts/marks";
import { go, useRoute } from "../route";
import { useRun } from "../run";
import { texts } from "../texts";
import { useRested } from "../shell/search";
import { fieldsOf, sent, type Fields } from "./scale";
import { useList } from "./list";
import type { Experiment, ExperimentRow, Preview } from "./types";

const EMPTY: Fields = { title: "", source: "", text: "", set: "", versus: "", sweep: "", until: "", warmUp: "", replications: "10", confidence: "", seed: "" };
type Told = { preview: Preview | null; faults: string[] };

function lineCount(text: string): number {
  return Math.min(8, Math.max(2, text.split("\n").length));
}

function faultsOf(error: unknown): string[] {
  if (!(error instanceof ApiError)) return [texts.fault.unreachable];
  return error.fault.faults ?? [[error.fault.what, error.fault.next].filter(Boolean).join(" ") || texts.fault.unreachable];
}

export function NewPage() {
  const { run, header, link, plant } = useRun();
  const { query } = useRoute();
  const from = query.get("from");
  const { lines } = useList();
  const isRunnable = header.source !== "import";
  const [fields, setFields] = useState<Fields>({ ...EMPTY, source: isRunnable ? "run:" + run : "" });
  const [told, setTold] = useState<Told>({ preview: null, faults: [] });
  const [isSending, setSending] = useState(false);
  const set = (words: Partial<Fields>): void => setFields((before) => ({ ...before, ...words }));
  useEffect(() => {
    if (!from) return;
    get<Experiment>("/experiments/" + encodeURIComponent(from)).then((found) => set(fieldsOf(found.asked)), (error: unknown) => setTold({ preview: null, faults: faultsOf(error) }));
  }, [from]);
  useEffect(() => { if (!fields.source && lines[0]) set({ source: "line:" + lines[0] }); }, [lines, fields.source]);
  const body = JSON.stringify(sent(fields));
  const rested = useRested(body, 400);
  const asked = useRef(0);
  const isReady = Boolean(fields.source) && (fields.source !== "text:" || Boolean(fields.text.trim()));
  useEffect(() => {
    if (!isReady) return;
    const mine = (asked.current += 1);
    post<Preview>("/experiments", { ...(JSON.parse(rested) as object), preview: true }).then(
      (preview) => { if (mine === asked.current) setTold({ preview, faults: [] }); },
      (error: unknown) => { if (mine === asked.current) setTold({ preview: null, faults: faultsOf(error) }); },
    );
  }, [rested, isReady]);
  const start = (): void => {
    setSending(true);
    post<ExperimentRow>("/experiments", JSON.parse(body) as object).then(
      (row) => go(link("/experiments/" + encodeURIComponent(row.id))),
      (error: unknown) => { setTold({ preview: null, faults: faultsOf(error) }); setSending(false); },
    );
  };
  const example = plant?.stations.find((each) => each.kind === "machine")?.name ?? texts.experiments.exampleStation;
  const t = texts.experiments;
  return (
    <form className="expform" onSubmit={(event) => { event.preventDefault(); start(); }}>
      <div className="head"><h1>{t.fresh}</h1><span className="crumb"><a href={link("/experiments")}>{t.title}</a></span><span className="grow" />
        <button type="submit" className="btn primary" disabled={isSending || !isReady || told.faults.length > 0}>{t.start}</button></div>
      <div className="cols">
        <section className="panel">
          <div className="ph"><h2>{t.question}</h2><span className="sub">{t.questionSub}</span></div>
          <div className="pb fieldset">
            <Field label={t.titleField} wide>{(id) => <input id={id} className="input" value={fields.title} maxLength={200} placeholder={t.titleHint} onChange={(event) => set({ title: event.target.value })} />}</Field>
            <Field label={t.lineField} wide>{(id) => (
              <select id={id} className="input" value={fields.source} onChange={(event) => set({ source: event.target.value })}>
                {isRunnable ? <option value={"run:" + run}>{t.ofRun(header.title, run)}</option> : null}
                {fields.source.startsWith("run:") && fields.source !== "run:" + run ? <option value={fields.source}>{t.ofRun("", fields.source.slice(4))}</option> : null}
                {lines.map((each) => <option key={each} value={"line:" + each}>{t.ofLibrary(each)}</option>)}
                <option value="text:">{t.pasted}</option>
              </select>
            )}</Field>
            {fields.source === "text:" ? <Field label={t.textField} wide hint={t.textHint}>{(id) => <textarea id={id} className="input code" rows={9} spellCheck={false} value={fields.text} onChange={(event) => set({ text: event.target.value })} />}</Field> : null}
            <Field label={t.setField} wide hint={t.setHint}>{(id) => <textarea id={id} className="input code" rows={lineCount(fields.set)} spellCheck={false} placeholder={`${example}.buffer=20`} value={fields.set} onChange={(event) => set({ set: event.target.value })} />}</Field>
            <Field label={t.versusField} wide hint={t.versusHint}>{(id) => <textarea id={id} className="input code" rows={lineCount(fields.versus)} spellCheck={false} placeholder={`${example}.count=2`} value={fields.versus} onChange={(event) => set({ versus: event.target.value })} />}</Field>
            <Field label={t.sweepField} wide hint={t.sweepHint}>{(id) => <textarea id={id} className="input code" rows={lineCount(fields.sweep)} spellCheck={false} placeholder={`${example}.count=1..4`} value={fields.sweep} onChange={(event) => set({ sweep: event.target.value })} />}</Field>
            <Field label={t.untilField}>{(id) => <input id={id} className="input" value={fields.until} placeholder={t.untilHint} onChange={(event) => set({ until: event.target.value })} />}</Field>
            <Field label={t.replicationsField}>{(id) => <input id={id} className="input" inputMode="numeric" value={fields.replications} onChange={(event) => set({ replications: event.target.value })} />}</Field>
            <Field label={t.warmUpField}>{(id) => <input id={id} className="input" value={fields.warmUp} placeholder={t.warmUpHint} onChange={(event) => set({ warmUp: event.target.value })} />}</Field>
            <Field label={t.confidenceField}>{(id) => <select id={id} className="input" value={fields.confidence} onChange={(event) => set({ confidence: event.target.value })}>{["90 %", "", "99 %"].map((each) => <option key={each} value={each}>{each || t.usualConfidence}</option>)}</select>}</Field>
            <Field label={t.seedField}>{(id) => <input id={id} className="input" inputMode="numeric" value={fields.seed} placeholder={t.seedHint} onChange={(event) => set({ seed: event.target.value })} />}</Field>
          </div>
        </section>
        <div className="stack">
          <section className="panel" aria-live="polite">
            <div className="ph"><h2>{told.faults.length ? t.faults(told.faults.length) : t.willBe}</h2></div>
            {told.faults.length ? <ul className="faults">{told.faults.map((each) => <li key={each}><StateMark group="fault" /><pre>{each}</pre></li>)}</ul> : told.preview ? <What preview={told.preview} /> : <Note title={t.nothingYet} />}
          </section>
          {told.preview ? <Command text={told.preview.command} note={told.preview.has_file ? null : t.ownFile} /> : null}
        </div>
      </div>
    </form>
  );
}

function Field({ label, hint, wide, children }: { label: string; hint?: string; wide?: boolean; children: (id: string) => ReactNode }) {
  const id = useId();
  return <div className={"field" + (wide ? " wide" : "")}><label htmlFor={id}>{label}</label>{children(id)}{hint ? <span className="unit">{hint}</span> : null}</div>;
}

function What({ preview }: { preview: Preview }) {
  const t = texts.experiments;
  const shown = preview.cases.slice(0, 8);
  return (
    <div className="pb">
      <p className="say">{t.plan(preview.cases.length, preview.replications, preview.batches, duration(preview.until_s))} {preview.warm_up_s === null ? t.warmUpFound : preview.warm_up_s ? t.warmUpGiven(brief(preview.warm_up_s)) : t.warmUpNone}</p>
      {preview.cases.length > 1 ? <ol className="caselist">{shown.map((each, n) => <li key={each}>{each || t.asWritten}{n === 0 && preview.cases.length > 1 ? <span className="muted"> {t.first}</span> : null}</li>)}</ol> : null}
      {preview.cases.length > shown.length ? <p className="unit">{t.moreCases(count(preview.cases.length - shown.length))}</p> : null}
    </div>
  );
}

export function Command({ text, note = null }: { text: string; note?: string | null }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2500);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <section className="panel">
      <div className="ph"><h2>{texts.experiments.command}</h2><span className="right"><button type="button" className="linkish" onClick={() => { void navigator.clipboard.writeText(text).then(() => setCopied(true)); }}>{isCopied ? texts.experiments.copied : texts.experiments.copy}</button></span></div>
      <div className="pb"><pre className="command" tabIndex={0}>{text}</pre>{note ? <p className="unit">{note}</p> : null}</div>
    </section>
  );
}
