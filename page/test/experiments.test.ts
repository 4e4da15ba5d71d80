import { describe, expect, it } from "vitest";
import { resultLine, titleOf } from "../src/experiments/progress";
import { columns, curves, decimals, fieldsOf, intervalScale, isApart, letter, numberOf, paces, sent, spread, tickDecimals, ticks } from "../src/experiments/scale";
import type { Case, Difference, Estimate, ExperimentRow } from "../src/experiments/types";

const estimate = (mean: number, half: number | null = 1, digits = 1): Estimate => ({ mean, half_width: half, low: half === null ? null : mean - half, high: half === null ? null : mean + half, samples: 5, digits });
const one = (variant: string, point: Record<string, string>, mean: number, shares: [string, number][] = []): Case => ({
  label: variant, variant, point, base: null, warm_up_s: 0, is_steady: true, figures: { output: estimate(mean) }, differences: {}, pace: { method: "most-active", shares, span_s: null, unpaused: [] }, on_paper: null, narrowing: [],
});

describe("scales", () => {
  it("has round ticks that are told apart", () => {
    expect(ticks(-0.4, 12.6, 4)).toEqual([0, 5, 10]);
    expect(ticks(0.011, 0.039, 4)).toEqual([0.02, 0.03]);
    expect(tickDecimals(ticks(0.011, 0.039, 4))).toBe(2);
    expect(ticks(5, 5, 4)).toEqual([5]);
  });

  it("keeps 0 in a scale of differences, and every end of an interval", () => {
    const scale = intervalScale([estimate(9, 1), estimate(11, 2)], 14, 236, true);
    expect(scale.at(0)).toBeGreaterThan(14);
    expect(scale.at(13)).toBeLessThan(236);
    expect(scale.at(9)).toBeLessThan(scale.at(11));
    expect(Number.isFinite(intervalScale([estimate(0, 0)], 0, 100, true).at(0))).toBe(true);
    expect(Number.isFinite(intervalScale([], 0, 100, true).at(0))).toBe(true);
  });

  it("gives a column one number of decimals", () => {
    expect(decimals([estimate(22.08, 0.22, 2), estimate(23.97, 0.003, 4)])).toBe(3);
    expect(decimals([estimate(1, 0, 2), null])).toBe(2);
    expect(decimals([])).toBe(0);
  });

  it("names rows as a sheet does", () => {
    expect([0, 25, 26, 27, 52].map(letter)).toEqual(["A", "Z", "AA", "AB", "BA"]);
  });

  it("keeps names at the ends of lines apart, in their order", () => {
    const placed = spread([50, 52, 51], 15, 0, 100);
    const sorted = [...placed].sort((a, b) => a - b);
    expect((sorted[1] ?? 0) - (sorted[0] ?? 0)).toBeGreaterThanOrEqual(15);
    expect(placed[0]).toBeLessThan(placed[2] ?? 0);
    expect(Math.max(...spread([99, 99], 15, 0, 100))).toBeLessThanOrEqual(100);
  });
});

describe("experiments", () => {
  it("tells two apart only where the interval leaves out 0", () => {
    const found = (verdict: Difference["verdict"]): Difference => ({ ...estimate(1), verdict });
    expect([found("higher"), found("lower"), found("no difference seen"), found("not known"), null].map(isApart)).toEqual([true, true, false, false, false]);
  });

  it("draws a sweep over its numbers, in their order, one curve a variant", () => {
    const cases = [one("a", { "wind.time": "2.1 s" }, 2), one("a", { "wind.time": "2.0 s" }, 1), one("b", { "wind.time": "2.1 s" }, 4), one("b", { "wind.time": "2.0 s" }, 3)];
    const found = curves(cases, ["wind.time"], "output");
    expect(found?.curves.map((each) => [each.name, each.points.map((point) => point.x), each.points.map((point) => point.case)])).toEqual([["a", [2, 2.1], [1, 0]], ["b", [2, 2.1], [3, 2]]]);
    expect(curves([one("", { start: "empty" }, 1), one("", { start: "filled" }, 2)], ["start"], "output")).toBeNull();
    expect(curves([one("a", {}, 1), one("b", {}, 2)], [], "output")).toBeNull();
    expect(numberOf("-0.5 mm")).toBe(-0.5);
  });

  it("draws a curve for each value of the other paths", () => {
    const cases = ["1", "2"].flatMap((count) => ["5", "20"].map((buffer) => one("", { "wind.count": count, "weld.buffer": buffer }, Number(count))));
    expect(curves(cases, ["wind.count", "weld.buffer"], "output")?.curves.map((each) => each.name)).toEqual(["weld.buffer = 5", "weld.buffer = 20"]);
  });

  it("shares the pace out, the rest as other", () => {
    const found = paces([one("a", {}, 1, [["wind", 0.6], ["weld", 0.3], ["fill", 0.1]]), one("b", {}, 1, [["weld", 1]])], 2);
    expect(found.stations).toEqual(["weld", "wind"]);
    expect(found.rows[0]?.map((piece) => piece.station)).toEqual(["weld", "wind", null]);
    expect(found.rows[0]?.reduce((sum, piece) => sum + piece.share, 0)).toBeCloseTo(1);
    expect(found.rows[1]).toEqual([{ station: "weld", share: 1, from: 0 }]);
    expect(paces([one("a", {}, 1, [])], 2).rows).toEqual([[]]);
  });

  it("sends what is written and nothing else", () => {
    const empty = { title: "", source: "line:four-stations", text: "", set: "", versus: "", sweep: "", until: "", warmUp: "", replications: "10", confidence: "", seed: "" };
    expect(sent(empty)).toEqual({ line: "four-stations", title: "", set: [], versus: [], sweep: [], until: null, warm_up: null, replications: 10, confidence: null, seed: null });
    expect(sent({ ...empty, source: "run:live-1", versus: " a.count=2 \n\n b.buffer=3 c.count=1\n", seed: "x" })).toMatchObject({ run: "live-1", versus: ["a.count=2", "b.buffer=3 c.count=1"], seed: "x" });
    expect(sent({ ...empty, source: "text:", text: "line: a\n" })).toMatchObject({ text: "line: a\n" });
  });

  it("fills the form with what was asked before", () => {
    const asked = { title: "Why?", line: "", run: "live-2", set: ["a.count=2"], versus: [], sweep: ["b.buffer=1..3"], until: "1 day", warm_up: null, confidence: "99 %", replications: 5, batches: null, seed: null };
    expect(fieldsOf(asked)).toMatchObject({ source: "run:live-2", set: "a.count=2", sweep: "b.buffer=1..3", replications: "5", confidence: "99 %", seed: "" });
  });

  it("says an experiment in one line", () => {
    const row: ExperimentRow = {
      id: "3", title: "", line: "four-stations", run: null, state: "done", command: "", version: "", cases: 2, until_s: 1, replications: 2, variants: ["as written", "wind.count=2"], paths: [], created_us: 0, began_us: 0, ended_us: 0,
      why: null, here: false, share: null, left_s: null, place: null,
      result: { figure: "output", unit: "/min", case: 1, label: "wind.count=2", estimate: estimate(23.98, 0.01, 2), is_clear: true, rivals: [], difference: { ...estimate(1.9, 0.2), verdict: "higher" }, base: 0 },
    };
    expect(resultLine(row)).toBe("wind.count=2: 23.98 ± 0.01 /min (+1.9 /min)");
    expect(resultLine({ ...row, result: row.result && { ...row.result, is_clear: false, rivals: [0] } })).toBe("best 2 not told apart, about 23.98 ± 0.01 /min");
    expect(resultLine({ ...row, cases: 1 })).toBe("23.98 ± 0.01 /min");
    expect(resultLine({ ...row, why: "weld starves.\nMore." })).toBe("weld starves.");
    expect(titleOf(row)).toBe("four-stations: wind.count=2");
    expect(titleOf({ ...row, paths: ["wind.count"] })).toBe("four-stations over wind.count");
    expect(titleOf({ ...row, title: "How many?" })).toBe("How many?");
  });

  it("puts the figures that a planner asks for beside the main one", () => {
    const figures = ["output", "oee", "takt", "wip"].map((name) => ({ name, title: name, unit: "", better: 1, group: name }));
    expect(columns(figures, "oee", 2).map((each) => each.name)).toEqual(["output", "wip"]);
  });
});
