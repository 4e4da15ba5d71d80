import { expect, test } from "vitest";
import { parts } from "../src/causes/chance";

test("a chance is written out, or as a digit and a power of ten", () => {
  expect(parts(0)).toEqual({ digit: 1, power: 0 });
  expect(parts(-2.3)).toEqual({ digit: 0.005, power: 0 });
  expect(parts(-54.2)).toEqual({ digit: 6, power: -55 });
  expect(parts(-10.001)).toEqual({ digit: 1, power: -10 });
});
