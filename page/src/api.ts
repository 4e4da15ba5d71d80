/* Requests: one shape of answers, one shape of faults. */
import { useEffect, useState } from "react";
import type { Fault } from "./types";

export class ApiError extends Error {
  /** `againMs`: after how long the same request may be answered; 0: asking again is no use. */
  constructor(readonly status: number, readonly fault: Fault, readonly againMs = 0) {
    super(fault.what);
  }
}

function isFault(body: unknown): body is Fault {
  return typeof body === "object" && body !== null && typeof (body as Fault).what === "string";
}

async function answer<T>(response: Response): Promise<T> {
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body as T;
  const fault = isFault(body) ? body : { what: "", expected: "", came: String(response.status), nearest: [], next: "" };
  throw new ApiError(response.status, fault, 1000 * (Number(response.headers.get("Retry-After")) || 0));
}

function words(query: Record<string, string | number | null | undefined>): string {
  const kept = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return kept.length ? "?" + new URLSearchParams(kept.map(([key, value]) => [key, String(value)])).toString() : "";
}

export type Query = Record<string, string | number | null | undefined>;

export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return answer<T>(await fetch("/api" + path + words(query), signal ? { signal } : {}));
}

export async function post<T>(path: string, body: object): Promise<T> {
  return answer<T>(await fetch("/api" + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }));
}

/** Sends a file as its bytes. */
export async function sendFile<T>(path: string, query: Query, file: Blob): Promise<T> {
  return answer<T>(await fetch("/api" + path + words(query), { method: "POST", headers: { "Content-Type": "application/octet-stream" }, body: file }));
}

export async function remove(path: string): Promise<unknown> {
  return answer(await fetch("/api" + path, { method: "DELETE" }));
}

/** Address of something of a run. */
export function ofRun(run: string, ...parts: (string | number)[]): string {
  return "/runs/" + [run, ...parts].map((part) => encodeURIComponent(String(part))).join("/");
}

export interface Asked<T> { data: T | null; error: ApiError | null; isLoading: boolean; again: () => void }

/** Asks once for each address, and again every `everyMs` where given, or when the fault says that it may be answered then; old data stay while new ones are on the way. An empty path asks nothing. */
export function useGet<T>(path: string, query: Query = {}, everyMs = 0): Asked<T> {
  const key = path ? path + words(query) : "";
  const [state, setState] = useState<{ key: string; data: T | null; error: ApiError | null }>({ key: "", data: null, error: null });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!key) return undefined;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | null = null;
    const ask = (): void => {
      let nextMs = everyMs;
      get<T>(key, {}, stop.signal).then(
        (data) => setState({ key, data, error: null }),
        (error: unknown) => {
          if (stop.signal.aborted) return;
          if (error instanceof ApiError && error.againMs) nextMs = error.againMs;
          const fault = error instanceof ApiError ? error : new ApiError(0, { what: "", expected: "", came: "", nearest: [], next: "" });
          setState((before) => ({ key, data: before.key === key ? before.data : null, error: fault }));
        },
      ).finally(() => {
        if (nextMs && !stop.signal.aborted) timer = setTimeout(ask, nextMs);
      });
    };
    ask();
    return () => {
      stop.abort();
      if (timer) clearTimeout(timer);
    };
  }, [key, turn, everyMs]);
  const isCurrent = state.key === key;
  return { data: isCurrent ? state.data : null, error: isCurrent ? state.error : null, isLoading: Boolean(key) && !isCurrent, again: () => setTurn((n) => n + 1) };
}
