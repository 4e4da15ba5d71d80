/* Arithmetic of the box on a web: lanes across it, and what a drag means. Pure, so that it is tested without a browser. */
import type { LaneMm } from "../types";

export interface Box { from: number; to: number; across: [number, number] | null; side: string | null; guard: number }
export interface LaneBand { lo: number; hi: number; rows: { lane: number; lo: number; hi: number }[]; isStated: boolean }

/** Lanes across a web: where they are stated, else side by side over its width (or 1 mm each where no width is told). */
export function spread(stated: LaneMm[], lanes: number | { lane: number }[] | null, width: number | null): LaneBand {
  if (stated.length) {
    const rows = stated.map((each) => ({ lane: each.lane, lo: each.lo_mm, hi: each.hi_mm }));
    return { lo: Math.min(0, ...rows.map((each) => each.lo)), hi: Math.max(width ?? 0, ...rows.map((each) => each.hi)), rows, isStated: true };
  }
  const n = typeof lanes === "number" && lanes > 0 ? lanes : 1;
  const each = (width ?? n) / n;
  return { lo: 0, hi: width ?? n, rows: Array.from({ length: n }, (_, k) => ({ lane: k + 1, lo: k * each, hi: (k + 1) * each })), isStated: width !== null };
}

/** The lanes around a stretch across, with one neighbour on each side; all of them where nothing is asked across. */
export function around(bands: LaneBand, across: [number, number] | null): LaneBand {
  if (!across) return bands;
  const hit = bands.rows.map((each, i) => (each.hi > across[0] && each.lo < across[1] ? i : -1)).filter((i) => i >= 0);
  const [first, last] = [hit[0], hit.at(-1)];
  if (first === undefined || last === undefined) return bands;
  const rows = bands.rows.slice(Math.max(0, first - 1), last + 2);
  return { ...bands, lo: rows[0]?.lo ?? bands.lo, hi: rows.at(-1)?.hi ?? bands.hi, rows };
}

/** Where a lane lies; the whole width for what has none. */
export function laneAt(bands: LaneBand, lane: number | null): { lo: number; hi: number } | null {
  if (lane === null) return { lo: bands.lo, hi: bands.hi };
  return bands.rows.find((each) => each.lane === lane) ?? null;
}

/** What a drag from one corner to the other asks for, as it stands in the address; across only where millimetres mean something. */
export function boxOf(m: [number, number], mm: [number, number], bands: LaneBand, all: LaneBand = bands): { from: string; to: string; across: string | null } {
  const [from, to] = m[0] < m[1] ? m : [m[1], m[0]];
  const [lo, hi] = mm[0] < mm[1] ? mm : [mm[1], mm[0]];
  const isWhole = lo <= all.lo + 0.5 && hi >= all.hi - 0.5;
  return { from: from.toFixed(2), to: Math.max(to, from + 0.01).toFixed(2), across: isWhole || !bands.isStated ? null : `${Math.round(lo)}..${Math.max(Math.round(hi), Math.round(lo) + 1)}` };
}

/** `320..340mm` as two numbers; null where it is none. */
export function acrossOf(text: string | null): [number, number] | null {
  const found = /^\s*([\d.]+)\s*(?:mm)?\s*(?:\.\.|-|to)\s*([\d.]+)\s*(?:mm)?\s*$/.exec(text ?? "");
  if (!found) return null;
  const [lo, hi] = [Number(found[1]), Number(found[2])];
  return Number.isFinite(lo) && lo < hi ? [lo, hi] : null;
}
