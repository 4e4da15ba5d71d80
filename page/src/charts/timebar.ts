/* States over time on a canvas, on the axis of the trends: hatch for waiting and planned, words where they fit. */
import { groupOf } from "../states";
import { texts } from "../texts";
import { colour, theme } from "../theme";
import type { Group, StateRow } from "../types";

const HATCH: Partial<Record<Group, [string, string]>> = { waiting: ["wait", "surface"], planned: ["planned", "surface"] };
const patterns = new Map<string, CanvasPattern | null>();

function pattern(context: CanvasRenderingContext2D, group: Group, ratio: number): CanvasPattern | string {
  const pair = HATCH[group];
  if (!pair) return colour(group === "running" ? "run-soft" : group === "fault" ? "fault" : "inset");
  const key = theme() + group + ratio;
  let found = patterns.get(key);
  if (found === undefined) {
    const tile = document.createElement("canvas");
    const size = Math.round(5 * ratio);
    tile.width = size;
    tile.height = size;
    const pen = tile.getContext("2d");
    if (pen) {
      pen.fillStyle = colour(group === "waiting" ? pair[0] : pair[1]);
      pen.fillRect(0, 0, size, size);
      pen.strokeStyle = colour(group === "waiting" ? pair[1] : pair[0]);
      pen.globalAlpha = group === "waiting" ? 0.55 : 1;
      pen.lineWidth = 1.4 * ratio;
      for (const shift of [-size, 0, size]) {
        pen.beginPath();
        pen.moveTo(shift, size);
        pen.lineTo(shift + size, 0);
        pen.stroke();
      }
    }
    found = context.createPattern(tile, "repeat");
    patterns.set(key, found);
  }
  return found ?? colour("inset");
}

/** Words of a row: the state, and why. */
export function rowText(row: StateRow): string {
  const word = row.group === "running" ? texts.state.word(row.state) : row.group === "waiting" || row.group === "planned" ? (row.reason ? texts.state.reason(row.reason) : texts.state.word(row.state)) : texts.state.word(row.state);
  return row.group === "fault" && row.reason ? texts.state.because(word, texts.state.reason(row.reason)) : word;
}

/** Draws rows between two times (seconds) into a canvas `width` x `height` px. */
export function drawStates(canvas: HTMLCanvasElement, rows: StateRow[], from: number, to: number, width: number, height: number, isPlain = false): void {
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = `${isPlain ? 10 : 11}px Inter, system-ui, sans-serif`;
  pen.textBaseline = "middle";
  pen.textAlign = "center";
  const x = (us: number): number => ((us / 1e6 - from) / (to - from)) * width;
  for (const row of rows) {
    const left = Math.max(0, x(row.from_us));
    const right = Math.min(width, x(row.to_us ?? to * 1e6));
    if (right <= 0 || left >= width) continue;
    const group = row.group ?? groupOf(row.state, row.reason);
    const wide = Math.max(group === "running" ? 0 : 1.5, right - left - (right - left > 3 ? 1 : 0));
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = pattern(pen, group, ratio);
    pen.fillRect(left * ratio, 0, wide * ratio, height * ratio);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (group === "no-data") {
      pen.strokeStyle = colour("unknown");
      pen.setLineDash([3, 2.5]);
      pen.strokeRect(left + 0.5, 0.5, Math.max(1, wide - 1), height - 1);
      pen.setLineDash([]);
    }
    if (isPlain || wide < 44) continue;
    const text = rowText(row);
    if (pen.measureText(text).width > wide - 8) continue;
    pen.font = `${group === "fault" ? 600 : 400} 11px Inter, system-ui, sans-serif`;
    if (group === "waiting" || group === "planned") {
      const room = pen.measureText(text).width + 8;
      pen.fillStyle = colour("surface");
      pen.fillRect(left + wide / 2 - room / 2, 3, room, height - 6);
    }
    pen.fillStyle = group === "fault" ? colour("p1-on") : group === "waiting" ? colour("wait-ink") : colour("ink-2");
    pen.fillText(text, left + wide / 2, height / 2 + 0.5);
  }
}
