/* Small charts without axes. */
const W = 56;
const H = 24;

/** A line of values; gaps stay gaps. `plan` is a dashed level. */
export function Spark({ values, plan = null }: { values: (number | null)[]; plan?: number | null }) {
  const known = values.filter((each): each is number => each !== null && Number.isFinite(each));
  if (known.length < 2) return <svg width={W} height={H} aria-hidden="true" />;
  const low = Math.min(...known, ...(plan === null ? [] : [plan]));
  const high = Math.max(...known, ...(plan === null ? [] : [plan]));
  const span = high - low || 1;
  const y = (value: number): number => (high === low ? H / 2 : 20.3 - ((value - low) / span) * 16.6);
  const x = (i: number): number => 1 + (i * 52) / (values.length - 1);
  let d = "";
  let isDown = false;
  values.forEach((value, i) => {
    if (value === null || !Number.isFinite(value)) { isDown = false; return; }
    d += (isDown ? "L" : "M") + x(i).toFixed(1) + " " + y(value).toFixed(1);
    isDown = true;
  });
  const lastAt = values.findLastIndex((each) => each !== null && Number.isFinite(each));
  return (
    <svg width={W} height={H} viewBox={`0 0 ${W} ${H}`} aria-hidden="true">
      {plan === null ? null : <path d={`M1 ${y(plan).toFixed(1)}H53`} stroke="var(--line-strong)" strokeDasharray="2 2" />}
      <path d={d} fill="none" stroke="var(--d1)" strokeWidth={1.3} />
      <circle cx={x(lastAt)} cy={y(values[lastAt] ?? 0)} r={2} fill="var(--d1)" />
    </svg>
  );
}

/** Shares as bars, the first one in ink. */
export function Bars({ shares }: { shares: number[] }) {
  return (
    <svg width={W} height={H} viewBox={`0 0 ${W} ${H}`} aria-hidden="true">
      {shares.slice(0, 3).map((share, i) => <g key={i}><rect x="0" y={3 + 7 * i} width={W} height="4" rx="1" fill="var(--run-soft)" /><rect x="0" y={3 + 7 * i} width={W * Math.min(1, Math.max(0, share))} height="4" rx="1" fill={i ? "var(--run)" : "var(--d1)"} /></g>)}
    </svg>
  );
}
