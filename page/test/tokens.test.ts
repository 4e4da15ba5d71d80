import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/* Contrast of the tokens, WCAG 2.x, computed from the file itself: text 4.5, marks 3. */
const css = readFileSync(new URL("../src/tokens.css", import.meta.url), "utf8");
const tokens = new Map<string, [string, string]>();
for (const [, name, value] of css.matchAll(/--([\w-]+):\s*([^;]+);/g)) {
  if (!name || !value || tokens.has(name)) continue;
  const both = /light-dark\((#\w+),\s*(#\w+)\)/.exec(value);
  const one = /^#\w+/.exec(value.trim());
  if (both?.[1] && both[2]) tokens.set(name, [both[1], both[2]]);
  else if (one) tokens.set(name, [one[0], one[0]]);
}

function luminance(hex: string): number {
  const channel = (at: number): number => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

export function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

const TEXT: [string, string[]][] = [
  ["ink", ["surface", "bg", "inset", "raised", "run-soft"]], ["ink-2", ["surface", "bg", "inset", "raised", "run-soft"]], ["ink-3", ["surface", "bg", "inset", "raised"]], ["on-ink", ["ink"]],
  ["wait-ink", ["surface", "raised", "wait-soft"]], ["fault-ink", ["surface", "raised"]], ["planned", ["surface", "raised"]], ["limit", ["surface"]], ["low", ["surface"]], ["high", ["surface"]],
  ["p1-on", ["p1", "fault"]], ["p2-on", ["p2"]], ["p3-on", ["p3"]], ["p4-on", ["p4"]],
];
const MARKS: [string, string[]][] = [
  ["run", ["surface", "inset"]], ["wait", ["surface", "raised"]], ["fault", ["surface", "raised"]], ["unknown", ["surface"]], ["p2-edge", ["surface"]], ["p3-edge", ["surface"]], ["p4", ["surface"]],
  ["d1", ["surface"]], ["d2", ["surface"]], ["d3", ["surface"]], ["d4", ["surface"]], ["d5", ["surface"]], ["d6", ["surface"]],
];
const rows = (pairs: [string, string[]][], least: number): [string, string, number][] => pairs.flatMap(([a, others]) => others.map((b): [string, string, number] => [a, b, least]));

describe("tokens", () => {
  it.each([...rows(TEXT, 4.5), ...rows(MARKS, 3)])("%s on %s reaches %f in both themes", (a, b, least) => {
    const [fore, back] = [tokens.get(a), tokens.get(b)];
    expect(fore && back, `${a} and ${b} are in tokens.css`).toBeTruthy();
    if (!fore || !back) return;
    expect(contrast(fore[0], back[0])).toBeGreaterThanOrEqual(least);
    expect(contrast(fore[1], back[1])).toBeGreaterThanOrEqual(least);
  });

  it("are the only place of a colour: no style sheet or part writes one", () => {
    const found: string[] = [];
    for (const [file, text] of Object.entries(import.meta.glob<string>("../src/**/*.{css,ts,tsx}", { query: "?raw", import: "default", eager: true }))) {
      if (file.endsWith("tokens.css")) continue;
      for (const [colour] of text.matchAll(/#(?:[0-9a-fA-F]{8}|[0-9a-fA-F]{6})\b|\brgba?\(/g)) found.push(`${file}: ${colour}`);
    }
    expect(found).toEqual([]);
  });
});
