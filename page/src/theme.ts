/* Light, dark, or as the system says. The choice is kept in this browser and stands in the address when it was asked there. */
import { useSyncExternalStore } from "react";

export type Theme = "light" | "dark";
export type Choice = Theme | "system";

const KEY = "linewright-theme";
const query = typeof window !== "undefined" && window.matchMedia ? window.matchMedia("(prefers-color-scheme: dark)") : null;
const listeners = new Set<() => void>();
query?.addEventListener("change", () => tell());

function tell(): void {
  for (const listener of listeners) listener();
}

export function choice(): Choice {
  const set = document.documentElement.dataset["theme"];
  return set === "light" || set === "dark" ? set : "system";
}

export function theme(): Theme {
  const chosen = choice();
  return chosen === "system" ? (query?.matches ? "dark" : "light") : chosen;
}

export function choose(next: Choice): void {
  if (next === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = next;
  try {
    if (next === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch {
    // A browser without storage keeps the choice for this page only.
  }
  tell();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useTheme(): Theme {
  return useSyncExternalStore(listen, theme);
}

export function useChoice(): Choice {
  return useSyncExternalStore(listen, choice);
}

/** Colours of the tokens as the canvas takes them: resolved in the present theme. `trend-range` is d1, thin: the range of a pixel around its mean. */
const resolved = new Map<string, string>();
let probe: HTMLElement | null = null;
export function colour(token: string): string {
  const key = theme() + token;
  const found = resolved.get(key);
  if (found) return found;
  const source = token === "trend-range" ? "color-mix(in srgb, var(--d1) 26%, transparent)" : `var(--${token})`;
  probe ??= document.body.appendChild(Object.assign(document.createElement("span"), { hidden: true }));
  probe.style.color = source;
  const value = getComputedStyle(probe).color;
  resolved.set(key, value);
  return value;
}
