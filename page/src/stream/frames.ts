/* Binary frames of the live stream (docs/api.md, section 9): eight bytes, a header in JSON, arrays padded to eight bytes. */
import type { Fault, Json, Window } from "../types";

export const NAMES = ["", "hello", "table", "history", "trend", "pong", "error", "event"] as const;
export type FrameName = Exclude<(typeof NAMES)[number], "">;

export interface ArrayInfo { name: string; tag: string | null; type: "f4" | "f8"; n: number }
export interface TagInfo { tag: string; unit: string | null; decimals: number | null; window: Window | null; low: number | null; high: number | null; every_s: number }
export interface FrameHeader {
  seq: number; id?: number; run?: string; t_us?: number; sent_us?: number; topic?: string; body?: Json; pos?: number | null; filled?: boolean; cut?: boolean;
  arrays?: ArrayInfo[]; tags?: TagInfo[]; from_us?: number; to_us?: number; server_us?: number; line_us?: number | null; speed?: number | "max" | null; sent?: number;
  live?: string | null; error?: Fault; event?: LedgerEvent;
}
export interface LedgerEvent { seq: number; t_us: number; wall_us: number; kind: string; body: { [key: string]: Json } }
export interface Series { info: ArrayInfo; data: Float64Array | Float32Array }
export interface Frame { name: FrameName; header: FrameHeader; arrays: Series[] }

const text = new TextDecoder();

/** Takes a frame apart; a frame that is not whole is refused with the reason. */
export function decode(buffer: ArrayBuffer): Frame {
  if (buffer.byteLength < 8) throw new RangeError("a frame has at least 8 bytes");
  const view = new DataView(buffer);
  const name = NAMES[view.getUint16(0, true)];
  const version = view.getUint16(2, true);
  const length = view.getUint32(4, true);
  if (!name) throw new RangeError("frame type " + view.getUint16(0, true) + " is not known");
  if (version !== 1) throw new RangeError("frame version " + version + " is not known");
  if (8 + length > buffer.byteLength) throw new RangeError("the header ends after the frame");
  const header = JSON.parse(text.decode(new Uint8Array(buffer, 8, length))) as FrameHeader;
  let at = 8 + length;
  const arrays: Series[] = [];
  for (const info of header.arrays ?? []) {
    const bytes = info.n * (info.type === "f8" ? 8 : 4);
    if (at + bytes > buffer.byteLength) throw new RangeError("array " + info.name + " ends after the frame");
    arrays.push({ info, data: info.type === "f8" ? new Float64Array(buffer, at, info.n) : new Float32Array(buffer, at, info.n) });
    at += Math.ceil(bytes / 8) * 8;
  }
  return { name, header, arrays };
}
