/* Acting: buttons that the run allows now, the dialog that says what will happen, and who held what. The server decides; the page asks it first. */
import { lazy, Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { ofRun, post, useGet } from "../api";
import { useRun } from "../run";
import { texts } from "../texts";
import type { Hold, Preview } from "../types";
import { useConfirmed, useIsPending, type Command } from "./answers";
import { useWhyNotActing, useWhyNotHolding } from "./connection";

const Dialog = lazy(() => import("./dialog"));

/** What a button asks for: the command, what its answer is called, and what is said when it is done; `button` names the things better than the server can. */
export interface Act { command: Command; word: string; what: string; done: string; isPrimary?: boolean; typed?: string; button?: string }

let open: Act | null = null;
const listeners = new Set<() => void>();

/** Opens the dialog of an action; null closes it. */
export function ask(act: Act | null): void {
  open = act;
  for (const listener of listeners) listener();
}

export function Acting() {
  const act = useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, () => open);
  return act ? <Suspense fallback={null}><Dialog key={act.command.kind + JSON.stringify(act.command.target).slice(0, 200)} act={act} close={() => ask(null)} /></Suspense> : null;
}

export function preview(run: string, command: Command): Promise<Preview> {
  return post<Preview>(ofRun(run, "commands"), { value: null, reason: "", by: "", ...command, preview: true });
}

/** What the run says of actions now; asked again when `stamp` changes, and after each answer. Null while it is asked. */
function usePreviews(acts: Act[], stamp: string, isAsked: boolean): (Preview | null)[] {
  const { run } = useRun();
  const confirmed = useConfirmed();
  const key = acts.map((each) => each.command.kind + JSON.stringify(each.command.target)).join("|");
  const [state, setState] = useState<{ key: string; found: (Preview | null)[] }>({ key: "", found: [] });
  useEffect(() => {
    if (!isAsked) return undefined;
    let isGone = false;
    void Promise.all(acts.map((each) => preview(run, each.command).catch(() => null))).then((found) => { if (!isGone) setState({ key, found }); });
    return () => { isGone = true; };
  }, [run, key, stamp, confirmed, isAsked]);
  return acts.map((_, i) => (state.key === key ? state.found[i] ?? null : null));
}

const same = (a: Command, b: Command): boolean => a.kind === b.kind && JSON.stringify(a.target) === JSON.stringify(b.target);

/** Buttons of a head: on where the run allows it; where not, the reason stands beside them. */
export function Acts({ acts, stamp, isAsked = true, isHold = false }: { acts: Act[]; stamp: string; isAsked?: boolean; isHold?: boolean }) {
  const notActing = useWhyNotActing();
  const notHolding = useWhyNotHolding();
  const whyNot = isHold ? notHolding : notActing;
  const previews = usePreviews(acts, stamp, isAsked && whyNot === null);
  const reasons = whyNot !== null ? [texts.act.off(whyNot)] : acts.flatMap((each, i) => {
    const told = previews[i];
    return told && !told.can && told.why_not ? [texts.act.notNow(each.word, told.why_not, told.helps)] : [];
  });
  return (
    <div className="acts">
      {reasons.length ? <span className="whynot" title={reasons.join(" ")}>{reasons[0]}</span> : null}
      {acts.map((each, i) => <ActButton key={each.command.kind} act={each} why={whyNot ?? (previews[i]?.can === false ? previews[i]?.why_not ?? "" : null)} isOff={isAsked && whyNot === null && previews[i] === null} />)}
    </div>
  );
}

function ActButton({ act, why, isOff }: { act: Act; why: string | null; isOff: boolean }) {
  const isPending = useIsPending((command) => same(command, act.command));
  return <button type="button" className={"btn" + (act.isPrimary && why === null ? " primary" : "")} data-act={act.command.kind} disabled={why !== null || isOff || isPending} title={why || undefined} onClick={() => ask(act)}>{texts.act.opens(act.word)}</button>;
}

/** How many holds are open. */
export function useOpenHolds(): number {
  const { run, header } = useRun();
  const confirmed = useConfirmed();
  const found = useGet<{ total: number }>(ofRun(run, "holds"), { open: "true", limit: 1, turn: confirmed }, header.live ? 10_000 : 0);
  return found.data?.total ?? 0;
}

/** The hold that a thing lies under: why, by whom, since when. */
export function useHold(key: number | null): Hold | null {
  const { run } = useRun();
  const found = useGet<{ holds: Hold[] }>(key === null ? "" : ofRun(run, "holds"), { open: "true", limit: 1000 });
  return found.data?.holds.find((each) => each.key === key) ?? null;
}
