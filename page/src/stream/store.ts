/* What parts of the page use: the newest answer of a topic, kept once however many parts look at it. */
import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { Stream, type Link, type Topic } from "./socket";

let stream: Stream | null = null;

/** The page's stream; made on first use. */
export function theStream(): Stream {
  if (!stream) {
    stream = new Stream((window.location.protocol === "https:" ? "wss://" : "ws://") + window.location.host + "/api/stream");
    stream.marks = new URLSearchParams(window.location.search).has("bench");
    stream.open();
    document.addEventListener("visibilitychange", () => stream?.setHidden(document.hidden));
  }
  return stream;
}

interface Entry { body: unknown; tUs: number; listeners: Set<() => void>; stop: (() => void) | null; rest: ReturnType<typeof setTimeout> | null }
const entries = new Map<string, Entry>();

function entryOf(key: string): Entry {
  let entry = entries.get(key);
  if (!entry) {
    entry = { body: null, tUs: 0, listeners: new Set(), stop: null, rest: null };
    entries.set(key, entry);
  }
  return entry;
}

function listenTo(key: string, run: string, topic: Topic, words: object, listener: () => void): () => void {
  const entry = entryOf(key);
  entry.listeners.add(listener);
  if (entry.rest) clearTimeout(entry.rest);
  entry.rest = null;
  entry.stop ??= theStream().subscribe({ run, topic, ...words }, (frame) => {
    if (frame.name !== "table") return;
    entry.body = frame.header.body;
    entry.tUs = frame.header.t_us ?? 0;
    for (const each of entry.listeners) each();
  });
  return () => {
    entry.listeners.delete(listener);
    // A page that comes straight back (a tab, a filter) finds the same subscription.
    if (!entry.listeners.size) entry.rest = setTimeout(() => {
      entry.stop?.();
      entries.delete(key);
    }, 250);
  };
}

/** The newest body of a topic, `null` until it has come or while `run` is empty. */
export function useTopic<T>(run: string, topic: Topic, words: Record<string, unknown> = {}): T | null {
  const key = run + "|" + topic + "|" + JSON.stringify(words);
  const subscribe = useCallback(
    (listener: () => void) => (run ? listenTo(key, run, topic, words, listener) : () => undefined),
    // The key holds run, topic and words.
    [key],
  );
  return useSyncExternalStore(subscribe, () => (run ? (entryOf(key).body as T | null) : null));
}

export function useLink(): Link {
  const one = theStream();
  return useSyncExternalStore(useCallback((listener: () => void) => one.watch(listener), [one]), () => one.link);
}

/** Ticks every `ms` while shown: for clocks and ages. */
export function useTick(ms: number): number {
  const [tick, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => { if (!document.hidden) setTick((n) => n + 1); }, ms);
    return () => clearInterval(timer);
  }, [ms]);
  return tick;
}
