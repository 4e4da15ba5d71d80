/* The run in view: its header (kept fresh by the stream), its plant (asked once), and how its parts are called. */
import { createContext, useContext, useEffect, useMemo, type ReactNode } from "react";
import { ofRun, useGet, type ApiError } from "./api";
import { address, useRoute } from "./route";
import { theStream, useTopic } from "./stream/store";
import { texts, words } from "./texts";
import type { Header, Plant, Station } from "./types";

export interface RunView {
  run: string; line: string; header: Header; plant: Plant | null; plantError: ApiError | null; zone: string;
  station: (path: string | null) => Station | undefined;
  stationTitle: (path: string | null) => string;
  machineTitle: (path: string | null, machine: number | null) => string;
  link: (path: string, query?: Record<string, string | null>) => string;
  now: () => number;
}

const Context = createContext<RunView | null>(null);

/** A header as the page uses it: what a run does not have (an import has no alarms, no shift) is absent on the wire. */
function whole(given: Partial<Header> & Pick<Header, "run" | "source" | "line">): Header {
  const none = { "1": 0, "2": 0, "3": 0, "4": 0, unacknowledged: 0, active: 0 };
  const bare: Header = {
    run: given.run, source: given.source, line: given.line, emulated: null, title: given.line, about: "", product: "", product_title: "", product_word: texts.shell.units, level: "line", order: null, begin_us: 0, end_us: null,
    live: false, acting: false, not_acting_why: null, speed: null, seed: null, time_zone: "UTC", target_per_min: null, shift: null, since_us: given.begin_us ?? 0, at_us: given.end_us ?? 0, age_s: null, alarms: none, made_before: false,
  };
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined)) as Partial<Header>;
  return { ...bare, ...known };
}

/** The line's time now: running on for a live run, the end for one that has ended. */
export function lineNow(header: Header): number {
  return header.live ? (theStream().clock.lineNow() ?? header.at_us) : header.at_us;
}

export function useRun(): RunView {
  const view = useContext(Context);
  if (!view) throw new Error("no run around this part");
  return view;
}

/** Finds the run that the address means: the one it names, else the newest of its line. */
export function useFoundRun(): { header: Header | null; error: ApiError | null; none: boolean; again: () => void } {
  const route = useRoute();
  const named = route.query.get("run");
  const one = useGet<Header>(named ? ofRun(named) : "", {}, 0);
  const list = useGet<{ runs: Header[] }>(named ? "" : "/runs", route.line ? { line: route.line } : {}, 0);
  const asked = named ? one : list;
  const found = named ? one.data : list.data?.runs[0] ?? null;
  // While nothing is there, look again: a server or a run may be starting.
  useEffect(() => {
    if (found || asked.isLoading) return undefined;
    const timer = setInterval(asked.again, 2000);
    return () => clearInterval(timer);
  }, [found, asked.isLoading, asked.again]);
  return { header: found, error: asked.error, none: !named && list.data !== null && !found, again: asked.again };
}

export function RunProvider({ header: first, children }: { header: Header; children: ReactNode }) {
  const live = useTopic<Header>(first.run, "header");
  const header = useMemo(() => whole(live ?? first), [live, first]);
  const plant = useGet<Plant>(header.source === "import" ? "" : ofRun(first.run, "plant"));
  const view = useMemo<RunView>(() => {
    const stations = new Map((plant.data?.stations ?? []).map((each) => [each.path, each]));
    const station = (path: string | null): Station | undefined => (path ? stations.get(path) : undefined);
    return {
      run: header.run, line: header.line, header, plant: plant.data, plantError: plant.error, zone: header.time_zone || "UTC",
      station,
      stationTitle: (path) => station(path)?.title ?? (path ? words(path) : ""),
      machineTitle: (path, machine) => {
        const one = station(path);
        if (!one) return path ? words(path) + (machine ? " " + machine : "") : "";
        if (!machine || one.count <= 1) return one.title;
        return one.machine_title.includes("{n}") ? one.machine_title.replace("{n}", String(machine)) : one.machine_title + " " + machine;
      },
      link: (path, query) => address(header.line, path, query),
      now: () => lineNow(header),
    };
  }, [header, plant.data, plant.error]);
  return <Context.Provider value={view}>{children}</Context.Provider>;
}
