import { describe, expect, it } from "vitest";
import { ticks } from "../src/charts/axis";
import { TrendBuffer } from "../src/charts/buffer";
import { fine, hours, phases, valueAt } from "../src/charts/curve";
import { levels, scaleOf } from "../src/charts/plot";

const look = { window: null, setPoint: null, low: null, high: null, decimals: null };

describe("trend buffer", () => {
  it("keeps least and greatest of each pixel", () => {
    const buffer = new TrendBuffer(1, 10);
    buffer.append([0.1, 0.2, 0.3, 0.4, 1.1], [5, 9, 1, 4, 6]);
    expect(buffer.low).toEqual([1, 6]);
    expect(buffer.high).toEqual([9, 6]);
    expect(buffer.mean[0]).toBeCloseTo(4.75);
    expect(buffer.last).toBe(6);
  });

  it("has no jump and no doubled point where history meets the stream", () => {
    const buffer = new TrendBuffer(1, 10);
    buffer.history([0, 1, 2], [1, 1, 1], [2, 2, 2]);
    buffer.append([1.5, 2, 2.9, 3.2], [99, 99, 1.5, 1.6]);
    expect([...buffer.low, ...buffer.high]).not.toContain(99);
    expect([...buffer.t]).toEqual([...buffer.t].sort((a, b) => a - b));
    expect(buffer.last).toBe(1.6);
  });

  it("leaves gaps as gaps", () => {
    const buffer = new TrendBuffer(1, 3);
    buffer.history([0, 1, 2, 3, 4, 5], [1, NaN, NaN, NaN, NaN, 2], [1, NaN, NaN, NaN, NaN, 2]);
    expect(buffer.mean).toEqual([1, null, 2]);
    buffer.append([20], [5]);
    expect(buffer.mean).toEqual([1, null, 2, null, 5]);
  });

  it("are not made by pixels that are narrower than the period of the samples", () => {
    const buffer = new TrendBuffer(1, 6);
    buffer.history([0, 0.4, 0.8, 1.2, 1.6, 2], [1, NaN, NaN, 2, NaN, 3], [1, NaN, NaN, 2, NaN, 3]);
    expect(buffer.mean).toEqual([1, 2, 3]);
  });

  it("are measured by the range in view: a wider one has wider pixels", () => {
    const buffer = new TrendBuffer(2.5, 10);
    buffer.append([0, 2.5, 5], [1, 2, 3]);
    buffer.pace(123, 492);
    buffer.history([0, 123, 246, 369], [1, 2, 3, 4], [1, 2, 3, 4]);
    expect(buffer.mean).toEqual([1, 2, 3, 4]);
  });

  it("keeps what it had when a cut is filled by history", () => {
    const buffer = new TrendBuffer(1, 3);
    buffer.append([1, 2, 3], [10, 11, 12]);
    buffer.fill([2, 3, 4, 5], [99, 99, 13, 14], [99, 99, 13, 14]);
    buffer.append([5, 6], [99, 15]);
    expect(buffer.t).toEqual([1, 2, 3, 4, 5, 6]);
    expect(buffer.mean).toEqual([10, 11, 12, 13, 14, 15]);
  });

  it("stays bounded by the picture, not by the rate", () => {
    const buffer = new TrendBuffer(0.5, 5);
    for (let i = 0; i < 100_000; i += 1) {
      buffer.append([i / 100], [Math.sin(i)]);
      if (i % 1000 === 0) buffer.forget(i / 100 - 60);
    }
    expect(buffer.t.length).toBeLessThan(4500);
  });
});

describe("scales", () => {
  it("follow the window, not the extremes", () => {
    const [low, high] = scaleOf({ ...look, window: { lower: 1.8, target: 2, upper: 2.2 } }, -50, 900);
    expect(low).toBeCloseTo(1.56);
    expect(high).toBeCloseTo(2.44);
  });

  it("never have the width of nothing", () => {
    const [low, high] = scaleOf(look, 5, 5);
    expect(high).toBeGreaterThan(low);
  });

  it("have round levels inside", () => {
    expect(levels(0.37, 0.83, 5)).toEqual([0.4, 0.5, 0.6000000000000001, 0.7000000000000001, 0.8].map((each) => expect.closeTo(each, 9)));
    expect(levels(-1, 1, 2)).toContain(0);
  });
});

describe("time axis", () => {
  it("has round times, far enough from each other", () => {
    const all = ticks(1_700_000_003, 1_700_001_803, 700, "UTC");
    expect(all.map((each) => each.text)).toEqual(["22:15", "22:20", "22:25", "22:30", "22:35", "22:40"]);
    for (let i = 1; i < all.length; i += 1) expect((((all[i]?.at ?? 0) - (all[i - 1]?.at ?? 0)) / 1800) * 700).toBeGreaterThanOrEqual(84);
  });
});

describe("curve of few points", () => {
  const t = [0, 100, 100, 200, 400];
  const amperes = [0.5, 0.5, 0, 0, -1];

  it("is straight between its points and has what is behind a step", () => {
    expect(valueAt(t, amperes, 50)).toBe(0.5);
    expect(valueAt(t, amperes, 100)).toBe(0);
    expect(valueAt(t, amperes, 300)).toBeCloseTo(-0.5);
    expect(valueAt(t, amperes, 400)).toBe(-1);
    expect(valueAt(t, amperes, 401)).toBeNull();
    expect(valueAt([], [], 0)).toBeNull();
  });

  it("keeps its own points, its steps and its values where more points are put between", () => {
    const dense = fine(t, [amperes], 40);
    expect(dense.t.length).toBeGreaterThan(40);
    expect(dense.t).toEqual([...dense.t].sort((a, b) => a - b));
    expect(dense.t.filter((each) => each === 100).length).toBe(2);
    dense.t.forEach((at, i) => {
      if (at !== 100) expect(dense.lines[0]?.[i]).toBeCloseTo(valueAt(t, amperes, at) ?? NaN);
    });
    expect(dense.lines[0]?.at(-1)).toBe(-1);
  });

  it("is charge, rest and discharge by the sign of its current", () => {
    expect(phases([0, 100, 110, 110, 150, 150, 300, 300, 400], [1, 1, 0.2, 0, 0, -1, -1, 0, 0])).toEqual([
      { sign: 1, from: 0, to: 110 }, { sign: 0, from: 110, to: 150 }, { sign: -1, from: 150, to: 300 }, { sign: 0, from: 300, to: 400 },
    ]);
  });

  it("has hours below it, from its begin", () => {
    expect(hours(86_400, 700).map((each) => each.text)).toEqual(["0", "2", "4", "6", "8", "10", "12", "14", "16", "18", "20", "22", "24"].map((each) => each + "\u202fh"));
    expect(hours(1800, 400).map((each) => each.at)).toEqual([0, 360, 720, 1080, 1440, 1800]);
  });
});
