import { describe, expect, it } from "vitest";
import { acknowledgeCommand } from "../src/alarms/acknowledge";
import { rowText } from "../src/charts/timebar";
import { stationState } from "../src/line/box";
import { lossPieces } from "../src/line/page";
import { fit, textWidth } from "../src/line/fit";
import { isOutside, scaleFor } from "../src/parts/windowbar";
import { address, parse, path } from "../src/route";
import { groupOf, NAMES, stationGroup, tally } from "../src/states";
import { atUnit } from "../src/trace/strip";
import { fieldNumber, shortId } from "../src/trace/thing";
import { isCorrected, shortRecord } from "../src/trace/told";
import { depths, fold, merge, NODE, nodeName, place } from "../src/trace/treelayout";
import { stopwatch } from "../src/format";
import { words } from "../src/texts";
import { thingTitle } from "../src/trace/paths";
import type { Alarm, ProfileRow, Station, StationNow, ToldRow, Tree, TreeEdge, TreeNode, Value } from "../src/types";

const bareStation: StationNow = { states: {}, groups: null, worst: null, waiting: null, queue: [], inside: null, places: null, made: null, scrap: null, rate_per_min: null, flow_per_min: null, key: null, machines: null, availability: null };

describe("states", () => {
  it("knows the 17 names of PackML and takes no other for running", () => {
    expect(NAMES).toHaveLength(17);
    expect(groupOf("NoData")).toBe("no-data");
    expect(groupOf("execute")).toBe("no-data");
    expect(tally({ states: { Execute: 3, Starting: 1, Held: 2, NoData: 1 } })).toEqual({ running: 4, waiting: 0, fault: 2, planned: 0, "no-data": 1 });
    expect(stationGroup(undefined)).toBe("no-data");
  });

  it("takes a coil change for a wait, though the machine is held: nobody is needed", () => {
    expect(groupOf("Held", "web-break")).toBe("fault");
    expect(groupOf("Held", "coil-change")).toBe("waiting");
    const worst = { state: "Held", count: 2, machine: 3, reason: "coil-change", since_us: 0 };
    const now = { ...bareStation, states: { Held: 2, Execute: 12 }, groups: { waiting: 2, running: 12 }, worst };
    expect(tally(now)).toEqual({ running: 12, waiting: 2, fault: 0, planned: 0, "no-data": 0 });
    expect(stationState({ count: 14 } as Station, now)).toMatchObject({ group: "waiting", text: "2 of 14 coil change", edge: "running" });
    expect(stationState({ count: 14 } as Station, now, true).text).toBe("2 coil");
    expect(rowText({ from_us: 0, to_us: 1, state: "Held", group: "waiting", reason: "coil-change", merged: false })).toBe("coil change");
  });
});

describe("acknowledging", () => {
  it("takes all alarms that were folded into the rows, each once", () => {
    const row = (key: number, keys?: number[]): Alarm => ({ key, ...(keys ? { keys } : {}) }) as Alarm;
    expect(acknowledgeCommand([row(9, [3, 7, 9]), row(11), row(12, []), row(9, [9])])).toEqual({ kind: "acknowledge", target: { alarms: [3, 7, 9, 11, 12] } });
  });
});

describe("what a profile is at a unit", () => {
  const row = { characteristic: "weight", side: "A", lane: null, unit: "mg/cm²", decimals: 2, window: null, m: [0.5, 1.5, 2.5], min: [1, 2, 9], max: [1, 2, 9], mean: [1, 2, 9] } as ProfileRow;

  it("is the mean over its own metres, each piece by its length, never that of the next piece", () => {
    expect(atUnit(row, { lo: 0.2, hi: 0.8 }, "W", [])).toBe(1);
    expect(atUnit(row, { lo: 0.9, hi: 1.2 }, "W", [])).toBeCloseTo((1 * 0.1 + 2 * 0.2) / 0.3);
    expect(atUnit(row, { lo: 5, hi: 6 }, "W", [])).toBeNull();
  });

  it("is the unit's own value where it is told", () => {
    const value = { characteristic: "weight", side: "A", lane: null, web: "W", value: 1.25 } as Value;
    expect(atUnit(row, { lo: 0.2, hi: 0.8 }, "W", [{ ...value, web: "V", value: 7 }, { ...value, side: "B", value: 8 }, value])).toBe(1.25);
  });
});

describe("losses", () => {
  it("add up, the held ones first, the small ones together", () => {
    const parts = [{ cause: "waiting", station: null, count: 500 }, { cause: "held", station: "a", count: 300 }, { cause: "held", station: "b", count: 5 }, { cause: "other", station: null, count: 10 }];
    const pieces = lossPieces(parts);
    expect(pieces.map((each) => each.cause)).toEqual(["held", "waiting", "other"]);
    expect(pieces.reduce((sum, each) => sum + each.count, 0)).toBe(815);
    expect(lossPieces([])).toEqual([]);
  });
});

describe("addresses", () => {
  it("are read and written back, whatever an id holds", () => {
    const to = address("my line", path("unit", "A/B 1"), { range: "5m" });
    expect(to).toBe("/my%20line/unit/A%2FB%201?range=5m");
    const [pathname, search] = to.split("?");
    const route = parse(pathname ?? "", "?" + (search ?? ""));
    expect([route.line, route.page, ...route.rest, route.query.get("range")]).toEqual(["my line", "unit", "A/B 1", "5m"]);
    expect(address("l", "/find?q=a", { run: null })).toBe("/l/find?q=a");
    expect(parse("/%E0%A4%A", "").line).toBe("%E0%A4%A");
  });

  it("take lengths as people write them", () => {
    expect(fieldNumber("1,032.1 m")).toBe(1032.1);
    expect(fieldNumber("1032.1m")).toBe(1032.1);
    expect(fieldNumber("m 12")).toBeNull();
    expect(fieldNumber("-3")).toBeNull();
  });

  it("shorten an id for a small button", () => {
    expect(shortId("CATHODE-COIL-0000412")).toBe("Cathode coil");
    expect(shortId("0412")).toBe("0412");
  });
});

describe("window bar", () => {
  it("sticks to the edge where a value is off the scale", () => {
    const x = scaleFor(0, 10, [5]);
    expect(x(1e9)).toBe(112);
    expect(x(-1e9)).toBe(6);
    expect(isOutside(10.1, 0, 10)).toBe(true);
    expect(isOutside(10, 0, 10)).toBe(false);
    expect(isOutside(null, 0, 10)).toBe(false);
  });
});

describe("text that must fit", () => {
  it("is cut only where it is too wide", () => {
    expect(fit("Coater", 13, 90, true)).toBe("Coater");
    const cut = fit("A very long name of a station", 13, 60, true);
    expect(cut.endsWith("…")).toBe(true);
    expect(textWidth(cut, 13, true)).toBeLessThanOrEqual(60);
  });
});

const node = (id: string, role: TreeNode["role"]): TreeNode => ({ id, kind: "lot", material: "m", title: id, lines: [], role, more: null, at_us: null });
const edge = (from: string, to: string, basis: TreeEdge["basis"] = "certain"): TreeEdge => ({ from, to, basis, kind: "map", share: null, lo_m: null, hi_m: null, lane: null, input: null });

describe("genealogy", () => {
  const tree: Tree = { nodes: [node("cell", "self"), node("strip", "made-of"), node("coil", "made-of"), node("slurry", "made-of"), node("pack", "went-into"), node("tray", "carried-in")],
    edges: [edge("strip", "cell"), edge("coil", "strip"), edge("slurry", "coil", "possible"), edge("cell", "pack"), edge("cell", "tray")], cut: false };

  it("stands in columns by its distance: made of left, went into right", () => {
    expect(Object.fromEntries(depths(tree, "cell"))).toEqual({ cell: 0, strip: -1, coil: -2, slurry: -3, pack: 1, tray: 1 });
    const placed = place(tree);
    const x = new Map(placed.nodes.map((each) => [each.node.id, each.x]));
    expect((x.get("slurry") ?? 0) < (x.get("coil") ?? 0) && (x.get("cell") ?? 0) < (x.get("pack") ?? 0)).toBe(true);
    expect(placed.nodes.find((each) => each.node.id === "slurry")?.isPossible).toBe(true);
    const y = new Map(placed.nodes.map((each) => [each.node.id, each.y]));
    expect((y.get("tray") ?? 0) > (y.get("pack") ?? 0)).toBe(true);
  });

  it("grows by the neighbours of an opened node, without a second copy", () => {
    const more: Tree = { nodes: [node("coil", "self"), node("strip-2", "went-into"), node("strip", "went-into")], edges: [edge("coil", "strip-2"), edge("coil", "strip")], cut: false };
    const grown = merge(tree, more);
    expect(grown.nodes.map((each) => each.id).sort()).toEqual(["cell", "coil", "pack", "slurry", "strip", "strip-2", "tray"]);
    expect(grown.nodes.filter((each) => each.role === "self").map((each) => each.id)).toEqual(["cell"]);
    expect(depths(grown, "cell").get("strip-2")).toBe(-1);
  });

  it("puts lots that only lie beside into one node, but leaves those of real records where they went in", () => {
    const lots = (kind: string): Tree => ({ nodes: [node("cell", "self"), ...["a", "b", "c"].map((id) => ({ ...node(id, "made-of"), kind: "lot" }))], edges: ["a", "b", "c"].map((id) => ({ ...edge(id, "cell"), kind })), cut: false });
    expect(fold(lots("mount"), "Parts").nodes.map((each) => each.id)).toEqual(["cell", "parts"]);
    expect(fold(lots("link"), "Parts").nodes).toHaveLength(4);
  });

  it("makes eleven columns of real records fit a wide page without scaling them", () => {
    const ids = Array.from({ length: 11 }, (_, i) => `n${i}`);
    const long: Tree = { nodes: ids.map((id, i) => node(id, i ? "made-of" : "self")), edges: ids.slice(1).map((id, i) => edge(id, `n${i}`)), cut: false };
    const placed = place(long, 1160);
    expect(placed.width).toBeLessThanOrEqual(1160);
    expect(placed.nodeWidth).toBeGreaterThanOrEqual(NODE.leastOfMany);
  });

  it("does not run in a circle", () => {
    const circle: Tree = { nodes: [node("a", "self"), node("b", "made-of")], edges: [edge("b", "a"), edge("a", "b")], cut: false };
    expect(place(circle).nodes).toHaveLength(2);
  });
});

describe("names", () => {
  it.each([["web-break", "Web break"], ["DryCellWithBracingMass", "Dry cell with bracing mass"], ["TestedCell", "Tested cell"], ["OCV 1", "OCV 1"], ["Channel Number", "Channel Number"]])("%s is %s", (name, shown) => {
    expect(words(name)).toBe(shown);
  });

  it("say the kind where a record has only a key", () => {
    expect(thingTitle("Material:OSLd14c86", "TestedCell")).toBe("Tested cell");
    expect(thingTitle("Cathode coil", "web")).toBe("Cathode coil");
  });
});

describe("real records", () => {
  const row = (words: Partial<ToldRow>): ToldRow => ({ value: 0.012264, stated: 12.264, unit: "kg", ...words }) as ToldRow;
  it("say where the stored number is not the one worked with", () => {
    expect(isCorrected(row({}))).toBe(true);
    expect(isCorrected(row({ stated: 0.012264 }))).toBe(false);
    expect(isCorrected(row({ stated: null }))).toBe(false);
    expect(isCorrected(row({ unit: "C", value: 1830, stated: 0.508 }))).toBe(false); // stored in the unit of its file
  });
  it("are named by the ends of their ids", () => {
    expect(shortRecord("LabObject:OSL362b1ef25dbb4872b71d929cef5b17e0-23O0001")).toBe("OSL362b1e\u202617e0-23O0001");
    expect(shortRecord("CELL-4418")).toBe("CELL-4418");
  });
});

describe("a stopwatch", () => {
  it("counts down in minutes and seconds, never below zero", () => {
    expect([598.9, 60, 0, -3].map(stopwatch)).toEqual(["9:58", "1:00", "0:00", "0:00"]);
  });
});


describe("a genealogy on a small screen", () => {
  const node = (id: string, role: TreeNode["role"], title = "Cathode coil", kind = "web"): TreeNode => ({ id, kind, material: "", title, lines: [], role, more: null, at_us: null });
  const edge = (from: string, to: string, kind = "map"): TreeEdge => ({ from, to, basis: "certain", kind, share: null, lo_m: null, hi_m: null, lane: null, input: null });
  const chain = ["cathode-slurry-1", "cathode-coil-2", "cathode-coil-2@cathode-calender", "cathode-coil-2@cathode-notcher", "cathode-strip-3", "CELL-4"];
  const tree: Tree = {
    nodes: [...chain.map((id) => node(id, id === "CELL-4" ? "self" : "made-of")), node("T-1", "carried-in", "Tray", "carrier"), node("group:cathode-strip-3", "went-into", "Cell", "group")],
    edges: [...chain.slice(1).map((to, i) => edge(chain[i] ?? "", to)), edge("T-1", "CELL-4", "placed"), edge("cathode-strip-3", "group:cathode-strip-3", "consume")], cut: false,
  };

  it("fits a tablet with all its columns", () => {
    expect(place(tree, 746).width).toBeLessThanOrEqual(746);
    expect(place(tree, 1180).nodeWidth).toBeGreaterThan(NODE.least);
  });

  it("has no word over a box, also after a node was opened", () => {
    const placed = place(tree, 1180);
    for (const label of placed.columns) for (const each of placed.nodes) {
      const height = each.node.role === "self" ? NODE.self : NODE.h;
      const isOver = Math.abs(each.x - label.x) < placed.nodeWidth && label.y + 14 > each.y && label.y < each.y + height;
      expect(isOver, `${label.role} over ${each.node.id}`).toBe(false);
    }
    const sorted = placed.nodes.filter((each) => each.x === placed.nodes.find((one) => one.node.role === "self")?.x).sort((a, b) => a.y - b.y);
    for (const [i, each] of sorted.entries()) if (i) expect(each.y).toBeGreaterThanOrEqual((sorted[i - 1]?.y ?? 0) + (sorted[i - 1]?.node.role === "self" ? NODE.self : NODE.h));
  });

  it("never cuts the id of a web in the metres of a later machine", () => {
    expect(nodeName(node("cathode-coil-227@cathode-calender", "made-of"), "Cathode coil", 144)).toEqual({ id: "cathode-coil-227", after: "cathode-calender" });
    expect(nodeName(node("cathode-coil-227", "made-of"), "Cathode coil", 88)).toEqual({ id: "227", after: null });
    expect(nodeName(node("CELL-4418", "self"), "Cell 21700 tabless", 88)).toEqual({ id: "CELL-4418", after: null });
  });
});
