/* Answers to actions: sent is not done. An answer stays until the ledger's event comes; a failure stays until it is read. */
import { useEffect, useSyncExternalStore } from "react";
import { ApiError, get, ofRun, post } from "../api";
import { clock, stopwatch } from "../format";
import { Icon } from "../parts/icons";
import { StateMark } from "../parts/marks";
import { useRun } from "../run";
import { theStream, useTick } from "../stream/store";
import { texts } from "../texts";
import type { Hold, Json } from "../types";

export interface Command { kind: string; target: { [key: string]: Json }; value?: Json; reason?: string; by?: string }
interface Answer { request: string; what: string; done: string; state: "sent" | "confirmed" | "failed" | "late"; sentAt: number; text: string; command: Command; run: string; undoS: number; doneUs: number }

const SHORT_MS = 4000;

let answers: Answer[] = [];
const listeners = new Set<() => void>();
let counter = 0;
let confirmed = 0;

function change(next: Answer[]): void {
  answers = next;
  for (const listener of listeners) listener();
}

function update(request: string, words: Partial<Answer>): void {
  change(answers.map((each) => (each.request === request ? { ...each, ...words } : each)));
}

function useAnswers(): Answer[] {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, () => answers);
}

/** How many answers the ledger has given: what depends on them asks again when it grows. */
export function useConfirmed(): number {
  useAnswers();
  return confirmed;
}

/** Sends a command; `what` is what the answer is called. Pending at once. `undoS`: so long it may be taken back, in line time. */
export function act(run: string, command: Command, what: string, done: string = what + ".", undoS: number | null = null): void {
  counter += 1;
  const request = Date.now().toString(36) + "-" + counter;
  change([...answers, { request, what, done, state: "sent", sentAt: Date.now(), text: "", command, run, undoS: undoS ?? 0, doneUs: 0 }]);
  // A run that nobody writes has no event to come: the answer itself is what stands in the ledger.
  post<{ done?: unknown }>(ofRun(run, "commands"), { value: null, reason: "", by: "", ...command, preview: false, request }).then((answer) => {
    if (answer.done === undefined) return;
    confirmed += 1;
    update(request, { state: "confirmed", text: texts.act.written });
    setTimeout(() => change(answers.filter((each) => each.request !== request)), SHORT_MS);
  }).catch((error: unknown) => {
    const fault = error instanceof ApiError ? [error.fault.what, error.fault.next].filter(Boolean).join(" ") : "";
    update(request, { state: "failed", text: fault || texts.fault.unreachable });
  });
}

/** True while an action on this thing waits for the ledger. */
export function useIsPending(test: (command: Command) => boolean): boolean {
  return useAnswers().some((each) => each.state === "sent" && test(each.command));
}

export function Answers() {
  const { run, zone } = useRun();
  const list = useAnswers();
  useTick(1000);
  useEffect(() => theStream().subscribe({ run, topic: "events", kinds: ["Command"] }, (frame) => {
    const body = frame.header.event?.body;
    const request = body?.["request"];
    if (!body || typeof request !== "string" || !answers.some((each) => each.request === request)) return;
    const said = [body["text"], body["next"]].filter((each) => typeof each === "string" && each).join(" ");
    const isOk = body["ok"] === true;
    confirmed += 1;
    update(request, { doneUs: frame.header.event?.t_us ?? 0, state: isOk ? "confirmed" : "failed", text: isOk ? texts.act.confirmed(clock(frame.header.event?.t_us ?? 0, zone)) : said });
    if (isOk && !answers.find((each) => each.request === request)?.undoS) setTimeout(() => change(answers.filter((each) => each.request !== request)), SHORT_MS);
  }), [run, zone]);
  useEffect(() => {
    for (const each of list) if (each.state === "sent" && Date.now() - each.sentAt > 10_000) update(each.request, { state: "late" });
  });
  if (!list.length) return null;
  return <div className="answers" role="status" aria-live="polite">{list.map((each) => <One key={each.request} answer={each} />)}</div>;
}

/** Takes a hold back: its number is looked up, for the answer does not tell it. */
async function undo(answer: Answer): Promise<void> {
  const things = answer.command.target["things"];
  const first = Array.isArray(things) ? things[0] : null;
  const found = await get<{ holds: Hold[] }>(ofRun(answer.run, "holds"), { open: "true", limit: 100 }).catch(() => ({ holds: [] }));
  const hold = found.holds.find((each) => each.things[0] === first && each.reason === (answer.command.reason ?? ""));
  if (hold) undoHold(answer.run, hold);
  else change([...answers, { ...answer, request: answer.request + "-undo", what: texts.act.undo, state: "failed", text: texts.act.noHold, undoS: 0 }]);
}

export function undoHold(run: string, hold: Hold): void {
  act(run, { kind: "release", target: { hold: hold.key, undo: true }, by: hold.by }, texts.act.undo, texts.act.undone);
}

function One({ answer }: { answer: Answer }) {
  const { now } = useRun();
  const close = (): void => change(answers.filter((each) => each.request !== answer.request));
  const again = (): void => {
    close();
    act(answer.run, answer.command, answer.what, answer.done, answer.undoS);
  };
  const leftS = answer.state === "confirmed" && answer.undoS ? answer.undoS - (now() - answer.doneUs) / 1e6 : 0;
  const seconds = Math.floor((Date.now() - answer.sentAt) / 1000);
  const [title, text] = answer.state === "sent" ? [texts.act.sent(answer.what), seconds > 0 ? texts.act.wait(seconds) : ""]
    : answer.state === "confirmed" ? [answer.done, answer.text]
    : answer.state === "late" ? [texts.act.late(answer.what), texts.act.lateNext] : [texts.act.failed(answer.what), answer.text];
  return (
    <div className="answer" data-answer={answer.state}>
      {answer.state === "confirmed" ? <Icon name="check" size={13} /> : <StateMark group={answer.state === "sent" ? "no-data" : "fault"} />}
      <span><b>{title}</b> {text}</span>
      {(answer.state === "failed" && !answer.request.endsWith("-undo")) || answer.state === "late" ? <button type="button" className="linkish" onClick={again}>{texts.act.again}</button> : null}
      {leftS > 0 ? <button type="button" className="linkish" data-undo="" onClick={() => { close(); void undo(answer); }}>{texts.act.undoLeft(stopwatch(leftS))}</button> : null}
      {answer.state !== "sent" ? <button type="button" className="linkish" onClick={close}>{texts.act.dismiss}</button> : null}
    </div>
  );
}
