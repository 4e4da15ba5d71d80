import { describe, expect, it } from "vitest";
import { across, apart, bandOf, bode, decades, pathOf, plane, quantile } from "../src/impedance/curves";
import { hertz, isFar, picked } from "../src/impedance/drawings";
import type { Group, Quantity } from "../src/impedance/types";

describe("curves of many spectra", () => {
  it("takes quantiles of what is known, between two values in a straight line", () => {
    expect(quantile([4, null, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([1, 2, 3, 4, 5], 0.975)).toBeCloseTo(4.9, 9);
    expect(quantile([null], 0.5)).toBeNull();
    expect(across([[1, 10], [2, null], [9, 30]], [0, 1, 2], 0.5)).toEqual([2, 20]);
    expect(across([[1, 10], [2, null], [9, 30]], [2], 0.5)).toEqual([9, 30]);
  });

  it("gives modulus and phase, a capacitance above 0", () => {
    const { modulus, phase } = bode([3, null], [-4, 1]);
    expect(modulus).toEqual([5, null]);
    expect(phase[0]).toBeCloseTo(53.13, 2);
  });

  it("has equal scales on both axes and holds all points", () => {
    const p = plane([50, 300], [0, 60], 786, 372, { left: 52, right: 16, top: 22, bottom: 42 });
    expect(p.x(101) - p.x(100)).toBeCloseTo(p.y(100) - p.y(101), 9);
    expect(p.x(50)).toBeGreaterThan(52);
    expect(p.x(300)).toBeLessThan(770);
    expect(p.y(60)).toBeGreaterThan(22);
    expect(p.y(0)).toBeLessThan(330);
  });

  it("breaks a path at a missing point, and leaves it out of a band", () => {
    const same = (value: number): number => value;
    expect(pathOf([1, 2, 3, 4], [1, null, 3, 4], same, same)).toBe("M1.0 1.0M3.0 3.0L4.0 4.0");
    expect(bandOf([1, 2, 3], [0, null, 0], [1, 1, 1], same, same)).toBe("M1.0 0.0L3.0 0.0L3.0 1.0L1.0 1.0Z");
    expect(bandOf([1], [0], [1], same, same)).toBe("");
  });

  it("finds decades, and keeps names apart", () => {
    expect(decades(0.1, 1000)).toEqual([0.1, 1, 10, 100, 1000]);
    expect(apart([{ x: 5, y: 10 }, { x: 6, y: 12 }, { x: 500, y: 11 }], 14, 90)).toEqual([{ x: 5, y: 10 }, { x: 6, y: 26 }, { x: 500, y: 11 }]);
  });

  it("writes frequencies as they are said", () => {
    expect([0.1, 0.0316, 1, 10.3, 101, 1000, 9900, 100000].map((each) => hertz(each).replace("\u202f", " "))).toEqual(["0.1 Hz", "32 mHz", "1 Hz", "10 Hz", "101 Hz", "1 kHz", "9.9 kHz", "100 kHz"]);
  });

  it("tells which cells are far, by limits and by neighbours", () => {
    const q: Quantity = { name: "hfr", about: "", unit: "mΩ", values: [1, 3, 0.1, null, 1], low: 0.5, high: 2, spread: 6, deviation: [0, 1, 0, 9, -7] };
    expect([0, 1, 2, 3, 4].map((n) => isFar(q, n))).toEqual([false, true, true, false, true]);
  });

  it("splits good ones from those that fail, whose channel may be missing", () => {
    const group = { names: ["1", "2", "4"], verdict: { is_pass: false, reasons: [], cells: 4, failed: [{ name: "2", cell: 1, looks_like: "dry", reasons: [] }, { name: "3", cell: 2, looks_like: "", reasons: ["missing"] }] } } as unknown as Group;
    const pick = picked(group, "4");
    expect([pick.good, pick.bad, pick.chosen, [...pick.looks]]).toEqual([[0, 2], [1], 2, [[1, "dry"]]]);
    expect(picked(group, "9").chosen).toBeNull();
  });
});
