/* Marks with a meaning: states by shape, alarms by shape and digit. Colour only adds. */
import type { Side } from "../states";
import { texts } from "../texts";
import type { AlarmState, Group } from "../types";

/** Patterns that drawings refer to; once a page. */
export function Patterns() {
  return (
    <svg width="0" height="0" style={{ position: "absolute" }} aria-hidden="true"><defs>
      <pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="4" height="4" fill="var(--surface)" /><rect width="1.600" height="4" fill="var(--planned)" /></pattern>
      <pattern id="hatch-wait" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" fill="var(--wait)" /><rect width="1.400" height="5" fill="var(--surface)" fillOpacity=".55" /></pattern>
      <marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto" markerUnits="userSpaceOnUse"><path d="M0 .6L7 4L0 7.400" fill="none" stroke="var(--line-strong)" strokeWidth="1.300" /></marker>
    </defs></svg>
  );
}

/** The shape of a state in a 10 x 10 field. */
export function StateShape({ group, side = null }: { group: Group; side?: Side }) {
  switch (group) {
    case "running": return <circle cx="5" cy="5" r="4" fill="var(--run)" />;
    case "waiting": return <><rect x="1" y="1" width="8" height="8" fill="none" stroke="var(--wait)" strokeWidth="1.6" /><rect x={side === "blocked" ? 5 : 1} y="1" width="4" height="8" fill="var(--wait)" /></>;
    case "fault": return <path d="M5 0l5 5-5 5-5-5z" fill="var(--fault)" />;
    case "planned": return <rect x=".8" y=".8" width="8.400" height="8.400" fill="url(#hatch)" stroke="var(--planned)" strokeWidth="1.200" />;
    default: return <circle cx="5" cy="5" r="4" fill="none" stroke="var(--unknown)" strokeWidth="1.400" strokeDasharray="2 1.600" />;
  }
}

export function StateMark({ group, side = null }: { group: Group; side?: Side }) {
  return <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true"><StateShape group={group} side={side} /></svg>;
}

/** Shape and words of a state. */
export function StateText({ group, side = null, children }: { group: Group; side?: Side; children: React.ReactNode }) {
  return <span className={"st " + group}><StateMark group={group} side={side} />{children}</span>;
}

const SHAPES: Record<number, { d: string; x: number; y: number; size: number }> = {
  1: { d: "M1 1H15V15H1z", x: 8, y: 12, size: 11 },
  2: { d: "M8 .8l7.600 13.900H.4z", x: 8, y: 13, size: 10.5 },
  3: { d: "M8 .4l7.600 7.600L8 15.600.4 8z", x: 8, y: 11.8, size: 11 },
  4: { d: "M.8 8a7.200 7.200 0 1 0 14.400 0a7.200 7.200 0 1 0 -14.400 0", x: 8, y: 11.9, size: 11 },
};

/** An alarm's shape in a 16 x 16 field: full when active, outline when it has returned by itself; a new critical one flashes by its outline. */
export function AlarmShape({ priority, state = "new" }: { priority: number; state?: AlarmState }) {
  const p = Math.min(4, Math.max(1, Math.round(priority)));
  const shape = SHAPES[p] ?? SHAPES[4];
  if (!shape) return null;
  const isOutline = state === "returned" || state === "gone";
  const edge = p === 2 || p === 3 ? `var(--p${p}-edge)` : `var(--p${p})`;
  return (
    <>
      {p === 1 && state === "new" ? <path d="M-1.500 -1.500H17.500V17.500H-1.500z" fill="none" stroke="var(--p1)" strokeWidth="1.500" className="flash" /> : null}
      <path d={shape.d} fill={isOutline ? "none" : `var(--p${p})`} stroke={edge} strokeWidth={isOutline ? 1.5 : 1} strokeLinejoin="round" />
      <text x={shape.x} y={shape.y} textAnchor="middle" style={{ fontSize: shape.size, fontWeight: 700, fill: isOutline ? edge : `var(--p${p}-on)` }}>{p}</text>
    </>
  );
}

export function AlarmBadge({ priority, state = "new" }: { priority: number; state?: AlarmState }) {
  return (
    <svg className="badge" width="16" height="16" viewBox="0 0 16 16" role="img" aria-label={texts.alarms.priorityOf(priority)}>
      <AlarmShape priority={priority} state={state} />
    </svg>
  );
}
