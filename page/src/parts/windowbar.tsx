/* A value against its window: limits in ochre, 5 to 95 % in grey, the last one as a diamond; off the scale it sticks to the edge. */
interface Props { lower: number | null; upper: number | null; p5?: number | null; p95?: number | null; value: number | null; label: string }

const W = 118;
const H = 16;
const A = 20;
const B = 98;

export function isOutside(value: number | null, lower: number | null, upper: number | null): boolean {
  return value !== null && ((lower !== null && value < lower) || (upper !== null && value > upper));
}

/** Positions on the bar; a side without a limit takes its room from the values. */
export function scaleFor(lower: number | null, upper: number | null, seen: number[]): (value: number) => number {
  let lo = lower;
  let hi = upper;
  if (lo === null && hi === null) {
    lo = Math.min(...seen);
    hi = Math.max(...seen);
  } else if (lo === null && hi !== null) lo = Math.min(0 <= hi ? 0 : hi * 2, ...seen);
  else if (hi === null && lo !== null) hi = Math.max(lo + Math.abs(lo) * 0.05, ...seen.map((each) => each + (each - (lo ?? 0)) * 0.3));
  const a = lo ?? 0;
  const span = (hi ?? 1) - a || 1;
  return (value) => Math.min(W - 6, Math.max(6, A + ((value - a) / span) * (B - A)));
}

export function WindowBar({ lower, upper, p5 = null, p95 = null, value, label }: Props) {
  const seen = [p5, p95, value].filter((each): each is number => each !== null);
  if (!seen.length) return <svg width={W} height={H} role="img" aria-label={label} />;
  const x = scaleFor(lower, upper, seen);
  const isBad = isOutside(value, lower, upper);
  return (
    <svg width={W} height={H} viewBox={`0 0 ${W} ${H}`} role="img" aria-label={label}>
      <rect x={A} y={4} width={B - A} height={8} fill="var(--run-soft)" />
      {p5 !== null && p95 !== null ? <rect x={x(p5)} y={6} width={Math.max(1, x(p95) - x(p5))} height={4} rx={1} fill="var(--run)" /> : null}
      {lower !== null ? <path d={`M${A} 1.500V14.500`} stroke="var(--limit)" strokeWidth={1.4} /> : null}
      {upper !== null ? <path d={`M${B} 1.500V14.500`} stroke="var(--limit)" strokeWidth={1.4} /> : null}
      {value !== null ? <path d={`M${x(value)} 4.200l3.800 3.800-3.800 3.800-3.800-3.800z`} fill={isBad ? "var(--fault)" : "var(--d1)"} stroke="var(--surface)" strokeWidth={0.8} /> : null}
    </svg>
  );
}
