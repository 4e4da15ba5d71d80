/* Places of the nodes of a genealogy: left what it is made of, right what it went into, below what carried it. Pure. */
import type { Tree, TreeEdge, TreeNode } from "../types";

export interface PlacedNode { node: TreeNode; x: number; y: number; isPossible: boolean }
export interface PlacedTree { nodes: PlacedNode[]; edges: TreeEdge[]; width: number; height: number; nodeWidth: number; columns: { x: number; y: number; role: "made-of" | "went-into" | "carried-in" }[] }

export const NODE = { w: 172, least: 116, h: 50, self: 64, gap: 88, leastGap: 24, dy: 56, many: 8, leastOfMany: 88, gapOfMany: 16 };

/** Adds the answer for an opened node to what is drawn; what was the centre stays it. */
export function merge(a: Tree, b: Tree): Tree {
  const nodes = new Map(a.nodes.map((each) => [each.id, each]));
  for (const node of b.nodes) {
    const before = nodes.get(node.id);
    nodes.set(node.id, before ? { ...before, more: node.more ?? before.more } : { ...node, role: node.role === "self" ? "made-of" : node.role });
  }
  const edges = new Map([...a.edges, ...b.edges].map((each) => [each.from + ">" + each.to, each]));
  return { nodes: [...nodes.values()], edges: [...edges.values()], cut: a.cut || b.cut };
}

/** Carriers stand behind the unit, whichever way their edge was told. */
function carriedRight(tree: Tree): Tree {
  const carriers = new Set(tree.nodes.filter((each) => each.role === "carried-in").map((each) => each.id));
  return { ...tree, edges: tree.edges.map((each) => (each.kind === "placed" && carriers.has(each.from) ? { ...each, from: each.to, to: each.from } : each)) };
}

const PARTS = "parts";

/** What a node is called in its box: a web in the metres of a later machine by its own id, and, where there is little room, without the words of its title. */
export function nodeName(node: TreeNode, title: string, width: number): { id: string; after: string | null } {
  const [own = node.id, after = null] = node.id.split("@", 2);
  const words = title.toLowerCase().replaceAll(" ", "-") + "-";
  return { id: width < NODE.least && own.toLowerCase().startsWith(words) ? own.slice(words.length) : own, after };
}

/** Lots that only lie beside (cans, discs, electrolyte: no metres, nothing before them) as one node, until it is opened. */
export function fold(tree: Tree, title: string): Tree {
  const has = new Set(tree.edges.map((each) => each.to));
  const metres = new Set(tree.edges.filter((each) => each.kind === "consume" || each.kind === "map" || each.kind === "charge").flatMap((each) => [each.from, each.to]));
  const linked = new Set(tree.edges.filter((each) => each.kind === "link").map((each) => each.from)); // real records: each lot stands where it went in
  const isPart = (node: TreeNode): boolean => node.role === "made-of" && node.kind === "lot" && !has.has(node.id) && !metres.has(node.id) && !linked.has(node.id);
  const parts = tree.nodes.filter(isPart);
  if (parts.length < 3) return tree;
  const gone = new Set(parts.map((each) => each.id));
  const targets = new Set(tree.edges.filter((each) => gone.has(each.from)).map((each) => each.to));
  const node: TreeNode = { id: PARTS, kind: "group", material: "", title, lines: [parts.map((each) => each.title).join(", ")], role: "made-of", more: null, at_us: null, count: parts.length };
  const edges = [...targets].map((to): TreeEdge => ({ from: PARTS, to, basis: "certain", kind: "mount", share: null, lo_m: null, hi_m: null, lane: null, input: null }));
  return { ...tree, nodes: [...tree.nodes.filter((each) => !gone.has(each.id)), node], edges: [...tree.edges.filter((each) => !gone.has(each.from)), ...edges] };
}

/** Signed distance from the centre: parents before it, children after it. */
export function depths(tree: Tree, centre: string): Map<string, number> {
  const found = new Map([[centre, 0]]);
  const walk = (step: -1 | 1): void => {
    let front = [centre];
    const seen = new Set(front);
    for (let depth = step; front.length; depth += step) {
      const next: string[] = [];
      for (const edge of tree.edges) {
        const [near, far] = step < 0 ? [edge.to, edge.from] : [edge.from, edge.to];
        if (!front.includes(near) || seen.has(far)) continue;
        seen.add(far);
        next.push(far);
        if (far !== centre) found.set(far, depth);
      }
      front = next;
    }
  };
  walk(-1);
  walk(1);
  // A neighbour of an opened node that lies on no straight way stands one column beside it.
  for (let again = true; again;) {
    again = false;
    for (const edge of tree.edges) {
      const a = found.get(edge.from);
      const b = found.get(edge.to);
      if (a !== undefined && b === undefined) { found.set(edge.to, a + 1); again = true; }
      if (b !== undefined && a === undefined) { found.set(edge.from, b - 1); again = true; }
    }
  }
  return found;
}

const LATER: Record<TreeNode["role"], number> = { self: 0, "made-of": 0, "went-into": 5000, "carried-in": 10_000 };

/** Nodes become narrower, and stand closer, before anything is scaled: their text keeps its size. */
export function place(given: Tree, room = 1200): PlacedTree {
  const tree = carriedRight(given);
  const centre = tree.nodes.find((each) => each.role === "self") ?? tree.nodes[0];
  if (!centre) return { nodes: [], edges: [], width: 0, height: 0, nodeWidth: NODE.w, columns: [] };
  const depth = depths(tree, centre.id);
  const byColumn = new Map<number, TreeNode[]>();
  for (const node of tree.nodes) {
    const column = depth.get(node.id) ?? (node.role === "made-of" ? -1 : 1);
    byColumn.set(column, [...(byColumn.get(column) ?? []), node]);
  }
  const possible = new Set(tree.edges.filter((each) => each.basis === "possible").flatMap((each) => ((depth.get(each.from) ?? 0) < 0 ? [each.from] : [each.to])));
  const columns = [...byColumn.keys()].sort((a, b) => Math.abs(a) - Math.abs(b) || a - b);
  const ys = new Map<string, number>();
  for (const column of columns) {
    const towards = column < 0 ? 1 : -1;
    const nodes = byColumn.get(column) ?? [];
    const wanted = (node: TreeNode): number => {
      const near = tree.edges.filter((each) => (towards > 0 ? each.from : each.to) === node.id).map((each) => ys.get(towards > 0 ? each.to : each.from)).filter((each): each is number => each !== undefined);
      return near.length ? near.reduce((a, b) => a + b, 0) / near.length : 0;
    };
    // What it went into stands below what stands beside it in the same column, and what carried it below that: each has its word above it.
    const sorted = nodes.map((node, i) => ({ node, at: wanted(node) + LATER[node.role], i })).sort((a, b) => a.at - b.at || a.i - b.i);
    const at: number[] = [];
    let last = -Infinity;
    for (const { node } of sorted) {
      // As near as possible to what it belongs to, never over its neighbour; the centre is taller, and a word needs room.
      const before = sorted[at.length - 1]?.node;
      const isNamed = before !== undefined && LATER[node.role] > LATER[before.role];
      const taller = before?.id === centre.id || (before && node.id === centre.id) ? (NODE.self - NODE.h) / 2 : 0;
      const y = Math.max(wanted(node), last + NODE.dy + taller + (isNamed ? 22 : 0));
      at.push(y);
      last = y;
    }
    const shift = sorted.reduce((sum, { node }, i) => sum + wanted(node) - (at[i] ?? 0), 0) / Math.max(1, sorted.length);
    sorted.forEach(({ node }, i) => ys.set(node.id, (at[i] ?? 0) + shift));
  }
  const low = Math.min(...columns);
  const n = Math.max(...columns) - low + 1;
  const [least, leastGap] = n > NODE.many || n * NODE.least + (n - 1) * NODE.leastGap > room ? [NODE.leastOfMany, NODE.gapOfMany] : [NODE.least, NODE.leastGap];
  const gap = Math.max(leastGap, Math.min(NODE.gap, (room - n * least) / Math.max(1, n - 1)));
  const nodeWidth = Math.floor(Math.max(least, Math.min(NODE.w, (room - (n - 1) * Math.min(gap, 32)) / n)));
  const dx = nodeWidth + Math.max(leastGap, Math.min(NODE.gap, (room - n * nodeWidth) / Math.max(1, n - 1)));
  const top = Math.min(...ys.values());
  const nodes = tree.nodes.map((node): PlacedNode => ({
    node, x: ((depth.get(node.id) ?? 0) - low) * dx, y: (ys.get(node.id) ?? 0) - top + 18 - (node.id === centre.id ? (NODE.self - NODE.h) / 2 : 0), isPossible: possible.has(node.id),
  }));
  const labels: PlacedTree["columns"] = [];
  const labelAt = (role: "made-of" | "went-into" | "carried-in"): void => {
    const of = nodes.filter((each) => each.node.role === role && each.node.id !== centre.id && (role !== "made-of" || (depth.get(each.node.id) ?? 0) < 0));
    if (!of.length) return;
    const x = Math.min(...of.map((each) => each.x));
    labels.push({ role, x, y: Math.min(...of.filter((each) => each.x === x).map((each) => each.y)) - 17 });
  };
  labelAt("made-of");
  labelAt("went-into");
  labelAt("carried-in");
  return { nodes, edges: tree.edges.filter((each) => ys.has(each.from) && ys.has(each.to)), width: Math.max(...nodes.map((each) => each.x)) + nodeWidth, nodeWidth, height: Math.max(...nodes.map((each) => each.y)) + NODE.self, columns: labels };
}
