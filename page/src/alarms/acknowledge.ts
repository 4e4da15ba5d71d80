/* Acknowledging: a row stands for all alarms that were folded into it, so all of them are acknowledged. */
import { act, useIsPending, type Command } from "../shell/answers";
import { texts } from "../texts";
import type { Alarm } from "../types";

/** The alarms that rows stand for, each once. */
export function keysOf(alarms: Alarm[]): number[] {
  return [...new Set(alarms.flatMap((each) => (each.keys?.length ? each.keys : [each.key])))];
}

/** Whether an alarm waits for somebody to see it. */
export function isOpen(alarm: Alarm): boolean {
  return alarm.state === "new" || alarm.state === "returned";
}

export function acknowledgeCommand(alarms: Alarm[]): Command {
  return { kind: "acknowledge", target: { alarms: keysOf(alarms) } };
}

export function acknowledge(run: string, alarms: Alarm[]): void {
  const n = keysOf(alarms).length;
  act(run, acknowledgeCommand(alarms), texts.act.acknowledge(n), texts.act.done(n));
}

/** True while an acknowledgement of this row waits for the ledger. */
export function useIsAcknowledging(alarm: Alarm): boolean {
  return useIsPending((command) => {
    const keys = command.target["alarms"];
    return command.kind === "acknowledge" && Array.isArray(keys) && keys.includes(alarm.key);
  });
}
