/* One time axis for all rows of a picture: ticks at round times of the line's zone. */
import { clock, minute, moment } from "../format";

const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

export interface Tick { at: number; text: string }

/** Ticks between two times (seconds), at least `apart` px from each other. */
export function ticks(from: number, to: number, px: number, zone: string, apart = 84): Tick[] {
  const least = ((to - from) * apart) / Math.max(1, px);
  const step = STEPS_S.find((each) => each >= least) ?? Math.ceil(least / 86_400) * 86_400;
  const out: Tick[] = [];
  const write = step < 60 ? clock : step >= 86_400 ? (us: number, z: string) => moment(us, z, us) : minute;
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) out.push({ at, text: write(at * 1e6, zone) });
  return out;
}
