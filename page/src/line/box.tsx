/* One station in the drawing: name, state by shape, colour and words, its machines, flow, one number of the process, the highest alarm. */
import { count, number, percent, quantity } from "../format";
import { AlarmShape, StateShape } from "../parts/marks";
import { groupOf, sideOf, stationGroup, tally, type Side } from "../states";
import { texts } from "../texts";
import type { Alarm, Group, MachineNow, Station, StationNow } from "../types";
import { fit, textWidth } from "./fit";
import type { Box, Density } from "./layout";

const MARKS_MOST = 20;
const FEW = 0.04; // below this share of its machines a fault is named, but the box stays calm

interface Rows { name: number; state: number; marks: number; value: number; key: number; size: "t18" | "t16" }
const ROWS: Record<Density | "small", Rows> = {
  full: { name: 19, state: 37, marks: 47, value: 79, key: 95, size: "t18" },
  dense: { name: 16, state: 32, marks: 39, value: 63, key: 77, size: "t16" },
  compact: { name: 16, state: 32, marks: -1, value: 49, key: -1, size: "t16" },
  small: { name: 16, state: 34, marks: -1, value: 34, key: -1, size: "t16" },
};

const CLASS: Record<Group, string> = { running: "t2", waiting: "tw m", fault: "tf b", planned: "tp", "no-data": "" };
const EDGE: Record<Group, { stroke: string; width: number; opacity: number; dash?: string }> = {
  running: { stroke: "var(--line-strong)", width: 1, opacity: 0.55 },
  planned: { stroke: "var(--line-strong)", width: 1, opacity: 0.55 },
  waiting: { stroke: "var(--wait)", width: 1.4, opacity: 1 },
  fault: { stroke: "var(--fault)", width: 2, opacity: 1 },
  "no-data": { stroke: "var(--unknown)", width: 1.2, opacity: 1, dash: "3 2.5" },
};

/** State of the station in words, with which way it waits. */
export function stationState(station: Station, now: StationNow | undefined, short = false): { group: Group; side: Side; text: string; edge: Group } {
  const group = stationGroup(now);
  const total = now ? Object.values(now.states).reduce((sum, n) => sum + n, 0) : 0;
  if (!now || !now.worst || group === "running") return { group, side: null, text: group === "no-data" ? texts.groups["no-data"] : texts.state.word(Object.keys(now?.states ?? {})[0] ?? "Execute"), edge: group };
  const worst = now.worst;
  const some = total || station.count;
  // A machine that is off by plan needs nobody: the station runs as long as one does. Its mark is hatched.
  if (group === "planned" && worst.count < some && tally(now).running > 0) return { group: "running", side: null, text: texts.state.word("Execute"), edge: "running" };
  let reason = worst.reason;
  if (group === "waiting" && !reason && now.waiting) reason = now.waiting.blocked > now.waiting.starved ? "blocked" : "starved";
  const all = total || station.count;
  return { group, side: sideOf(reason), text: texts.state.station(worst.state, reason, worst.count, all, short), edge: (group === "waiting" && worst.count < all) || worst.count < all * FEW ? "running" : group };
}

/** The number and the line under it: flow for machines, content for stores and rooms with carriers. */
export function stationNumbers(station: Station, now: StationNow | undefined, word: string, narrow = false): { value: string; unit: string; line: string; level: number | null } {
  const per = station.products_per_item ?? 1;
  const key = now?.key;
  const keyText = key && key.value !== null ? quantity(key.value, key.unit, key.decimals) : "";
  if (station.kind === "store" || (station.carrier && station.count > MARKS_MOST)) {
    const room = station.kind === "store" ? (now?.places ?? station.places) : station.count;
    const inside = now?.inside ?? null;
    const level = room && inside !== null ? Math.min(1, inside / room) : null;
    if (inside === null) return { value: texts.noValue, unit: "", line: "", level };
    return { value: count(inside * per), unit: "", line: station.kind === "store" ? (level === null ? [word, keyText].filter(Boolean).join(", ") : narrow ? texts.line.full(level) : word + ", " + texts.line.full(level)) : texts.line.ofPlaces(count((room ?? 0) * per), texts.line.channels), level };
  }
  const flow = now?.flow_per_min ?? null;
  const busy = now ? tally(now).running : 0;
  const line = keyText || (station.kind === "oven" ? texts.line.ovens(busy, station.count) : "");
  return { value: flow === null ? texts.noValue : number(flow, flow < 9.95 ? 1 : 0), unit: flow === null ? "" : texts.line.ppm, line, level: null };
}

function Machines({ machines, x, y, w }: { machines: MachineNow[]; x: number; y: number; w: number }) {
  const step = Math.min(14.6, (w + 1.6) / machines.length);
  const width = step - 1.6;
  return (
    <>{machines.map((machine, i) => {
      const group = groupOf(machine.state, machine.reason);
      const left = x + i * step;
      switch (group) {
        case "running": return <rect key={i} x={left} y={y} width={width} height={8} rx={1} fill="var(--run)" />;
        case "waiting": return <g key={i}><rect x={left + 0.7} y={y + 0.7} width={Math.max(1, width - 1.4)} height={6.6} rx={1} fill="var(--surface)" stroke="var(--wait)" strokeWidth={1.4} /><rect x={sideOf(machine.reason) === "blocked" ? left + width / 2 : left} y={y} width={width / 2} height={8} rx={1} fill="var(--wait)" /></g>;
        case "fault": return <g key={i}><rect x={left} y={y} width={width} height={8} rx={1} fill="var(--fault)" />{width > 6 ? <path d={`M${left + width / 2 - 2} ${y + 2}l4 4m0 -4l-4 4`} stroke="var(--p1-on)" strokeWidth={1.2} fill="none" /> : null}</g>;
        case "planned": return <rect key={i} x={left + 0.5} y={y + 0.5} width={Math.max(1, width - 1)} height={7} rx={1} fill="url(#hatch)" stroke="var(--planned)" strokeWidth={1} />;
        default: return <rect key={i} x={left + 0.6} y={y + 0.6} width={Math.max(1, width - 1.2)} height={6.8} rx={1} fill="none" stroke="var(--unknown)" strokeWidth={1.2} strokeDasharray="2 1.600" />;
      }
    })}</>
  );
}

const FILLS: Record<Group, string> = { fault: "var(--fault)", "no-data": "var(--inset)", waiting: "url(#hatch-wait)", planned: "url(#hatch)", running: "var(--run)" };

/** More machines than marks: a bar by state, the worst first. */
function StateBar({ now, x, y, w }: { now: StationNow; x: number; y: number; w: number }) {
  const sum = tally(now);
  const total = Object.values(sum).reduce((a, b) => a + b, 0);
  if (!total) return null;
  let at = x;
  return (
    <>{(Object.keys(FILLS) as Group[]).map((group) => {
      if (!sum[group]) return null;
      // One fault in two thousand must still be seen.
      const width = group === "running" ? x + w - at : Math.max(group === "fault" ? 4 : 1.5, (w * sum[group]) / total);
      const left = at;
      at += width;
      return <rect key={group} x={left} y={y} width={Math.max(0, Math.min(width, x + w - left))} height={8} rx={1} fill={FILLS[group]} stroke={group === "no-data" ? "var(--unknown)" : "none"} />;
    })}</>
  );
}

function Level({ x, y, w, share }: { x: number; y: number; w: number; share: number | null }) {
  return <><rect x={x} y={y} width={w} height={5} rx={1} fill="var(--run-soft)" /><rect x={x} y={y} width={w * (share ?? 0)} height={5} rx={1} fill="var(--run)" /></>;
}

/** A grid of numbered machines with what is left on each: for the station where branches join. */
function Grid({ machines, x, y, w, h }: { machines: MachineNow[]; x: number; y: number; w: number; h: number }) {
  const rows = Math.ceil(machines.length / 2);
  const pitch = Math.min(17.6, h / rows);
  const cell = (w - 4) / 2;
  return (
    <>{machines.map((machine, i) => {
      const left = x + (i >= rows ? cell + 4 : 0);
      const top = y + (i % rows) * pitch;
      const height = pitch - 2.4;
      const group = groupOf(machine.state, machine.reason);
      const base = top + height / 2 + 3.9;
      const label = <text x={left + 5} y={base} className={group === "fault" ? "b" : group === "waiting" ? "tw m" : "t2"} style={group === "fault" ? { fill: "var(--p1-on)" } : undefined}>{i + 1}</text>;
      if (group === "running" || group === "planned") {
        const bar = left + 21;
        const wide = cell - 26;
        return (
          <g key={i}>
            <rect x={left} y={top} width={cell} height={height} rx={2} fill="var(--run-soft)" />{label}
            {group === "planned" ? <rect x={bar} y={top + height / 2 - 3} width={wide} height={6} rx={1} fill="url(#hatch)" stroke="var(--planned)" strokeWidth={0.8} /> : <><rect x={bar} y={top + height / 2 - 2} width={wide} height={4} rx={1} fill="var(--surface)" /><rect x={bar} y={top + height / 2 - 2} width={wide * (machine.left ?? 0)} height={4} rx={1} fill="var(--run)" /></>}
          </g>
        );
      }
      const word = group === "fault" ? texts.line.held : group === "waiting" ? (machine.reason === "coil-change" ? texts.line.coil : texts.line.wait) : "";
      return (
        <g key={i}>
          {group === "fault" ? <rect x={left} y={top} width={cell} height={height} rx={2} fill="var(--fault)" />
            : group === "waiting" ? <rect x={left + 0.7} y={top + 0.7} width={cell - 1.4} height={height - 1.4} rx={2} fill="var(--wait-soft)" stroke="var(--wait)" strokeWidth={1.4} />
            : <rect x={left + 0.7} y={top + 0.7} width={cell - 1.4} height={height - 1.4} rx={2} fill="none" stroke="var(--unknown)" strokeDasharray="2 1.600" />}
          {label}
          {cell > 42 ? <text x={left + cell - 4} y={base} className={"end " + (group === "waiting" ? "tw" : "b")} style={group === "fault" ? { fill: "var(--p1-on)" } : undefined}>{word}</text> : null}
        </g>
      );
    })}</>
  );
}

export interface BoxProps { box: Box; density: Density; station: Station; now: StationNow | undefined; alarm: Alarm | undefined; word: string; href: string }

export function StationBox({ box, density, station, now, alarm, word, href }: BoxProps) {
  const rows = ROWS[box.shape === "small" ? "small" : density];
  const state = stationState(station, now, box.w < 108);
  const numbers = stationNumbers(station, now, word, box.w < 118);
  const edge = EDGE[state.edge];
  const pad = box.w < 112 ? 9 : 10;
  const { x, y, w, h } = box;
  const inner = w - 2 * pad;
  const isTall = box.shape === "tall" && now?.machines && now.machines.length > 1;
  const bottom = isTall ? h - (density === "compact" ? 4 : 8) : 0;
  const valueY = isTall ? y + bottom - 16 : y + rows.value;
  const keyY = isTall ? y + bottom : y + rows.key;
  const rated = isTall && station.rated_per_min ? texts.line.ofRated(station.rated_per_min * (station.products_per_item ?? 1)) : numbers.line;
  const isSmall = box.shape === "small";
  const room = inner - (alarm ? 13 : 0);
  // A long name becomes smaller, down to the least size, before it is cut.
  const [nameSize, nameClass] = [[13, "t13"], [11.4, "t12"], [10.6, ""]].find(([size]) => textWidth(box.title, size as number, true) <= room) ?? [10.6, ""];
  return (
    <a href={href} className="station" data-item="" data-station={station.path} data-state={state.group}>
      <rect x={x + edge.width / 2} y={y + edge.width / 2} width={w - edge.width} height={h - edge.width} rx={4} fill="var(--raised)" stroke={edge.stroke} strokeWidth={edge.width} strokeOpacity={edge.opacity} strokeDasharray={edge.dash} className="edge" />
      <text x={x + pad} y={y + rows.name} className={"t1 b " + nameClass}>{fit(box.title, nameSize as number, room, true)}</text>
      {alarm ? <g transform={`translate(${x + w - 20} ${y + 5}) scale(.9)`}><AlarmShape priority={alarm.priority} state={alarm.state} /></g> : null}
      <g transform={`translate(${x + pad} ${y + rows.state - 9})`}><StateShape group={state.group} side={state.side} /></g>
      <text x={x + pad + 15} y={y + rows.state} className={"t12 " + CLASS[state.group]}>{fit(state.text, 12, isSmall ? inner - 66 : inner - 15)}</text>
      {isTall && now.machines ? <g aria-hidden="true"><Grid machines={now.machines} x={x + pad} y={y + rows.state + 10} w={inner} h={bottom - 34 - rows.state - 10 - (now.machines.some((each) => each.left !== null) ? 14 : 0)} /></g> : null}
      {isTall && now.machines?.some((each) => each.left !== null) && density !== "compact" ? <text x={x + pad} y={valueY - 20} aria-hidden="true">{texts.line.coilLeft}</text> : null}
      {!isTall && rows.marks > 0 ? (
        numbers.level !== null && station.kind === "store" ? <Level x={x + pad} y={y + rows.marks + 1} w={inner} share={numbers.level} />
          : now?.machines && now.machines.length <= MARKS_MOST && station.kind !== "store" ? <Machines machines={now.machines} x={x + pad} y={y + rows.marks} w={inner} />
          : now && station.kind !== "store" ? <StateBar now={now} x={x + pad} y={y + rows.marks} w={inner} /> : null
      ) : null}
      {isSmall
        ? <text x={x + w - pad} y={y + rows.value} className="end"><tspan className="t1 t13 b">{numbers.value}</tspan>{numbers.unit ? <tspan dx="3">{numbers.unit}</tspan> : null}</text>
        : <text x={x + pad} y={valueY}><tspan className={numbers.value === texts.noValue ? "t12" : "t1 b " + rows.size}>{numbers.value}</tspan>{numbers.unit ? <tspan dx="4">{numbers.unit}</tspan> : null}</text>}
      {!isSmall && (rows.key > 0 || isTall) && rated ? <text x={x + pad} y={keyY}>{fit(rated, 11, inner)}</text> : null}
    </a>
  );
}

const FULL = 0.95;
const SMALL = 10; // places: fewer are full in every healthy line, so they turn blue only when somebody waits behind them

/** Whether a buffer is full in a way that concerns anyone. */
export function isFullBuffer(count: number | null, places: number | null, isBlockedBefore: boolean): boolean {
  return count !== null && places !== null && places > 0 && count / places >= FULL && (places >= SMALL || isBlockedBefore);
}

/** A buffer in the gap, or lying flat on a return line. Full turns blue. */
export function BufferShape({ x, y, flat, share, isFull, label, text }: { x: number; y: number; flat: boolean; share: number | null; isFull: boolean; label: string; text: string }) {
  const stroke = isFull ? "var(--wait)" : "var(--line-strong)";
  const fill = isFull ? "var(--wait)" : "var(--run)";
  const level = Math.max(0, Math.min(1, share ?? 0));
  if (flat) {
    return (
      <g role="img" aria-label={label} data-buffer={isFull ? "full" : "room"}>
        <rect x={x - 5} y={y - 6.5} width={78} height={13} fill="var(--surface)" />
        <rect x={x} y={y - 4} width={63} height={8} rx={1.5} fill="var(--inset)" stroke={stroke} strokeWidth={isFull ? 1.4 : 1} />
        <rect x={x + 1} y={y - 3} width={61 * level} height={6} fill={fill} />
        <text x={x + 72} y={y + 4} className={(isFull ? "tw m" : "t2") + " halo"} style={{ strokeWidth: 6 }}>{text}</text>
      </g>
    );
  }
  return (
    <g role="img" aria-label={label} data-buffer={isFull ? "full" : "room"}>
      <rect x={x - 7.5} y={y - 19.5} width={15} height={39} fill="var(--surface)" />
      <rect x={x - 4} y={y - 18} width={8} height={34} rx={1.5} fill="var(--inset)" stroke={stroke} strokeWidth={isFull ? 1.4 : 1} />
      <rect x={x - 3} y={y + 15 - 32 * level} width={6} height={32 * level} fill={fill} />
      <text x={x} y={y + 29} className={"mid halo " + (isFull ? "tw m" : "t2")}>{text}</text>
    </g>
  );
}

export function volumeShare(amount: number, places: number | null): string {
  return places ? percent(amount / places, 0) : number(amount, 0);
}
