/* Answers to actions: sent is not done. An answer stays until the ledger's event comes; a failure stays until it is read. */
import { useEffect, useSyncExternalStore } from "react";
import { ApiError, ofRun, post } from "../api";
import { clock } from "../format";
import { Icon } from "../parts/icons";
import { StateMark } from "../parts/marks";
import { useRun } from "../run";
import { theStream, useTick } from "../stream/store";
import { texts } from "../texts";
import type { Json } from "../types";

export interface Command { kind: string; target: { [key: string]: Json }; value?: Json; reason?: string; by?: string }
interface Answer { request: string; what: string; done: string; state: "sent" | "confirmed" | "failed" | "late"; sentAt: number; text: string; command: Command; run: string }

let answers: Answer[] = [];
const listeners = new Set<() => void>();
let counter = 0;

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

/** Sends a command; `what` is what the answer is called. Pending at once. */
export function act(run: string, command: Command, what: string, done: string = what + "."): void {
  counter += 1;
  const request = Date.now().toString(36) + "-" + counter;
  change([...answers, { request, what, done, state: "sent", sentAt: Date.now(), text: "", command, run }]);
  post(ofRun(run, "commands"), { value: null, reason: "", by: "", ...command, preview: false, request }).catch((error: unknown) => {
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
    update(request, { state: isOk ? "confirmed" : "failed", text: isOk ? texts.act.confirmed(clock(frame.header.event?.t_us ?? 0, zone)) : said });
    if (isOk) setTimeout(() => change(answers.filter((each) => each.request !== request)), 4000);
  }), [run, zone]);
  useEffect(() => {
    for (const each of list) if (each.state === "sent" && Date.now() - each.sentAt > 10_000) update(each.request, { state: "late" });
  });
  if (!list.length) return null;
  return <div className="answers" role="status" aria-live="polite">{list.map((each) => <One key={each.request} answer={each} />)}</div>;
}

function One({ answer }: { answer: Answer }) {
  const close = (): void => change(answers.filter((each) => each.request !== answer.request));
  const again = (): void => {
    close();
    act(answer.run, answer.command, answer.what, answer.done);
  };
  const seconds = Math.floor((Date.now() - answer.sentAt) / 1000);
  const [title, text] = answer.state === "sent" ? [texts.act.sent(answer.what), seconds > 0 ? texts.act.wait(seconds) : ""]
    : answer.state === "confirmed" ? [answer.done, answer.text]
    : answer.state === "late" ? [texts.act.late(answer.what), texts.act.lateNext] : [texts.act.failed(answer.what), answer.text];
  return (
    <div className="answer" data-answer={answer.state}>
      {answer.state === "confirmed" ? <Icon name="check" size={13} /> : <StateMark group={answer.state === "sent" ? "no-data" : "fault"} />}
      <span><b>{title}</b> {text}</span>
      {answer.state === "failed" || answer.state === "late" ? <button type="button" className="linkish" onClick={again}>{texts.act.again}</button> : null}
      {answer.state !== "sent" ? <button type="button" className="linkish" onClick={close}>{texts.act.dismiss}</button> : null}
    </div>
  );
}
