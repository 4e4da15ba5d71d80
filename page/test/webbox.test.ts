import { describe, expect, it } from "vitest";
import { acrossOf, around, boxOf, laneAt, spread } from "../src/trace/webbox";

const stated = [{ lane: 1, lo_mm: 25, hi_mm: 90 }, { lane: 2, lo_mm: 90, hi_mm: 155 }, { lane: 3, lo_mm: 155, hi_mm: 220 }, { lane: 4, lo_mm: 220, hi_mm: 285 }];

describe("the box on a web", () => {
  it("lies across lanes as they were stated, with the edges that are cut off", () => {
    const bands = spread(stated, 4, 700);
    expect([bands.lo, bands.hi, bands.rows.length, bands.isStated]).toEqual([0, 700, 4, true]);
    expect(laneAt(bands, 3)).toMatchObject({ lo: 155, hi: 220 });
    expect(laneAt(bands, 9)).toBeNull();
    expect(laneAt(bands, null)).toEqual({ lo: 0, hi: 700 });
  });

  it("has no millimetres across where nobody stated a width", () => {
    const bands = spread([], 3, null);
    expect([bands.rows.length, bands.isStated]).toEqual([3, false]);
    expect(boxOf([5, 3], [0.2, 0.8], bands)).toEqual({ from: "3.00", to: "5.00", across: null });
  });

  it("is what was dragged, from whichever corner", () => {
    const bands = spread(stated, 4, 700);
    expect(boxOf([1037.4, 1032.1], [340, 320], bands)).toEqual({ from: "1032.10", to: "1037.40", across: "320..340" });
    expect(boxOf([1, 2], [0, 700], bands).across).toBeNull();
    expect(boxOf([1, 1], [10, 10], bands)).toEqual({ from: "1.00", to: "1.01", across: "10..11" });
  });

  it("is shown with one lane on each side", () => {
    const bands = spread(stated, 4, 700);
    expect(around(bands, [100, 110])).toMatchObject({ lo: 25, hi: 220 });
    expect(around(bands, [230, 240]).rows.map((each) => each.lane)).toEqual([3, 4]);
    expect(around(bands, null)).toBe(bands);
    expect(around(bands, [400, 500])).toBe(bands);
  });

  it("is read as it is written", () => {
    expect(acrossOf("320..340mm")).toEqual([320, 340]);
    expect(acrossOf("320 to 340 mm")).toEqual([320, 340]);
    expect(acrossOf("340..320")).toBeNull();
    expect(acrossOf("")).toBeNull();
    expect(acrossOf(null)).toBeNull();
  });
});
