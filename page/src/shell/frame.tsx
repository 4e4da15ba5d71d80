/* Frame of every page: top bar, rail or tabs, connection, answers. */
import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from "react";
import { Icon, Mark, type IconName } from "../parts/icons";
import { AlarmBadge, StateMark } from "../parts/marks";
import { age as ageText, clock, count, day } from "../format";
import { useRoute } from "../route";
import { useRun } from "../run";
import { theStream, useTick, useTopic } from "../stream/store";
import { texts } from "../texts";
import { choose, useChoice, type Choice } from "../theme";
import type { AlarmList } from "../types";
import { Acting, useOpenHolds } from "./acting";
import { Answers } from "./answers";
import { Connection } from "./connection";
import { useKeys } from "./keys";

const Overlays = lazy(() => import("./overlays"));
export type Overlay = "search" | "keys" | "runs" | null;

export function Frame({ children }: { children: ReactNode }) {
  const [overlay, setOverlay] = useState<Overlay>(null);
  useKeys(setOverlay);
  return (
    <div className="app">
      <a className="skip" href="#page" onClick={(event) => { event.preventDefault(); document.querySelector<HTMLElement>("main")?.focus(); }}>{texts.shell.skip}</a>
      <Top open={setOverlay} />
      <Rail open={setOverlay} />
      <main className="main" id="page" tabIndex={-1}>
        <Connection />
        {children}
      </main>
      <Tabs />
      <Answers />
      <Acting />
      <Announcer />
      {overlay ? <Suspense fallback={null}><Overlays which={overlay} close={() => setOverlay(null)} /></Suspense> : null}
    </div>
  );
}

function Top({ open }: { open: (overlay: Overlay) => void }) {
  const { header, link } = useRun();
  const order = header.order;
  const what = header.emulated === null ? texts.shell.recorded : header.source === "twin" ? texts.shell.simulated : header.emulated ? texts.shell.emulated : texts.shell.realMachines;
  const speed = header.speed !== null && header.speed !== 1 && header.source === "live" ? ", " + texts.shell.times(header.speed) : "";
  return (
    <header className="top">
      <a className="brand" href={link("/line")} aria-label={texts.name}><Mark /><span>{texts.name}</span></a>
      <button type="button" className="lineup" onClick={() => open("runs")} title={texts.shell.chooseRun} aria-haspopup="dialog"><span>{header.title}</span><Icon name="down" size={14} /></button>
      <span className="pill"><b>{texts.shell.source[header.source]}</b> {what}{speed}</span>
      {order ? <span className="age hide order">{texts.shell.order(order.id, order.amount ? order.made / order.amount : null, count(order.amount ?? order.made), header.product_word)}</span> : null}
      <div className="grow" />
      <button type="button" className="search" onClick={() => open("search")} aria-keyshortcuts="/" aria-haspopup="dialog"><Icon name="search" size={15} /><span>{texts.shell.search}</span><kbd>{texts.shell.searchKey}</kbd></button>
      <Counts />
      <Age />
      <Clock />
    </header>
  );
}

function Counts() {
  const { header, run, link } = useRun();
  const counts = useTopic<AlarmList>(run, "alarms")?.counts ?? header.alarms;
  const shown = ([1, 2, 3, 4] as const).filter((p) => (counts?.[`${p}`] ?? 0) > 0);
  return (
    <a className="alarms-sum" href={link("/alarms")} title={texts.shell.alarmSum + (counts.unacknowledged ? "; " + texts.shell.toAcknowledge(counts.unacknowledged) : "")}>
      <span className="unseen">{texts.shell.alarmSum}</span>
      {shown.length ? shown.map((p) => <span key={p}><AlarmBadge priority={p} state="acknowledged" />{count(counts[`${p}`])}</span>) : <span className="age">{header.source === "import" ? "" : texts.shell.noAlarms(counts.unacknowledged)}</span>}
    </a>
  );
}

function Age() {
  const { header } = useRun();
  useTick(500);
  if (!header.live) return <span className="age"><StateMark group="planned" />{texts.shell.ended}</span>;
  const seconds = theStream().ageS() ?? header.age_s;
  const isOld = seconds === null || seconds > 5;
  return <span className={"age" + (seconds !== null && seconds > 2 && !isOld ? " late" : "")} title={texts.shell.ageTitle}><StateMark group={isOld ? "no-data" : "running"} />{seconds === null ? texts.shell.age(null) : texts.shell.age(Number(seconds.toFixed(1)))}</span>;
}

function Clock() {
  const { header, zone, now } = useRun();
  useTick(500);
  const at = now();
  if (!at) return null;
  return <div className="clock"><b>{clock(at, zone)}</b><span className="day">{day(at, zone)}{header.shift ? ", " : ""}</span>{header.shift ? texts.shell.shift(header.shift.name) : ""}</div>;
}

interface Item { page: string; title: string; path: string; number?: number; numberTitle?: string }
interface Section { name: "run" | "trace" | "measure" | "plan"; title: string; pages: Item[] }

function useSections(): Section[] {
  const { header, run } = useRun();
  const fresh = useTopic<AlarmList>(run, "alarms")?.counts.unacknowledged ?? header.alarms?.unacknowledged ?? 0;
  const isImport = header.source === "import";
  const held = useOpenHolds();
  const runPages: Item[] = isImport ? [] : [{ page: "line", title: texts.shell.line, path: "/line" }, { page: "alarms", title: texts.shell.alarms, path: "/alarms", number: fresh }];
  const trace: Item[] = [{ page: "find", title: texts.shell.find, path: "/find" }, ...(isImport ? [] : [{ page: "webs", title: texts.shell.webs, path: "/webs" }, { page: "carriers", title: texts.shell.carriers, path: "/carriers" }]), { page: "holds", title: texts.shell.holds, path: "/holds", number: held, numberTitle: texts.shell.openHolds(held) }, ...(isImport ? [] : [{ page: "causes", title: texts.causes.title, path: "/causes" }])];
  const measure: Item[] = [{ page: "impedance", title: texts.impedance.title, path: "/impedance" }];
  const plan: Item[] = [{ page: "experiments", title: texts.experiments.title, path: "/experiments" }];
  return [...(runPages.length ? [{ name: "run" as const, title: texts.shell.run, pages: runPages }] : []), { name: "trace" as const, title: texts.shell.trace, pages: trace }, { name: "measure" as const, title: texts.shell.measure, pages: measure }, { name: "plan" as const, title: texts.shell.plan, pages: plan }];
}

function isHere(page: string, here: string): boolean {
  if (page === "find") return ["find", "unit", "lot"].includes(here);
  if (page === "webs") return here === "webs" || here === "web";
  if (page === "carriers") return here === "carriers" || here === "carrier";
  return page === here;
}

function Rail({ open }: { open: (overlay: Overlay) => void }) {
  const { page } = useRoute();
  const { link } = useRun();
  return (
    <nav className="rail" aria-label={texts.shell.pages}>
      {useSections().map((section) => (
        <div key={section.name}>
          <h2 className={section.pages.some((each) => isHere(each.page, page)) ? "cur" : ""}><a href={link(section.pages[0]?.path ?? "/line")} tabIndex={-1}><Icon name={section.name} />{section.title}</a></h2>
          <ul>{section.pages.map((each) => <li key={each.page}><a href={link(each.path)} aria-current={isHere(each.page, page) ? "page" : undefined}>{each.title}{each.number ? <i title={each.numberTitle ?? texts.shell.toAcknowledge(each.number)}>{count(each.number)}</i> : null}</a></li>)}</ul>
        </div>
      ))}
      <div className="foot"><Themes /><button type="button" className="iconb" title={texts.shell.keys} aria-label={texts.shell.keys} aria-keyshortcuts="?" onClick={() => open("keys")}><Icon name="keyboard" /></button></div>
    </nav>
  );
}

function Themes() {
  const chosen = useChoice();
  const all: [Choice, "sun" | "moon" | "system", string][] = [["light", "sun", texts.shell.light], ["dark", "moon", texts.shell.dark], ["system", "system", texts.shell.system]];
  return <>{all.map(([name, icon, title]) => <button key={name} type="button" className="iconb" title={title} aria-label={title} aria-pressed={chosen === name} onClick={() => choose(name)}><Icon name={icon} /></button>)}</>;
}

const TAB_ICONS: Record<string, IconName> = { line: "run", alarms: "bell", find: "search", webs: "webs", carriers: "system", holds: "lock" };

/** Under the thumb; the other pages open from a fifth. */
const FIRST_TABS = ["line", "alarms", "find", "webs"];

function Tabs() {
  const { page } = useRoute();
  const { link } = useRun();
  const items = useSections().flatMap((section) => section.pages.map((each) => ({ ...each, icon: TAB_ICONS[each.page] ?? section.name })));
  const tab = (each: (typeof items)[number]) => <a key={each.page} href={link(each.path)} aria-current={isHere(each.page, page) ? "page" : undefined}><Icon name={each.icon} size={20} />{each.title}</a>;
  const first = FIRST_TABS.flatMap((name) => items.filter((each) => each.page === name));
  const others = items.filter((each) => !first.includes(each));
  const isOther = others.some((each) => isHere(each.page, page));
  return <nav className="tabs" aria-label={texts.shell.sections}>
    {first.map(tab)}
    <details key={page} className={isOther ? "more here" : "more"}><summary><Icon name="down" size={20} />{texts.shell.more}</summary><div>{others.map(tab)}</div></details>
  </nav>;
}

/** Says new alarms of priority 1 and 2, politely and at most one in five seconds. */
function Announcer() {
  const { run } = useRun();
  const list = useTopic<AlarmList>(run, "alarms");
  const said = useRef<{ keys: Set<number> | null; at: number }>({ keys: null, at: 0 });
  const [words, setWords] = useState("");
  useEffect(() => {
    if (!list) return;
    const serious = list.alarms.filter((each) => each.priority <= 2 && each.state === "new");
    const before = said.current.keys;
    said.current.keys = new Set(serious.map((each) => each.key));
    const fresh = before ? serious.find((each) => !before.has(each.key)) : undefined;
    if (!fresh || Date.now() - said.current.at < 5000) return;
    said.current.at = Date.now();
    setWords(texts.shell.raised(fresh.text || fresh.title, fresh.priority));
  }, [list]);
  return <div className="unseen" role="status" aria-live="polite">{words}</div>;
}

export { ageText };
