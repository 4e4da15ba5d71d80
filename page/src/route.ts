/* Addresses: everything in view is in the address, so that a copied link shows the same picture. */
import { useSyncExternalStore } from "react";

export interface Route { line: string; page: string; rest: string[]; query: URLSearchParams }

/** Reads `/{line}/{page}/{rest…}?query`. */
export function parse(pathname: string, search: string): Route {
  const parts = pathname.split("/").filter(Boolean).map((part) => {
    try { return decodeURIComponent(part); } catch { return part; }
  });
  return { line: parts[0] ?? "", page: parts[1] ?? "line", rest: parts.slice(2), query: new URLSearchParams(search) };
}

/** Writes an address below a line; empty values leave the query. */
export function address(line: string, path: string, query: Record<string, string | null | undefined> = {}): string {
  const [bare = "", inline = ""] = path.split("?", 2);
  const words = new URLSearchParams(inline);
  for (const [key, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "") words.delete(key);
    else words.set(key, value);
  }
  const text = words.toString();
  return "/" + encodeURIComponent(line) + (bare.startsWith("/") ? bare : "/" + bare) + (text ? "?" + text : "");
}

/** One path out of words, each safe: `path("unit", "A/B")` is `/unit/A%2FB`. */
export function path(...words: (string | number)[]): string {
  return "/" + words.map((word) => encodeURIComponent(String(word))).join("/");
}

let current: Route | null = null;
const listeners = new Set<() => void>();

function refresh(): void {
  current = parse(window.location.pathname, window.location.search);
  for (const listener of listeners) listener();
}

export function route(): Route {
  current ??= parse(window.location.pathname, window.location.search);
  return current;
}

/** Goes to an address of the page; `keep` replaces the present one in the history. */
export function go(to: string, keep = false): void {
  // Run, theme and wall are the frame of the picture: they follow every link.
  const target = new URL(to, window.location.origin);
  for (const word of ["run", "theme", "wall", "bench"]) {
    const value = route().query.get(word);
    if (value !== null && !target.searchParams.has(word)) target.searchParams.set(word, value);
  }
  const before = window.location.pathname;
  window.history[keep ? "replaceState" : "pushState"](null, "", target.pathname + target.search);
  refresh();
  if (!keep && before !== target.pathname) {
    window.scrollTo(0, 0);
    document.querySelector("main")?.scrollTo(0, 0); // on a tablet the page scrolls inside
    // A new page begins where its title stands, also for those who hear it.
    requestAnimationFrame(() => document.querySelector<HTMLElement>("main")?.focus({ preventScroll: true }));
  }
}

/** Changes words of the query without a step in the history. */
export function setQuery(words: Record<string, string | null>): void {
  const now = route();
  const next = new URLSearchParams(now.query);
  for (const [key, value] of Object.entries(words)) {
    if (value === null || value === "") next.delete(key);
    else next.set(key, value);
  }
  const text = next.toString();
  window.history.replaceState(null, "", window.location.pathname + (text ? "?" + text : ""));
  refresh();
}

export function useRoute(): Route {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, route);
}

/** Takes over clicks on plain links, so that they need no page load. Called once. */
export function listen(): void {
  window.addEventListener("popstate", refresh);
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.("a[href]");
    if (!link || link.getAttribute("target")) return;
    const to = new URL(link.getAttribute("href") ?? "", window.location.href);
    if (to.origin !== window.location.origin || to.pathname.startsWith("/api/") || to.hash) return;
    event.preventDefault();
    go(to.pathname + to.search);
  });
}
