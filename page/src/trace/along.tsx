/* Real records: what they say of each part of a thing, from the first sheet to the last test. Parts of one kind are shown together. */
import { useEffect, useMemo, useState } from "react";
import { get, ofRun } from "../api";
import { moment, numberOr } from "../format";
import { Loading, Note } from "../parts/notes";
import { useRun } from "../run";
import { texts, words } from "../texts";
import type { Thing, Tree, TreeNode, Value } from "../types";
import { thingPath, thingTitle } from "./paths";
import { depths } from "./treelayout";
import { ValueText, valueTitle } from "./values";

const AT_ONCE = 6;
const FEW = 3; // parts of one kind that are shown one by one

/** Things of many nodes, a few at a time; what is there already is shown. */
function useThings(run: string, nodes: TreeNode[]): { found: Map<string, Thing>; isDone: boolean } {
  const [found, setFound] = useState(new Map<string, Thing>());
  const key = nodes.map((each) => each.id).join("|");
  useEffect(() => {
    const stop = new AbortController();
    const kept = new Map<string, Thing>();
    const rest = [...nodes];
    const next = async (): Promise<void> => {
      for (let node = rest.shift(); node && !stop.signal.aborted; node = rest.shift()) {
        const thing = await get<Thing>(ofRun(run, "things", node.id), {}, stop.signal).catch(() => null);
        if (thing && !stop.signal.aborted) {
          kept.set(node.id, thing);
          setFound(new Map(kept));
        }
      }
    };
    void Promise.all(Array.from({ length: AT_ONCE }, next));
    return () => stop.abort();
  }, [key, run]);
  return { found, isDone: found.size >= nodes.length };
}

const isSaid = (value: Value): boolean => value.value !== null && value.value !== "";

export function Along({ thing, tree }: { thing: Thing; tree: Tree | null }) {
  const { run, link, zone, now } = useRun();
  const order = useMemo(() => (tree ? depths(tree, thing.id) : new Map<string, number>()), [tree, thing.id]);
  const nodes = useMemo(() => (tree?.nodes ?? []).filter((each) => each.kind !== "group").sort((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0)), [tree, order]);
  const { found, isDone } = useThings(run, nodes);
  const kinds = [...new Set(nodes.map((each) => each.kind))];
  return (
    <section className="panel">
      <div className="ph"><h2>{texts.thing.along}</h2><span className="sub">{texts.thing.alongSub}</span></div>
      {kinds.map((kind) => {
        const of = nodes.filter((each) => each.kind === kind);
        return (
          <div key={kind} className="along">
            <div className="group-head rule">{of.length > 1 ? texts.thing.parts2(of.length, words(kind)) : thingTitle(of[0]?.title ?? "", kind)}</div>
            {of.length > FEW ? <Many nodes={of} found={found} /> : of.map((node) => {
              const values = (found.get(node.id)?.values ?? []).filter(isSaid);
              return (
                <div key={node.id}>
                  <div className="alongid"><a className="id" href={link(thingPath(node.kind, node.id))} data-item="">{node.id}</a>{node.at_us ? <span className="muted"> {moment(node.at_us, zone, now())}</span> : null}</div>
                  {values.length ? <table className="vals"><tbody>{values.map((each, i) => <tr key={each.characteristic + i}><td style={{ width: "42%" }}>{valueTitle(each, false)}</td><td><ValueText value={each} /></td></tr>)}</tbody></table> : null}
                </div>
              );
            })}
          </div>
        );
      })}
      {isDone ? nodes.length ? null : <Note title={texts.thing.noValues} /> : <Loading />}
    </section>
  );
}

/** Many parts of one kind: each on a line with its numbers, and their range above. */
function Many({ nodes, found }: { nodes: TreeNode[]; found: Map<string, Thing> }) {
  const { link } = useRun();
  const names = new Map<string, { low: number; high: number; unit: string | null; decimals: number | null; n: number }>();
  for (const node of nodes) for (const value of found.get(node.id)?.values ?? []) {
    if (typeof value.value !== "number") continue;
    const before = names.get(value.characteristic);
    names.set(value.characteristic, { low: Math.min(before?.low ?? Infinity, value.value), high: Math.max(before?.high ?? -Infinity, value.value), unit: value.unit, decimals: value.decimals, n: (before?.n ?? 0) + 1 });
  }
  return (
    <>
      {names.size ? <table className="vals"><tbody>{[...names].map(([name, each]) => <tr key={name}><td style={{ width: "42%" }}>{words(name)}</td><td>{texts.thing.range(numberOr(each.low, each.decimals, ""), numberOr(each.high, each.decimals, ""))} <span className="unit">{each.unit}</span></td><td className="muted num">{each.n}</td></tr>)}</tbody></table> : null}
      <details className="alongmany"><summary>{texts.thing.showAll(nodes.length)}</summary>
        <table className="vals"><tbody>{nodes.map((node) => <tr key={node.id}><td><a className="id anywhere" href={link(thingPath(node.kind, node.id))}>{node.id}</a></td><td className="num">{(found.get(node.id)?.values ?? []).filter((each) => typeof each.value === "number").slice(0, 2).map((each, i) => <div key={each.characteristic + i}><ValueText value={each} /></div>)}</td></tr>)}</tbody></table>
      </details>
    </>
  );
}
