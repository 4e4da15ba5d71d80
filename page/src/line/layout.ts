/* The line drawing, for any model: a pure function of the stations and the width. No station has a special case. */
import type { Chain, Plant, Station } from "../types";

export type Density = "full" | "dense" | "compact";
export interface Box { path: string; title: string; x: number; y: number; w: number; h: number; shape: "box" | "tall" | "wide" | "small" }
export interface Line { d: string; from: string; to: string }
export interface BufferMark { station: string; input: string; x: number; y: number; flat: boolean }
export interface RowLabel { chain: number; text: string; x: number; y: number; isFirst: boolean }
export interface Layout { width: number; height: number; scale: number; density: Density; columns: number; boxes: Box[]; lines: Line[]; buffers: BufferMark[]; labels: RowLabel[] }

interface Cell { main: Station[]; side: Station[]; span: number; preferred: boolean }
interface Placed { cell: Cell; column: number }
interface Row { chain: Chain; cells: Placed[]; isFirst: boolean; returns: boolean; y: number; h: number; mid: number }
interface Joint { cell: Cell; column: number; from: Row; to: Row; after: Row | null }

const LEFT = 14; // room for return lines
const PITCH = 150;
const PITCH_MIN = 117; // below it the drawing is scaled down
const PITCH_MAX = 178;
const BASE_WIDTH = 884; // at this width text stands at its nominal size
const SCALE_MAX = 1.3;
const SIZES: Record<Density, { h: number; gap: number; label: number; back: number; plain: number }> = {
  full: { h: 101, gap: 31, label: 30, back: 45, plain: 22 },
  dense: { h: 83, gap: 27, label: 26, back: 28, plain: 18 },
  compact: { h: 56, gap: 27, label: 24, back: 28, plain: 16 },
};
const SMALL = 44; // repair stations, and stations side by side
const SMALL_GAP = 8;

/** "Cathode coater" in the row "Cathode" is "Coater": the row says the rest. */
export function shortTitle(title: string, row: string): string {
  if (!row || title.length <= row.length + 1 || !title.toLowerCase().startsWith(row.toLowerCase() + " ")) return title;
  const rest = title.slice(row.length + 1);
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

function sameTargets(a: Station, b: Station): boolean {
  return a.to.length === b.to.length && a.to.every((each, i) => each.station === b.to[i]?.station);
}

/** The stations of a chain as cells: a repair station hangs below its gate, stations that share work stand above each other. */
function cellsOf(chain: Chain, byPath: Map<string, Station>): Cell[] {
  const list = chain.stations.flatMap((path) => byPath.get(path) ?? []);
  const place = new Map(list.map((station, i) => [station.path, i]));
  const isSide = (station: Station, i: number): boolean =>
    i > 0 && station.to.length > 0 && station.to.every((each) => (place.get(each.station) ?? Infinity) < i);
  const cells: Cell[] = [];
  list.forEach((station, i) => {
    if (isSide(station, i)) {
      const host = cells.find((cell) => cell.main.some((each) => each.gate?.to === station.path || each.path === station.to[0]?.station));
      if (host) {
        host.side.push(station);
        return;
      }
    }
    const last = cells.at(-1);
    const before = cells.at(-2)?.main ?? [];
    const first = last?.main[0];
    const isBeside = first && last.side.length === 0 && sameTargets(first, station) && before.length === 1 && !first.to.some((each) => each.station === station.path) &&
      before[0]?.to.some((each) => each.station === first.path) && before[0].to.some((each) => each.station === station.path);
    if (last && isBeside) last.main.push(station);
    else {
      const previous = last?.main[0];
      cells.push({ main: [station], side: [], span: 1, preferred: Boolean(station.loads || previous?.unloads || (previous && previous.area !== station.area)) });
    }
  });
  return cells;
}

function width(cells: Cell[]): number {
  return cells.reduce((sum, cell) => sum + cell.span, 0);
}

/** Cuts cells into rows: as few as possible, then at good places (carriers begin or end, areas change), then full ones first. */
export function wrap(cells: Cell[], first: number, columns: number): Cell[][] {
  const best: { cost: number; from: number }[] = [{ cost: 0, from: -1 }];
  const rows: number[] = [0];
  for (let end = 1; end <= cells.length; end += 1) {
    let found = { cost: Infinity, from: -1 };
    let foundRows = 1;
    for (let from = end - 1; from >= 0; from -= 1) {
      const room = from === 0 ? first : columns;
      const used = width(cells.slice(from, end));
      if (used > room && end - from > 1) break;
      const isLast = end === cells.length;
      const next = cells[end];
      const cost = (best[from]?.cost ?? 0) + 1000 + (isLast ? 0 : 4 * (room - used)) - (next?.preferred ? 25 : 0) + (used > room ? 500 : 0);
      if (cost < found.cost) {
        found = { cost, from };
        foundRows = (rows[from] ?? 0) + 1;
      }
    }
    best.push(found);
    rows.push(foundRows);
  }
  const out: Cell[][] = [];
  for (let end = cells.length; end > 0; end = best[end]?.from ?? 0) out.unshift(cells.slice(best[end]?.from ?? 0, end));
  return out;
}

/** The widest store or room with carriers takes two columns where that costs no row. */
function widen(cells: Cell[], first: number, columns: number): void {
  const rows = wrap(cells, first, columns).length;
  const room = (cell: Cell): number => {
    const station = cell.main[0];
    if (!station || cell.main.length > 1 || (station.kind !== "store" && !(station.carrier && station.count > 20))) return 0;
    return station.kind === "store" ? (station.places ?? 0) * 0.01 : station.count;
  };
  const widest = cells.reduce<Cell | null>((most, cell) => (room(cell) > (most ? room(most) : 0) ? cell : most), null);
  if (!widest || rows < 2) return;
  widest.span = 2;
  if (wrap(cells, first, columns).length > rows) widest.span = 1;
}

interface Block { rows: Row[]; joints: Joint[] }

function place(cells: Cell[], at = 0): Placed[] {
  let column = at;
  return cells.map((cell) => {
    const placed = { cell, column };
    column += cell.span;
    return placed;
  });
}

function newRow(chain: Chain, cells: Placed[], isFirst: boolean, returns: boolean): Row {
  return { chain, cells, isFirst, returns, y: 0, h: 0, mid: 0 };
}

/** A chain after those that lead to it one by one: each goes on where the one before it ends. */
function wayTo(chain: Chain, chains: Chain[]): Chain[] {
  const before = chains.filter((each) => each !== chain && each.ends_in !== null && each.ends_in === chain.stations[0]);
  return before.length === 1 && before[0] ? [...wayTo(before[0], chains), chain] : [chain];
}

/** The rows of a chain and of everything that ends in it. */
function blockOf(chain: Chain, chains: Chain[], byPath: Map<string, Station>, columns: number): Block {
  const start = chain.stations[0];
  const branches = chains.filter((each) => each !== chain && each.ends_in !== null && each.ends_in === start);
  const elsewhere = chains.filter((each) => each !== chain && each.ends_in !== null && each.ends_in !== start && chain.stations.includes(each.ends_in));
  const block: Block = { rows: [], joints: [] };
  for (const other of elsewhere) join(block, blockOf(other, chains, byPath, columns));
  const cells = cellsOf(chain, byPath);
  if (branches.length < 2) {
    // A single branch simply goes on; its own branches were laid out before it.
    const before = branches[0];
    if (before) {
      const inner = blockOf(before, chains, byPath, columns);
      if (inner.joints.length) {
        join(block, inner);
        widen(cells, columns, columns);
        wrap(cells, columns, columns).forEach((row, i) => block.rows.push(newRow(chain, place(row), i === 0, true)));
        return block;
      }
      // What joins on the way to it has rows of its own; the rest of its way is wrapped anew, together with what follows.
      block.rows.push(...inner.rows.filter((row) => row.chain !== before));
      const all = [...wayTo(before, chains).flatMap((each) => cellsOf(each, byPath)), ...cells];
      widen(all, columns, columns);
      wrap(all, columns, columns).forEach((row, i) => block.rows.push(newRow(chain, place(row), i === 0, i > 0)));
      return block;
    }
    widen(cells, columns, columns);
    wrap(cells, columns, columns).forEach((row, i) => block.rows.push(newRow(chain, place(row), i === 0, i > 0)));
    return block;
  }
  const inner = branches.map((branch) => blockOf(branch, chains, byPath, Math.max(1, columns - 1)));
  for (const each of inner) join(block, each);
  const ends = inner.flatMap((each) => each.rows.at(-1) ?? []);
  const [head, ...rest] = cells;
  const from = ends[0];
  const to = ends.at(-1);
  if (!head || !from || !to) return block;
  // The joint stands behind everything between its first and last branch, their earlier rows included.
  const spanned = block.rows.slice(block.rows.indexOf(from), block.rows.indexOf(to) + 1);
  const endOf = (cells: Placed[]): number => cells.reduce((most, each) => Math.max(most, each.column + each.cell.span), 0);
  const joined = block.joints.flatMap((each) => [each.column + each.cell.span, each.after ? endOf(each.after.cells) : 0]);
  const column = Math.max(...spanned.map((row) => endOf(row.cells)), ...joined);
  const joint: Joint = { cell: head, column, from, to, after: null };
  block.joints.push(joint);
  const room = columns - column - 1;
  const splits = rest.length && room > 0 ? room : 0;
  widen(rest, splits || columns, columns);
  const rows = rest.length ? wrap(rest, splits || columns, columns) : [];
  rows.forEach((row, i) => {
    if (i === 0 && splits) joint.after = newRow(chain, place(row, column + 1), false, false);
    else block.rows.push(newRow(chain, place(row), i === (splits ? 1 : 0), true));
  });
  return block;
}

function join(block: Block, other: Block): void {
  block.rows.push(...other.rows);
  block.joints.push(...other.joints);
}

function chooseColumns(plant: Plant, byPath: Map<string, Station>, room: number): number {
  const gap = SIZES.full.gap;
  let columns = Math.max(2, Math.floor((room - LEFT + gap) / PITCH));
  const into = (chain: Chain): Chain[] => plant.chains.filter((other) => other !== chain && other.ends_in !== null && other.ends_in === chain.stations[0]);
  // A chain with one branch goes on from it in one row; with several it begins after them.
  const long = (chain: Chain): number => {
    const branches = into(chain);
    return cellsOf(chain, byPath).length + (branches.length === 1 && branches[0] ? long(branches[0]) : 0);
  };
  const joined = (chain: Chain): number => (into(chain).length > 1 ? Math.max(...into(chain).map(long)) + 1 : 0);
  for (const trunk of plant.chains) {
    const needed = joined(trunk);
    // A branch that just does not fit is worth narrower boxes: then it ends where it belongs.
    if (needed > columns && (Math.max(room, BASE_WIDTH * 0.85) - LEFT + gap) / needed >= PITCH_MIN - 10) columns = needed;
  }
  const total = Math.max(...plant.chains.map((chain) => long(chain) + (into(chain).length > 1 ? joined(chain) - 1 : 0)));
  return Math.max(1, Math.min(columns, total));
}

/** Height of a row's cells: the box, or what is stacked. */
function cellHeight(cell: Cell, h: number): number {
  const stack = cell.main.length > 1 ? cell.main.length * SMALL + (cell.main.length - 1) * SMALL_GAP : h;
  return stack + cell.side.length * (SMALL + SMALL_GAP + 6);
}

class Pen {
  readonly boxes: Box[] = [];
  readonly lines: Line[] = [];
  readonly buffers: BufferMark[] = [];
  readonly labels: RowLabel[] = [];

  constructor(readonly pitch: number, readonly gap: number, readonly h: number, readonly right: number) {}

  x(column: number): number {
    return column * this.pitch;
  }

  w(span: number): number {
    return span * this.pitch - this.gap;
  }

  /** Draws the boxes of a cell; gives the boxes that lines meet. */
  cell(placed: Placed, row: Row): Box[] {
    const { cell, column } = placed;
    const x = this.x(column);
    const w = this.w(cell.span);
    const chain = row.chain.title;
    let y = row.mid - (cell.main.length > 1 ? (cell.main.length * SMALL + (cell.main.length - 1) * SMALL_GAP) / 2 : this.h / 2);
    const main = cell.main.map((station): Box => {
      const isSmall = cell.main.length > 1;
      const box: Box = { path: station.path, title: shortTitle(station.title, chain), x, y, w, h: isSmall ? SMALL : this.h, shape: isSmall ? "small" : cell.span > 1 ? "wide" : "box" };
      y += box.h + SMALL_GAP;
      return box;
    });
    this.boxes.push(...main);
    y += 6;
    for (const station of cell.side) {
      const host = main[0];
      if (!host) break;
      this.boxes.push({ path: station.path, title: shortTitle(station.title, chain), x, y, w, h: SMALL, shape: "small" });
      const top = host.y + host.h;
      this.lines.push({ d: `M${r(x + w * 0.34)} ${r(top)}V${r(y - 1)}`, from: host.path, to: station.path }, { d: `M${r(x + w * 0.66)} ${r(y)}V${r(top + 1)}`, from: station.path, to: host.path });
      y += SMALL + SMALL_GAP;
    }
    return main;
  }

  /** Lines from every box of one cell to every box of the next, with the buffer in the gap. */
  flow(from: Box[], to: Box[], input: string, byPath: Map<string, Station>, y: number | null = null): void {
    for (const a of from) for (const b of to) {
      const x1 = a.x + a.w;
      const y1 = y ?? a.y + a.h / 2;
      const y2 = b.shape === "tall" ? (y ?? y1) : b.y + b.h / 2;
      const bend = b.x - this.gap + 9;
      const d = Math.abs(y1 - y2) < 0.6 ? `M${r(x1)} ${r(y1)}H${r(b.x - 1)}` : `M${r(x1)} ${r(y1)}H${r(bend)}V${r(y2)}H${r(b.x - 1)}`;
      this.lines.push({ d, from: a.path, to: b.path });
    }
    const single = to.length === 1 ? to[0] : undefined;
    const target = single && byPath.get(single.path);
    const first = from[0];
    if (single && target && first && hasBuffer(target, input)) this.buffers.push({ station: single.path, input, x: single.x - this.gap / 2 - 2, y: y ?? single.y + single.h / 2, flat: false });
  }

  /** A return line: down, to the left edge, and into the first box of the next row. */
  back(from: Box, to: Box[], lane: number, input: string, byPath: Map<string, Station>): void {
    const x = from.x + from.w / 2;
    const bottom = from.y + from.h;
    for (const each of to) {
      const y = each.y + each.h / 2;
      this.lines.push({ d: `M${r(x)} ${r(bottom)}V${r(lane - 7)}Q${r(x)} ${r(lane)} ${r(x - 7)} ${r(lane)}H-5Q-12 ${r(lane)} -12 ${r(lane + 7)}V${r(y - 7)}Q-12 ${r(y)} -5 ${r(y)}H-1`, from: from.path, to: each.path });
    }
    const target = to[0] && byPath.get(to[0].path);
    if (target && hasBuffer(target, input)) this.buffers.push({ station: target.path, input, x: Math.max(200, this.right * 0.37), y: lane, flat: true });
  }
}

function r(value: number): number {
  return Math.round(value * 10) / 10;
}

export function hasBuffer(station: Station, input: string): boolean {
  const one = input ? station.inputs.find((each) => each.material === input) : undefined;
  const places = one ? (one.buffer ?? station.buffer) : station.buffer;
  return places !== null && places !== undefined && places !== 0;
}

/** Chains with their end: where it is not stated, a station that takes something from one of the chain's stations is it. */
function ended(plant: Plant): Chain[] {
  return plant.chains.map((chain) => {
    if (chain.ends_in !== null) return chain;
    for (const station of plant.stations) {
      const input = station.chain === chain.index ? undefined : station.inputs.find((each) => each.source !== null && chain.stations.includes(each.source));
      if (input) return { ...chain, ends_in: station.path, input: input.material };
    }
    return chain;
  });
}

/** Boxes and lines of a plant at a width, in drawing units; `scale` is what one unit measures on the screen. */
export function layout(given: Plant, available: number): Layout {
  const plant: Plant = { ...given, chains: ended(given) };
  const byPath = new Map(plant.stations.map((station) => [station.path, station]));
  const scaleUp = Math.min(SCALE_MAX, Math.max(1, available / BASE_WIDTH));
  const room = available / scaleUp;
  const columns = chooseColumns(plant, byPath, room);
  const roots = plant.chains.filter((chain) => chain.ends_in === null || !plant.chains.some((other) => other !== chain && other.stations.includes(chain.ends_in ?? "")));
  const block: Block = { rows: [], joints: [] };
  for (const root of roots) join(block, blockOf(root, plant.chains, byPath, columns));

  const density: Density = block.rows.length <= 4 && columns <= 6 ? "full" : block.rows.length <= 5 ? "dense" : "compact";
  const size = SIZES[density];
  const pitch = Math.min(PITCH_MAX, Math.max(PITCH_MIN, (room - LEFT + size.gap - 2) / columns));
  const right = columns * pitch - size.gap;
  const pen = new Pen(pitch, size.gap, size.h, right);

  let y = 0;
  let lastChain = -1;
  for (const row of block.rows) {
    const text = labelOf(row, lastChain);
    y += row.returns ? (text ? size.back : size.back - 6) : text ? (y === 0 ? 19 : size.label) : y === 0 ? 2 : size.plain;
    const joint = block.joints.find((each) => each.to === row || each.from === row);
    row.y = y;
    row.h = Math.max(size.h, ...row.cells.map((each) => cellHeight(each.cell, size.h)), joint?.after ? Math.max(...joint.after.cells.map((each) => cellHeight(each.cell, size.h))) / 2 : 0);
    const stacked = Math.max(0, ...row.cells.map((each) => (each.cell.main.length > 1 ? cellHeight({ ...each.cell, side: [] }, size.h) : 0)));
    row.mid = y + Math.max(size.h, stacked) / 2;
    if (text) pen.labels.push({ chain: row.chain.index, text, x: 0, y: y - (row.returns && size.back < 40 ? 5 : 8), isFirst: row.isFirst });
    y += row.h;
    lastChain = row.chain.index;
  }
  const height = y + 3;
  draw(pen, block, byPath, size, plant.chains);
  const used = right + LEFT + 2;
  return { width: r(used), height: r(height), scale: Math.min(scaleUp, available / used), density, columns, boxes: pen.boxes, lines: pen.lines, buffers: pen.buffers, labels: pen.labels };
}

function labelOf(row: Row, lastChain: number): string {
  const areas = new Set(row.cells.flatMap((each) => each.cell.main.map((station) => station.area)));
  const area = areas.size === 1 ? [...areas][0] ?? "" : "";
  if (area) return area;
  return row.chain.index !== lastChain ? row.chain.title : "";
}

function draw(pen: Pen, block: Block, byPath: Map<string, Station>, size: { h: number; back: number }, chains: Chain[]): void {
  const ends = new Map<Row, Box[]>();
  const starts = new Map<Row, Box[]>();
  for (const row of block.rows) {
    let before: Box[] | null = null;
    for (const placed of row.cells) {
      const boxes = pen.cell(placed, row);
      if (before) pen.flow(before, boxes, inputInto(placed.cell, chains), byPath);
      else starts.set(row, boxes);
      before = boxes;
    }
    if (before) ends.set(row, before);
  }
  const tails = new Map<Row, Box[]>();
  for (const joint of block.joints) {
    const station = joint.cell.main[0];
    if (!station) continue;
    const top = joint.from.mid - size.h / 2;
    const box: Box = { path: station.path, title: station.title, x: pen.x(joint.column), y: top, w: pen.w(1), h: joint.to.mid + size.h / 2 - top, shape: joint.from === joint.to ? "box" : "tall" };
    pen.boxes.push(box);
    const from = block.rows.indexOf(joint.from);
    const to = block.rows.indexOf(joint.to);
    block.rows.slice(from, to + 1).forEach((row) => {
      if (row.chain.ends_in !== station.path || isContinued(row, block)) return;
      pen.flow(ends.get(row) ?? [], [box], row.chain.input ?? "", byPath, row.mid);
    });
    // A chain that is no more than a joint and what stands behind it has no row: it comes from there.
    for (const inner of block.joints.slice(0, block.joints.indexOf(joint))) {
      const chain = chains.find((each) => each.stations.includes(inner.cell.main[0]?.path ?? ""));
      if (chain?.ends_in === station.path && !block.rows.some((row) => row.chain === chain)) pen.flow(tails.get(inner.to) ?? [], [box], chain.input ?? "", byPath);
    }
    let tail: Box[] = [box];
    if (joint.after) {
      joint.after.mid = box.y + box.h / 2;
      for (const placed of joint.after.cells) {
        const boxes = pen.cell(placed, joint.after);
        pen.flow(tail, boxes, "", byPath);
        tail = boxes;
      }
    }
    tails.set(joint.to, tail);
  }
  block.rows.forEach((row, i) => {
    const above = block.rows[i - 1];
    if (!row.returns || !above) return;
    const from = tails.get(above) ?? ends.get(above);
    const last = from?.[0];
    const to = starts.get(row);
    if (last && to) pen.back(last, to, Math.max(above.y + above.h, last.y + last.h) + (size.back > 40 ? 16 : 9), "", byPath);
  });
}

function isContinued(row: Row, block: Block): boolean {
  const next = block.rows[block.rows.indexOf(row) + 1];
  return Boolean(next?.returns && next.chain === row.chain);
}

/** The input through which the chain before a station enters it; empty for the item that passes. */
function inputInto(cell: Cell, chains: Chain[]): string {
  const station = cell.main[0];
  return (station?.inputs.length && chains.find((each) => each.ends_in === station.path)?.input) || "";
}
