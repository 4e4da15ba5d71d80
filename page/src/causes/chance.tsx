/* A chance as it is read: 0.005, then powers of ten. */
import type { ReactNode } from "react";

/** Digit and power of ten of a chance; the power is 0 where it is written out. */
export function parts(log10: number): { digit: number; power: number } {
  if (log10 > -4) return { digit: Number((10 ** log10).toPrecision(1)), power: 0 };
  const power = Math.floor(log10);
  const digit = Math.round(10 ** (log10 - power));
  return digit > 9 ? { digit: 1, power: power + 1 } : { digit, power };
}

export function Chance({ log10 }: { log10: number }): ReactNode {
  const { digit, power } = parts(log10);
  return power ? <span className="chance">{digit}{"\u202f\u00b7\u202f"}10<sup>{"\u2212"}{-power}</sup></span> : <span className="chance">{digit}</span>;
}
