/* The 17 PackML names in four groups, and "no data". */
import type { Group, StationNow } from "./types";

const GROUPS: Record<string, Group> = {
  Starting: "running", Execute: "running", Completing: "running", Unholding: "running", Unsuspending: "running",
  Suspending: "waiting", Suspended: "waiting",
  Holding: "fault", Held: "fault", Aborting: "fault", Aborted: "fault", Clearing: "fault",
  Idle: "planned", Resetting: "planned", Stopping: "planned", Stopped: "planned", Complete: "planned",
};

export const NAMES: string[] = Object.keys(GROUPS);

/** Reasons of Held that are part of the work: no fault, and nobody is called. */
const CHANGES = new Set(["coil-change", "setup"]);

/** The group of a PackML name; a name that is not known is never drawn as running, and a coil change is no fault. */
export function groupOf(state: string, reason: string | null = null): Group {
  const group = GROUPS[state] ?? "no-data";
  return group === "fault" && reason !== null && CHANGES.has(reason) ? "waiting" : group;
}

const RANK: Group[] = ["fault", "no-data", "waiting", "planned", "running"];

/** The worse of two groups: fault, no data, waiting, planned, running. */
export function worse(a: Group, b: Group): Group {
  return RANK.indexOf(a) <= RANK.indexOf(b) ? a : b;
}

export type Side = "starved" | "blocked" | null;

/** Which way a waiting machine waits: for what comes (starved) or for room behind it (blocked). */
export function sideOf(reason: string | null): Side {
  return reason === "blocked" ? "blocked" : reason === null ? null : reason === "starved" || reason === "no-input" ? "starved" : null;
}

/** Group of a whole station by the worst of its machines. */
export function stationGroup(now: StationNow | undefined): Group {
  if (!now) return "no-data";
  if (now.worst) return groupOf(now.worst.state, now.worst.reason);
  const names = Object.keys(now.states);
  return names.length ? names.map((each) => groupOf(each)).reduce(worse) : "no-data";
}

/** Machines by group, as the sample tells it; of a ledger that does not, by the states alone. */
export function tally(now: Pick<StationNow, "states"> & { groups?: StationNow["groups"] }): Record<Group, number> {
  const sum: Record<Group, number> = { running: 0, waiting: 0, fault: 0, planned: 0, "no-data": 0 };
  if (now.groups) return { ...sum, ...now.groups };
  const { states } = now;
  for (const [name, n] of Object.entries(states)) sum[groupOf(name)] += n;
  return sum;
}
