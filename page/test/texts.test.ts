import { parseSync } from "vite";
import { describe, expect, it } from "vitest";
import { plural, texts } from "../src/texts";

/* All words of the page stand in texts.ts: a part that writes one of its own fails here. */
const files = import.meta.glob<string>("../src/**/*.tsx", { query: "?raw", import: "default", eager: true });
const SPOKEN = new Set(["title", "aria-label", "placeholder", "alt", "label", "aria-description"]);
// Names of units and marks, which are the same in every language, and the key of the keyboard that is drawn as it is.
const ALLOWED = new Set(["m", "%", "esc", "↵", "/", ",", ".", "(", ")"]);

interface Node { type: string; [key: string]: unknown }

function walk(node: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(node)) for (const each of node) walk(each, visit);
  else if (node && typeof node === "object") {
    if (typeof (node as Node).type === "string") visit(node as Node);
    for (const value of Object.values(node)) walk(value, visit);
  }
}

export function wordsIn(file: string, source: string): string[] {
  const found: string[] = [];
  walk(parseSync(file, source, { lang: "tsx" }).program, (node) => {
    if (node.type === "JSXText") {
      const text = String(node["value"]).replace(/&\w+;/g, "").trim();
      if (/\p{L}/u.test(text) && !ALLOWED.has(text)) found.push(text);
    }
    if (node.type === "JSXAttribute") {
      const name = (node["name"] as { name?: string }).name ?? "";
      const value = node["value"] as { type?: string; value?: string } | null;
      if (SPOKEN.has(name) && value?.type === "Literal" && /\p{L}/u.test(String(value.value))) found.push(`${name}=${value.value}`);
    }
    if (node.type === "JSXExpressionContainer") {
      const inner = node["expression"] as { type?: string; value?: unknown };
      if (inner.type === "Literal" && typeof inner.value === "string" && /\p{L}{2}/u.test(inner.value)) found.push(inner.value);
    }
  });
  return found;
}

describe("texts", () => {
  it("finds a word in a part (the test itself works)", () => {
    expect(wordsIn("a.tsx", "const a = <p title=\"Bad\">Hello {\"there\"}</p>;")).toEqual(["title=Bad", "Hello", "there"]);
  });

  it.each(Object.entries(files))("%s writes none of its own", (file, source) => {
    expect(wordsIn(file, source)).toEqual([]);
  });

  it("counts by rule", () => {
    expect(plural(1, "cell")).toBe("1 cell");
    expect(plural(0, "cell")).toBe("0 cells");
    expect(plural(2, "batch", "batches")).toBe("2 batches");
  });

  it("uses sentence case, no exclamation mark, no please", () => {
    const all: string[] = [];
    walk(texts, () => undefined);
    const collect = (value: unknown): void => {
      if (typeof value === "string") all.push(value);
      else if (value && typeof value === "object") Object.values(value).forEach(collect);
    };
    collect(texts);
    expect(all.length).toBeGreaterThan(200);
    for (const text of all) {
      expect(text).not.toMatch(/!|\bplease\b|\boops\b|successfully/i);
      expect(text, text).not.toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+ [A-Z][a-z]+/);
    }
  });

  it("says states as an operator does", () => {
    expect(texts.state.station("Held", "web-break", 1, 14, false)).toBe("1 of 14 held");
    expect(texts.state.station("Suspended", "blocked", 1, 1, false)).toBe("Blocked");
    expect(texts.state.station("Suspended", "starved", 3, 7, true)).toBe("3 starved");
    expect(texts.state.station("Stopped", "coil-change", 1, 1, false)).toBe("Coil change");
  });
});
