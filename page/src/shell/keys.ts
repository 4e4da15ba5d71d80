/* Keys of the page. No key alone stops or releases anything. */
import { useEffect } from "react";
import { address, go, route } from "../route";
import type { Overlay } from "./frame";

const PAGES: Record<string, string> = { l: "/line", a: "/alarms", t: "/find", w: "/webs", c: "/carriers", h: "/holds", e: "/experiments", i: "/impedance" };

function isWriting(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  return Boolean(element && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName)));
}

/** Moves the focus through what is marked `data-item`, in order of the page. */
function step(by: number): void {
  const items = [...document.querySelectorAll<HTMLElement>("main [data-item]")].filter((each) => each.offsetParent !== null || each instanceof SVGElement);
  if (!items.length) return;
  const at = items.findIndex((each) => each === document.activeElement || each.contains(document.activeElement));
  const next = items[Math.min(items.length - 1, Math.max(0, at + by))];
  next?.focus();
}

export function useKeys(open: (overlay: Overlay) => void): void {
  useEffect(() => {
    let went = 0;
    const onKey = (event: KeyboardEvent): void => {
      // Out of a field, so that the keys are the page's again.
      if (event.key === "Escape" && isWriting(event.target) && !document.querySelector("[role=dialog]")) {
        event.preventDefault();
        (event.target as HTMLElement).blur();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target) || document.querySelector("[role=dialog]")) return;
      const key = event.key;
      if (Date.now() - went < 1500 && PAGES[key]) {
        went = 0;
        event.preventDefault();
        go(address(route().line, PAGES[key] ?? "/line"));
        return;
      }
      went = 0;
      switch (key) {
        case "/": event.preventDefault(); open("search"); break;
        case "?": event.preventDefault(); open("keys"); break;
        case "g": went = Date.now(); break;
        case "j": step(1); break;
        case "k": step(-1); break;
        case "a": (document.activeElement?.closest("[data-item]") ?? document.querySelector("main [data-item]"))?.querySelector<HTMLElement>("[data-acknowledge]")?.click(); break;
        case "[": case "]": case ".": document.dispatchEvent(new CustomEvent("linewright-key", { detail: key })); break;
        default: break;
      }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [open]);
}

/** Listens to the keys that belong to a chart: `[`, `]` and `.`. */
export function useChartKeys(take: (key: string) => void): void {
  useEffect(() => {
    const onKey = (event: Event): void => take((event as CustomEvent<string>).detail);
    document.addEventListener("linewright-key", onKey);
    return () => document.removeEventListener("linewright-key", onKey);
  }, [take]);
}
