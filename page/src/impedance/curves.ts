/* Bands, medians and scales of many spectra: pure functions, tested by themselves. */

export type Row = (number | null)[];

/** The value below which a share of the known values lies, between two of them in a straight line; null of none. */
export function quantile(values: Row, share: number): number | null {
  const known = values.filter((each): each is number => each !== null && Number.isFinite(each)).sort((a, b) => a - b);
  if (!known.length) return null;
  const at = share * (known.length - 1);
  const low = known[Math.floor(at)] ?? 0;
  const high = known[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}

/** A quantile of each column of the chosen rows. */
export function across(rows: Row[], chosen: number[], share: number): Row {
  const width = rows[0]?.length ?? 0;
  return Array.from({ length: width }, (_, k) => quantile(chosen.map((n) => rows[n]?.[k] ?? null), share));
}

/** Modulus and phase (degrees, a capacitance above 0) of one spectrum. */
export function bode(re: Row, im: Row): { modulus: Row; phase: Row } {
  const modulus = re.map((x, k) => { const y = im[k]; return x === null || y === null || y === undefined ? null : Math.hypot(x, y); });
  const phase = re.map((x, k) => { const y = im[k]; return x === null || y === null || y === undefined ? null : (-Math.atan2(y, x) * 180) / Math.PI; });
  return { modulus, phase };
}

export interface Plane { left: number; right: number; bottom: number; top: number; x: (value: number) => number; y: (value: number) => number; step: number }

/** Equal scales on both axes: the box that holds all points, widened to the shape of the drawing. */
export function plane(xs: number[], ys: number[], width: number, height: number, frame: { left: number; right: number; top: number; bottom: number }): Plane {
  const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(0, ...ys), Math.max(...ys)];
  const w = width - frame.left - frame.right;
  const h = height - frame.top - frame.bottom;
  const unit = Math.max((x1 - x0) / w, (y1 - y0) / h, 1e-12) * 1.06;
  const middle = (x0 + x1) / 2;
  const left = middle - (unit * w) / 2;
  const bottom = y0 - 0.03 * (y1 - y0);
  return {
    left, right: left + unit * w, bottom, top: bottom + unit * h, x: (value) => frame.left + (value - left) / unit, y: (value) => height - frame.bottom - (value - bottom) / unit, step: unit,
  };
}

/** Places of log scale between two ends: decades, from `low` to `high`. */
export function decades(low: number, high: number): number[] {
  const found = [];
  for (let n = Math.ceil(Math.log10(low) - 1e-9); n <= Math.log10(high) + 1e-9; n += 1) found.push(10 ** n);
  return found;
}

/** A path through points; a missing one breaks it. */
export function pathOf(xs: Row, ys: Row, x: (value: number) => number, y: (value: number) => number): string {
  let text = "";
  let isOpen = false;
  xs.forEach((a, k) => {
    const b = ys[k];
    if (a === null || b === null || b === undefined) { isOpen = false; return; }
    text += `${isOpen ? "L" : "M"}${x(a).toFixed(1)} ${y(b).toFixed(1)}`;
    isOpen = true;
  });
  return text;
}

/** The area between two curves over the same places; places where one is missing are left out. */
export function bandOf(xs: Row, low: Row, high: Row, x: (value: number) => number, y: (value: number) => number): string {
  const known = xs.flatMap((a, k) => { const [b, c] = [low[k], high[k]]; return a === null || b === null || b === undefined || c === null || c === undefined ? [] : [[a, b, c] as const]; });
  if (known.length < 2) return "";
  const there = known.map(([a, b]) => `${x(a).toFixed(1)} ${y(b).toFixed(1)}`);
  const back = known.reverse().map(([a, , c]) => `${x(a).toFixed(1)} ${y(c).toFixed(1)}`);
  return `M${there.join("L")}L${back.join("L")}Z`;
}

/** Names at the ends of a drawing, apart from each other: each goes down until it is free. */
export function apart(wanted: { x: number; y: number }[], height: number, width: number): { x: number; y: number }[] {
  const placed: { x: number; y: number }[] = [];
  for (const each of wanted) {
    let y = each.y;
    while (placed.some((other) => Math.abs(other.y - y) < height && Math.abs(other.x - each.x) < width)) y += height;
    placed.push({ x: each.x, y });
  }
  return placed;
}
