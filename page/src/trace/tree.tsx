/* The genealogy both ways. A node loads its neighbours when it is opened; only what is on the screen exists. */
import "@xyflow/react/dist/base.css";
import { Handle, Position, ReactFlow, type Edge, type Node, type NodeProps } from "@xyflow/react";
import { useEffect, useMemo, useState } from "react";
import { get, ofRun } from "../api";
import { percent } from "../format";
import { useWidth } from "../line/drawing";
import { go } from "../route";
import { useRun } from "../run";
import { texts } from "../texts";
import type { Tree, TreeNode } from "../types";
import { thingPath, thingTitle } from "./paths";
import { fold, merge, NODE, nodeName, place } from "./treelayout";

type ThingData = { node: TreeNode; width: number; isPossible: boolean; open: (() => void) | null };

function ThingNode({ data }: NodeProps<Node<ThingData>>) {
  const { node, width, isPossible, open } = data;
  const { stationTitle } = useRun();
  const title = thingTitle(node.title, node.kind);
  const name = nodeName(node, title, width);
  const isNarrow = width < NODE.least;
  const after = name.after === null ? null : stationTitle(name.after);
  const hidden = (node.more?.from ?? 0) + (node.more?.into ?? 0);
  return (
    <div className={"node" + (isNarrow ? " narrow" : "") + (node.role === "self" ? " self" : "") + (isPossible ? " possible" : "")} title={[node.kind === "group" && node.of ? texts.thing.groupHint(node.count ?? 0) : node.id, ...node.lines].join("\n")}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <span>{after === null ? title : texts.thing.after(isNarrow ? after.split(" ").at(-1) ?? after : after)}</span>
      <b className="id"><bdi>{node.id === "parts" ? texts.thing.partsCount(node.count ?? 0) : node.kind === "group" ? texts.thing.units(node.count ?? 0) : name.id}</bdi></b>
      {(node.role === "self" ? node.lines : isNarrow && hidden > 0 ? [] : node.lines.slice(0, 1)).map((each) => <span key={each} className="t">{each}</span>)}
      {hidden > 0 && open ? <button type="button" className="morebtn nodrag" title={texts.thing.expand(node.id)} onClick={(event) => { event.stopPropagation(); open(); }}>{texts.thing.hidden(hidden)}</button> : null}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
}

function LabelNode({ data }: NodeProps<Node<{ text: string }>>) {
  return <div className="collabel">{data.text}</div>;
}

const TYPES = { thing: ThingNode, label: LabelNode };

export default function TreeView({ tree: first, showMetres, showCarriers, openGroup }: { tree: Tree; showMetres: boolean; showCarriers: boolean; openGroup: (group: TreeNode) => void }) {
  const { run, link } = useRun();
  const [added, setAdded] = useState<Tree | null>(null);
  const [ref, width] = useWidth<HTMLDivElement>();
  useEffect(() => setAdded(null), [first]);
  const [isUnfolded, setUnfolded] = useState(false);
  const whole = added ?? first;
  const tree = useMemo(() => (isUnfolded ? whole : fold(whole, texts.thing.parts)), [whole, isUnfolded]);
  const placed = useMemo(() => place(showCarriers ? tree : { ...tree, nodes: tree.nodes.filter((each) => each.role !== "carried-in") }, Math.max(300, width - 28)), [tree, showCarriers, width]);
  const open = (id: string): void => {
    void get<Tree>(ofRun(run, "things", id, "tree"), { way: "both", depth: 1, limit: 60 }).then((more) => setAdded((before) => merge(before ?? first, more)));
  };
  const nodes = useMemo<Node[]>(() => [
    ...placed.nodes.map(({ node, x, y, isPossible }): Node => ({ id: node.id, type: "thing", position: { x, y }, data: { width: placed.nodeWidth, node: showMetres ? node : { ...node, lines: node.role === "self" ? node.lines : [] }, isPossible, open: node.kind === "group" ? null : () => open(node.id) }, draggable: false, connectable: false, ariaLabel: `${node.title} ${node.id}`, width: placed.nodeWidth, initialWidth: placed.nodeWidth, initialHeight: NODE.h })),
    ...placed.columns.map((each): Node => ({ id: "label-" + each.role, type: "label", position: { x: each.x, y: each.y }, data: { text: { "made-of": texts.thing.madeOf, "went-into": texts.thing.wentInto, "carried-in": texts.thing.carriedIn }[each.role] }, draggable: false, selectable: false, focusable: false, connectable: false })),
  ], [placed, showMetres]);
  const edges = useMemo<Edge[]>(() => placed.edges.map((each): Edge => {
    const strong = each.kind === "consume" || each.kind === "map" || each.kind === "charge";
    return {
      id: each.from + ">" + each.to, source: each.from, target: each.to, type: "default", focusable: false,
      label: each.share !== null && each.share < 0.9995 ? percent(each.share, 0) : undefined, labelStyle: { fontSize: 11, fill: "var(--ink-2)" }, labelBgStyle: { fill: "var(--surface)" }, labelBgPadding: [3, 1],
      style: { stroke: strong ? "var(--ink-2)" : "var(--line-strong)", strokeWidth: strong ? 1.6 : 1.2, strokeDasharray: each.kind === "placed" ? "2 3" : each.basis === "possible" || each.basis === "rule" ? "4 3" : undefined },
    };
  }), [placed]);
  const toNode = (id: string | undefined): void => {
    const node = tree.nodes.find((each) => each.id === id);
    if (node?.id === "parts") setUnfolded(true);
    else if (node?.kind === "group") openGroup(node);
    if (node && node.role !== "self" && node.kind !== "group") go(link(thingPath(node.kind, node.id)));
  };
  const zoom = width ? Math.min(1, Math.max(0.95, (width - 28) / Math.max(1, placed.width))) : 1;
  const centre = placed.nodes.find((each) => each.node.role === "self");
  const fits = placed.width * zoom <= width;
  // The centre in the middle, unless that leaves room empty at an end.
  const x = fits ? 14 : Math.min(14, Math.max(width - 14 - placed.width * zoom, width / 2 - ((centre?.x ?? 0) + placed.nodeWidth / 2) * zoom));
  const height = Math.min(first.nodes.some((each) => each.role === "made-of") && placed.nodes.length > 20 ? 660 : 420, Math.max(150, placed.height * zoom + 26));
  return (
    <div ref={ref} className="flow" style={{ height }} role="group" aria-label={texts.thing.treeLabel(centre?.node.id ?? "")}
      onKeyDown={(event) => { if (event.key === "Enter" && !(event.target as Element).closest("button")) toNode((event.target as Element).closest<HTMLElement>(".react-flow__node")?.dataset["id"]); }}>
      {width ? (
        <ReactFlow key={`${width}-${placed.nodes.length}-${showCarriers}`} nodes={nodes} edges={edges} nodeTypes={TYPES} defaultViewport={{ x, y: 12 + Math.max(0, (height - 26 - placed.height * zoom) / 2), zoom }} minZoom={0.3} maxZoom={1.4}
          nodesDraggable={false} nodesConnectable={false} onlyRenderVisibleElements zoomOnScroll={false} preventScrolling={false} panOnScroll={false} zoomOnDoubleClick={false} deleteKeyCode={null} proOptions={{ hideAttribution: true }}
          onNodeClick={(_event, node) => toNode(node.id)} />
      ) : null}
    </div>
  );
}
