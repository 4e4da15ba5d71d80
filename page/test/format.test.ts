import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as f from "../src/format";

interface Case { call: keyof typeof f; with: (number | string | null)[]; gives: string }
/* The table of cases: the Python reports read the same file. `_` stands for the narrow no-break space, `~` for the real minus. */
const cases = JSON.parse(readFileSync(new URL("format-cases.json", import.meta.url), "utf8")) as Case[];

describe("one formatter for every number", () => {
  it.each(cases.map((each) => [`${each.call}(${each.with.join(", ")})`, each] as const))("%s", (_name, each) => {
    const call = f[each.call] as (...words: unknown[]) => unknown;
    expect(String(call(...each.with))).toBe(each.gives.replaceAll("_", "\u202f").replaceAll("~", "\u2212"));
  });

  it("never shows minus zero", () => {
    for (const decimals of [0, 1, 2, 3]) expect(f.number(-0.00001, decimals)).not.toContain("\u2212");
  });
});
