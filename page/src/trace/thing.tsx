/* A unit, a lot, a web, a carrier: its life, its genealogy both ways, its metres, its values, where it is now. */
import "./trace.css";
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from "react";
import { ofRun, useGet } from "../api";
import { duration, exact, metres, moment, number, quantity, stopwatch } from "../format";
import { FaultNote, Guard, Loading, Note } from "../parts/notes";
import { StateText } from "../parts/marks";
import { path as toPath, setQuery, useRoute } from "../route";
import { useRun } from "../run";
import { Acts, useHold, type Act } from "../shell/acting";
import { undoHold, useConfirmed } from "../shell/answers";
import { useWhyNotActing } from "../shell/connection";
import { texts, words } from "../texts";
import type { Affected, Group, LifeStep, Metres, Thing, Tree, TreeNode, Value, WebInfo } from "../types";
import { Along, lengthOf, Strip } from "./strip";
import { Along as AlongItsWay } from "./along";
import { Curves } from "./curves";
import { Told } from "./told";
import { thingPath, thingTitle } from "./paths";
import { Doubts, Values } from "./values";
import { AffectedPanel } from "./affected";
import { CarrierPanel } from "./carrier";
import { acrossOf, type Box } from "./webbox";
import { WebMap } from "./webmap";

const TreeView = lazy(() => import("./tree"));
const DEPTH = 8;
const DEPTH_IMPORT = 12; // real records go back further than a line does: from a tested cell to the lot of its foil

export default function ThingPage({ id, kind }: { id: string; kind: string }) {
  const { run, header } = useRun();
  const thing = useGet<Thing>(ofRun(run, "things", id), {}, header.live ? 4000 : 0);
  const confirmed = useConfirmed();
  useEffect(() => { if (confirmed) thing.again(); }, [confirmed]);
  const tree = useGet<Tree>(ofRun(run, "things", id, "tree"), { way: "both", depth: header.source === "import" ? DEPTH_IMPORT : DEPTH, limit: 60 });
  if (!thing.data) return <section className="panel">{thing.error ? <FaultNote error={thing.error} again={thing.again} /> : <Loading />}</section>;
  const it = thing.data;
  const isWeb = it.web !== null || kind === "web";
  const family = <Guard><Genealogy tree={tree.data} error={tree.error ? <FaultNote error={tree.error} again={tree.again} /> : null} /></Guard>;
  return (
    <>
      <Head thing={it} />
      {it.life.length ? <Guard><Life steps={it.life} /></Guard> : null}
      {isWeb && header.source !== "import" ? null : family}
      <div className="cols thing-cols">
        {header.source === "import" ? <div className="stack"><Guard><Told id={id} /></Guard><Guard><AlongItsWay thing={it} tree={tree.data} /></Guard></div> : isWeb ? <Guard><WebPanel thing={it} /></Guard> : it.kind === "unit" ? <div className="stack"><Guard><OnWeb id={id} values={it.values} /></Guard><Guard><Curves id={id} /></Guard></div> : it.kind === "carrier" ? <Guard><CarrierPanel id={id} /></Guard> : <Guard><Neighbours tree={tree.data} /></Guard>}
        <div className="stack">{!it.now && (header.source === "import" || it.kind !== "unit") ? null : <Guard><Now thing={it} /></Guard>}<Guard><Values values={it.values} /></Guard>{it.findings?.length ? <Doubts findings={it.findings} /> : null}</div>
      </div>
      {isWeb && header.source !== "import" ? family : null}
    </>
  );
}

const VERDICTS: Record<string, Group> = { good: "running", scrapped: "planned", held: "fault", "in-process": "running" };

const UNDO_S = 600; // so long a hold may be taken back by who held (docs/api.md, section 6); the server says no later

function Head({ thing }: { thing: Thing }) {
  const { run, zone, now } = useRun();
  const key = typeof thing.held === "number" ? thing.held : null;
  const hold = useHold(key);
  const why = useWhyNotActing();
  const leftS = hold ? UNDO_S - (now() - (hold.at_us ?? 0)) / 1e6 : 0;
  const word = thing.verdict ? texts.thing.verdicts[thing.verdict] ?? words(thing.verdict) : null;
  return (
    <div className="head">
      <h1 className="id">{thing.id}</h1><span className="crumb">{thingTitle(thing.title, thing.kind)}</span>
      {word ? <StateText group={VERDICTS[thing.verdict ?? ""] ?? "no-data"}>{thing.grade ? texts.thing.grade(word, thing.grade) : word}</StateText> : null}
      {thing.made_us ? <span className="crumb" title={exact(thing.made_us)}>{texts.thing.madeAt(moment(thing.made_us, zone, now()))}</span> : null}
      {thing.made_before ? <span className="note-line"><span>{texts.thing.madeBeforeLong}</span></span> : null}
      {hold ? <span className="crumb soft" data-hold={hold.key}>{texts.act.heldBy(hold.reason, hold.by, hold.at_us === null ? "" : moment(hold.at_us, zone, now()))}{leftS > 0 && why === null ? <> <button type="button" className="linkish" onClick={() => undoHold(run, hold)}>{texts.act.undoLeft(stopwatch(leftS))}</button></> : null}</span> : null}
      {thing.kind === "carrier" ? null : <Acts acts={[key === null ? holdAct([thing.id], thing.id) : releaseAct(key, thing.id)]} stamp="" isAsked={false} isHold />}
    </div>
  );
}

export function holdAct(things: string[], what: string, word: string = texts.act.hold): Act {
  return { command: { kind: "hold", target: { things } }, word, what: texts.act.holdWhat(what), done: texts.act.holdDone(what), button: texts.act.holdMany(what) };
}

export function releaseAct(key: number, what: string): Act {
  return { command: { kind: "release", target: { hold: key } }, word: texts.act.release, what: texts.act.releaseWhat(key), done: texts.act.releaseDone(what), typed: what };
}

function Life({ steps }: { steps: LifeStep[] }) {
  const { zone, now, link, station } = useRun();
  return (
    <ol className="life panel lifep" aria-label={texts.thing.life}>
      {steps.map((step, i) => {
        const at = step.start_us ?? step.in_us ?? step.done_us;
        const end = step.out_us ?? step.done_us;
        const long = at !== null && end !== null && end - at > 3600e6;
        const title = step.title || words(step.step);
        return (
          <li key={step.step + i} title={[step.machine ? texts.thing.machineN(step.machine) : "", step.tool ? texts.thing.tool(step.tool) : "", at !== null ? exact(at) : ""].filter(Boolean).join(", ")}>
            <b>{station(step.step) ? <a href={link(toPath("line", step.step) + (step.machine ? "/" + step.machine : ""))}>{title}{step.machine && (station(step.step)?.count ?? 1) > 1 ? " " + step.machine : ""}</a> : title}</b>
            <span>{at === null ? texts.noValue : moment(at, zone, now())}{long ? ", " + duration((end - at) / 1e6) : ""}</span>
          </li>
        );
      })}
    </ol>
  );
}

function Genealogy({ tree, error }: { tree: Tree | null; error: ReactNode }) {
  const [isList, setList] = useState(false);
  const [showMetres, setMetres] = useState(true);
  const [showCarriers, setCarriers] = useState(true);
  const [group, setGroup] = useState<TreeNode | null>(null);
  const { link, header } = useRun();
  const isAlone = tree !== null && tree.nodes.length <= 1;
  return (
    <section className="panel">
      <div className="ph"><h2>{texts.thing.tree}</h2><span className="sub wide-only">{tree?.cut ? texts.thing.cut : header.source === "import" ? texts.thing.treeImport : texts.thing.treeSub}</span>
        <span className="right">
          {header.source === "import" ? null : <><label className="check"><input type="checkbox" checked={showMetres} onChange={(event) => setMetres(event.target.checked)} />{texts.thing.metres}</label>
          <label className="check"><input type="checkbox" checked={showCarriers} onChange={(event) => setCarriers(event.target.checked)} />{texts.thing.carriers}</label></>}
          <button type="button" className="linkish" onClick={() => setList(!isList)}>{isList ? texts.thing.drawing : texts.thing.list}</button>
        </span></div>
      {error ?? (tree === null ? <Loading /> : isAlone ? <Note title={texts.thing.noWebText} /> : isList ? (
        <table className="hits"><tbody>{tree.nodes.filter((node) => node.role !== "self" && node.kind !== "group").map((node) => (
          <tr key={node.id}><td className="soft">{{ "made-of": texts.thing.madeOf, "went-into": texts.thing.wentInto, "carried-in": texts.thing.carriedIn, self: "" }[node.role]}</td><td>{thingTitle(node.title, node.kind)}</td><td><a className="id" href={link(thingPath(node.kind, node.id))}>{node.id}</a></td><td className="soft">{node.lines.join(", ")}</td></tr>
        ))}</tbody></table>
      ) : <Suspense fallback={<Loading />}><TreeView tree={tree} showMetres={showMetres} showCarriers={showCarriers} openGroup={setGroup} /></Suspense>)}
      {group ? <GroupList group={group} close={() => setGroup(null)} /> : null}
    </section>
  );
}

/** The first units of a group: each a link, and the web or lot that has them all. */
function GroupList({ group, close }: { group: TreeNode; close: () => void }) {
  const { link } = useRun();
  const firsts = group.firsts ?? [];
  const of = group.of ?? "";
  return (
    <div className="grouplist rule" data-group={group.id}>
      <div className="group-head">{texts.thing.groupTitle(thingTitle(group.title, "unit"), of)}, {texts.thing.groupFirst(firsts.length, group.count ?? firsts.length)} <button type="button" className="linkish" onClick={close}>{texts.act.dismiss}</button> <a href={link("/find", { q: firsts[0]?.replace(/\d+$/, "") ?? of })}>{texts.thing.groupMore}</a></div>
      <div className="chips">{firsts.map((each) => <a key={each} className="id" href={link(toPath("unit", each))} data-item="">{each}</a>)}</div>
    </div>
  );
}

/** The webs a unit lies on, by mother: its metres there, with the units beside it and what was measured along them. */
function OnWeb({ id, values }: { id: string; values: Value[] }) {
  const { run } = useRun();
  const { query } = useRoute();
  const asked = useGet<{ webs: Metres[] }>(ofRun(run, "things", id, "metres"));
  const webs = asked.data?.webs ?? [];
  const roots = [...new Map(webs.map((each) => [each.mother ?? each.web, webs.find((one) => one.web === (each.mother ?? each.web)) ?? each])).entries()];
  const chosenKey = query.get("web") ?? roots[0]?.[0] ?? "";
  const [root, piece] = roots.find(([key]) => key === chosenKey) ?? roots[0] ?? [null, null];
  const span = piece ? Math.max(0.02, piece.hi_m - piece.lo_m) : 1;
  const names = roots.map(([key]) => shortId(key));
  const name = (key: string, i: number): string => (names.filter((each) => each === names[i]).length > 1 ? key : names[i] ?? key);
  const others = webs.filter((each) => each !== piece && (each.mother ?? each.web) === root);
  return (
    <section className="panel">
      <div className="ph"><h2>{texts.thing.onWeb}</h2>
        {piece ? <span className="sub id">{root}{piece.lane ? ", " + texts.thing.lane(piece.lane) : ""}</span> : null}
        <span className="right">
          {piece ? <span className="ramp wide-only" title={texts.thing.ramp}><span>{texts.thing.rampLow}</span><em /><span>{texts.thing.rampHigh}</span></span> : null}
          {roots.length > 1 ? <span className="seg" role="group" aria-label={texts.thing.onWeb}>{roots.map(([key], i) => <button key={key} type="button" aria-pressed={key === root} onClick={() => setQuery({ web: key })}>{name(key, i)}</button>)}</span> : null}
        </span></div>
      <div className="pb">
        {piece && root ? (
          <>
            <p className="soft" style={{ fontSize: "var(--t-label)", paddingBottom: 4 }}>{texts.thing.position(piece.lo_m, piece.hi_m, piece.error_m)}</p>
            <Strip web={root} lane={piece.lane} look={{ from: Math.max(0, piece.lo_m - span * 6.5), to: piece.hi_m + span * 6.5, unit: { id, lo: piece.lo_m, hi: piece.hi_m } }} highlight={id} values={values} />
            {others.map((each) => <Along key={each.web} web={each.web} values={values} lane={each.lane} isFlipped={(each.b ?? 1) * (piece.b ?? 1) < 0} look={{ from: Math.max(0, each.lo_m - span * 6.5), to: each.hi_m + span * 6.5, unit: { id, lo: each.lo_m, hi: each.hi_m } }} />)}
          </>
        ) : asked.error ? <FaultNote error={asked.error} again={asked.again} /> : asked.data ? <Note title={texts.thing.noWeb}>{texts.thing.noWebText}</Note> : <Loading />}
      </div>
    </section>
  );
}

/** `CATHODE-COIL-0000412` is "Cathode coil" on a small button. */
export function shortId(id: string): string {
  const name = id.replace(/[-/]?\d[\d/-]*$/, "").replaceAll("-", " ").toLowerCase();
  return name ? name.charAt(0).toUpperCase() + name.slice(1) : id;
}

function WebPanel({ thing }: { thing: Thing }) {
  const { run, link, header } = useRun();
  const { query } = useRoute();
  const info = useGet<WebInfo>(ofRun(run, "webs", thing.id));
  const confirmed = useConfirmed();
  const length = lengthOf(info.data) ?? thing.web?.length_m ?? null;
  const from = fieldNumber(query.get("from")) ?? 0;
  const to = fieldNumber(query.get("to")) ?? (length === null ? 12 : Math.min(length, Math.max(from + 12, 12)));
  const side = query.get("side");
  const box: Box = { from, to, across: acrossOf(query.get("across")), side: side === "A" || side === "B" ? side : null, guard: fieldNumber(query.get("guard")) ?? GUARD_M };
  const across = box.across ? `${box.across[0]}..${box.across[1]}mm` : null;
  const lane = fieldNumber(query.get("lane"));
  const found = useGet<Affected>(to > from ? ofRun(run, "webs", thing.id, "affected") : "", { from_m: from, to_m: to, guard_m: box.guard, across, side: box.side, lane, limit: 200, turn: confirmed }, header.live ? 5000 : 0);
  const kept = useRef<Affected | null>(null);
  if (found.data) kept.current = found.data;
  const affected = found.data ?? (found.error ? null : kept.current);
  const children = (info.data?.children ?? []).map((each) => (typeof each === "string" ? each : each.web));
  const batches = info.data?.batches ?? (thing.web?.batches ?? []).map((batch) => ({ batch, lo_m: 0, hi_m: length ?? 0, possible: false }));
  return (
    <div className="stack">
      {info.data && length ? <Guard><WebMap web={thing.id} info={info.data} length={length} box={box} affected={affected?.units ?? []} /></Guard> : null}
      <section className="panel">
        <div className="ph"><h2>{texts.thing.metres.charAt(0).toUpperCase() + texts.thing.metres.slice(1)}</h2><span className="sub">{length === null ? "" : metres(length, 1)}{thing.web?.width_mm ? ", " + quantity(thing.web.width_mm, "mm", 0) : ""}</span></div>
          <div className="pb fields">
            <Field name="from" label={texts.thing.fromLabel} value={from} /><Field name="to" label={texts.thing.toLabel} value={to} /><AcrossField value={box.across} />
            <label>{texts.map.sideLabel} <select className="input" value={box.side ?? ""} onChange={(event) => setQuery({ side: event.target.value || null })}><option value="">{texts.map.both}</option>{SIDES.map((each) => <option key={each} value={each}>{each}</option>)}</select></label>
            <Field name="guard" label={texts.thing.guard} value={box.guard} />
          </div>
        <AffectedPanel web={thing.id} box={box} lane={lane} affected={affected} fault={found.error ? <FaultNote error={found.error} again={found.again} /> : null} isAsked={to > from} />
        <div className="pb rule">{to > from ? <Strip web={thing.id} lane={lane} look={{ from, to, unit: null }} highlight={null} /> : null}</div>
        {batches.length ? <><div className="group-head rule">{texts.thing.batches}</div><div className="chips">{batches.map((each) => <span key={each.batch + each.lo_m}><a className="id" href={link(toPath("lot", each.batch))}>{each.batch}</a> <span className="muted">{texts.thing.span(each.lo_m, each.hi_m)}{each.possible ? ", " + texts.thing.possible : ""}</span></span>)}</div></> : null}
        {children.length ? <><div className="group-head rule">{texts.thing.children}</div><div className="chips">{children.slice(0, 40).map((each) => <a key={each} className="id" href={link(toPath("web", each))}>{each}</a>)}</div></> : null}
      </section>
    </div>
  );
}

function AcrossField({ value }: { value: [number, number] | null }) {
  const [text, setText] = useState<string | null>(null);
  const isBad = text !== null && text.trim() !== "" && acrossOf(text) === null;
  const done = (): void => {
    if (text !== null && !isBad) { const next = acrossOf(text); setQuery({ across: next ? `${next[0]}..${next[1]}` : null }); setText(null); }
  };
  return <label>{texts.map.acrossLabel} <input className="input" aria-invalid={isBad} title={texts.thing.field(texts.map.acrossHint)} placeholder={texts.map.all} value={text ?? (value ? `${value[0]}..${value[1]} mm` : "")} onChange={(event) => setText(event.target.value)} onBlur={done} onKeyDown={(event) => { if (event.key === "Enter") done(); }} /></label>;
}

const SIDES = ["A", "B"] as const;
const GUARD_M = 2; // widens what is possible, as the command line does (`linewright trace`)

/** A length as it stands in the address or a field: `1032.1`, `1032.1m`, `1,032.1 m`. */
export function fieldNumber(text: string | null): number | null {
  if (text === null) return null;
  const bare = text.trim().replaceAll(",", "").replace(/\s*m$/, "");
  return /^\d+(\.\d+)?$/.test(bare) ? Number(bare) : null;
}

function Field({ name, label, value }: { name: string; label: string; value: number }) {
  const [text, setText] = useState<string | null>(null);
  const isBad = text !== null && fieldNumber(text) === null;
  const done = (): void => {
    if (text !== null && !isBad) { setQuery({ [name]: String(fieldNumber(text)) }); setText(null); }
  };
  return <label>{label} <input className="input" inputMode="decimal" aria-invalid={isBad} title={isBad ? texts.thing.field("1,032.1 m") : undefined} value={text ?? number(value, 1)} onChange={(event) => setText(event.target.value)} onBlur={done} onKeyDown={(event) => { if (event.key === "Enter") done(); }} /></label>;
}

/** What a lot or a carrier went into, as a list, where there are no metres to show. */
function Neighbours({ tree }: { tree: Tree | null }) {
  const { link } = useRun();
  const list = tree?.nodes.filter((node) => node.role !== "self" && node.kind !== "group") ?? [];
  return (
    <section className="panel">
      <div className="ph"><h2>{texts.thing.both}</h2></div>
      {list.length ? <table className="hits"><tbody>{list.map((node) => <tr key={node.id}><td>{thingTitle(node.title, node.kind)}</td><td><a className="id" href={link(thingPath(node.kind, node.id))} data-item="">{node.id}</a></td><td className="soft">{node.lines.join(", ")}</td></tr>)}</tbody></table> : <Note title={texts.thing.noWebText} />}
    </section>
  );
}

function Now({ thing }: { thing: Thing }) {
  const { zone, now, link, station, machineTitle } = useRun();
  const at = thing.now;
  const has = at && (at.station || at.text || at.carrier);
  return (
    <section className="panel wh">
      <div className="ph"><h2>{texts.thing.now}</h2>{at?.since_us ? <span className="sub">{texts.thing.nowSince(moment(at.since_us, zone, now()))}</span> : null}</div>
      {has ? (
        <div className="now">
          {at.station && station(at.station) ? <div><span>{texts.thing.station}</span><b><a href={link(toPath("line", at.station) + (at.machine ? "/" + at.machine : ""))}>{machineTitle(at.station, at.machine)}</a></b></div> : <div><span>{texts.thing.place}</span><b>{at.text ? words(at.text) : ""}</b></div>}
          {at.carrier ? <div><span>{texts.thing.carrier}</span><b><a className="id" href={link(toPath("carrier", at.carrier))}>{at.carrier}</a></b></div> : null}
          {at.place !== null ? <div><span>{texts.thing.place}</span><b>{number(at.place, 0)}</b></div> : null}
        </div>
      ) : <Note title={texts.thing.nowhere} />}
    </section>
  );
}
