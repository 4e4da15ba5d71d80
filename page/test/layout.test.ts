import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { layout, shortTitle, type Layout } from "../src/line/layout";
import type { Plant } from "../src/types";

const LINES = ["four-stations", "cylindrical-21700-tabless", "cut-and-stack", "module-topcon", "logistics", "blade-lfp", "sports-car-pack", "electrolyzer-alkaline"];

function plant(name: string): Plant {
  return JSON.parse(readFileSync(new URL(`plants/${name}.json`, import.meta.url), "utf8")) as Plant; // written by make_plants.py
}

/** A drawing in words: one line a box, then lines and buffers, short enough to be read in a review. */
function words(drawn: Layout): string {
  const boxes = drawn.boxes.map((b) => `${b.path} "${b.title}" ${b.shape} ${Math.round(b.x)},${Math.round(b.y)} ${Math.round(b.w)}x${Math.round(b.h)}`);
  const lines = drawn.lines.map((l) => `${l.from} -> ${l.to} ${l.d}`);
  const buffers = drawn.buffers.map((b) => `${b.station}${b.input ? "." + b.input : ""} ${b.flat ? "flat" : "upright"} ${Math.round(b.x)},${Math.round(b.y)}`);
  const labels = drawn.labels.map((l) => `"${l.text}" ${l.x},${Math.round(l.y)}`);
  return [`${drawn.density} ${drawn.columns} columns ${drawn.width}x${drawn.height} scale ${drawn.scale.toFixed(3)}`, ...boxes, ...lines, ...buffers, ...labels].join("\n");
}

describe.each(LINES)("the drawing of %s", (name) => {
  it.each([730, 884, 1250])("is the same picture at %i px", (width) => {
    expect(words(layout(plant(name), width))).toMatchSnapshot();
  });

  it("shows every station once, inside the picture, and no two overlap", () => {
    for (const width of [360, 730, 884, 1000, 1250, 1700]) {
      const drawn = layout(plant(name), width);
      expect(drawn.boxes.map((b) => b.path).sort()).toEqual(plant(name).stations.map((s) => s.path).sort());
      for (const a of drawn.boxes) {
        expect(a.x).toBeGreaterThanOrEqual(0);
        expect(a.x + a.w).toBeLessThanOrEqual(drawn.width);
        expect(a.y + a.h).toBeLessThanOrEqual(drawn.height);
        for (const b of drawn.boxes) {
          if (a === b) continue;
          expect(a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y, `${a.path} over ${b.path} at ${width}`).toBe(true);
        }
      }
    }
  });

  it("draws a line for every way an item goes inside the plant", () => {
    const p = plant(name);
    const drawn = layout(p, 884);
    const feeds = p.stations.flatMap((s) => s.inputs.flatMap((i) => (i.source ? [i.source + ">" + s.path] : [])));
    const has = new Set(drawn.lines.map((l) => l.from + ">" + l.to));
    for (const feed of feeds) expect([...has]).toContain(feed);
    for (const chain of p.chains) {
      const last = chain.stations.map((path) => p.stations.find((s) => s.path === path)).findLast((s) => s?.to.some((to) => !to.back));
      if (chain.ends_in && chain.ends_in !== "out" && last) expect([...has], `${last.path} into ${chain.ends_in}`).toContain(last.path + ">" + chain.ends_in);
      for (const path of chain.stations) {
        for (const to of p.stations.find((s) => s.path === path)?.to ?? []) if (chain.stations.includes(to.station)) expect([...has]).toContain(path + ">" + to.station);
      }
    }
  });
});

describe("rules of the drawing", () => {
  it("lets two branches join at a box that spans both rows", () => {
    const drawn = layout(plant("cylindrical-21700-tabless"), 884);
    const winder = drawn.boxes.find((b) => b.path === "winder");
    expect(winder?.shape).toBe("tall");
    expect(drawn.lines.filter((l) => l.to === "winder").map((l) => l.from).sort()).toEqual(["anode-dryer", "cathode-dryer"]);
  });

  it("hangs a repair station below its gate, with a way there and back", () => {
    const drawn = layout(plant("module-topcon"), 884);
    const gate = drawn.boxes.find((b) => b.path === "string-el");
    const repair = drawn.boxes.find((b) => b.path === "string-repair");
    expect(repair?.x).toBe(gate?.x);
    expect((repair?.y ?? 0) > (gate?.y ?? 0) + (gate?.h ?? 0)).toBe(true);
  });

  it("stacks stations that share the work", () => {
    const drawn = layout(plant("logistics"), 884);
    const lanes = drawn.boxes.filter((b) => b.path.startsWith("lane-"));
    expect(new Set(lanes.map((b) => b.x)).size).toBe(1);
    expect(drawn.lines.filter((l) => l.from === "store")).toHaveLength(4);
  });

  it("fits the 21700 line into the panel of a 1440 x 900 screen", () => {
    const drawn = layout(plant("cylindrical-21700-tabless"), 884);
    expect(drawn.width * drawn.scale).toBeLessThanOrEqual(884);
    expect(drawn.height * drawn.scale).toBeLessThanOrEqual(556);
  });

  it("does not repeat the row's name in a box", () => {
    expect(shortTitle("Cathode coater", "Cathode")).toBe("Coater");
    expect(shortTitle("Cathode", "Cathode")).toBe("Cathode");
    expect(shortTitle("Cathodes two", "Cathode")).toBe("Cathodes two");
  });
});
