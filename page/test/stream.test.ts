import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Clock } from "../src/stream/clock";
import { decode, type FrameHeader } from "../src/stream/frames";
import { Stream } from "../src/stream/socket";

function frame(type: number, header: object, arrays: (Float64Array | Float32Array)[] = []): ArrayBuffer {
  let text = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(32);
  padded.set(text);
  text = padded;
  const sizes = arrays.map((each) => Math.ceil(each.byteLength / 8) * 8);
  const out = new ArrayBuffer(8 + text.length + sizes.reduce((a, b) => a + b, 0));
  const view = new DataView(out);
  view.setUint16(0, type, true);
  view.setUint16(2, 1, true);
  view.setUint32(4, text.length, true);
  new Uint8Array(out, 8).set(text);
  let at = 8 + text.length;
  arrays.forEach((each, i) => { new Uint8Array(out, at).set(new Uint8Array(each.buffer)); at += sizes[i] ?? 0; });
  return out;
}

describe("frames", () => {
  it("gives header and arrays of both widths back", () => {
    const t = new Float64Array([1.5, 2.5, 3.5]);
    const v = new Float32Array([7, 8, 9]);
    const got = decode(frame(4, { seq: 5, arrays: [{ name: "t", tag: "a/1/b", type: "f8", n: 3 }, { name: "v", tag: "a/1/b", type: "f4", n: 3 }, { name: "t", tag: "c", type: "f8", n: 3 }] }, [t, v, t]));
    expect(got.name).toBe("trend");
    expect(got.header.seq).toBe(5);
    expect([...(got.arrays[1]?.data ?? [])]).toEqual([7, 8, 9]);
    expect([...(got.arrays[2]?.data ?? [])]).toEqual([1.5, 2.5, 3.5]);
  });

  it.each([["short", new ArrayBuffer(4)], ["of an unknown type", frame(99, {})], ["with arrays that are not there", frame(4, { arrays: [{ name: "t", tag: null, type: "f8", n: 100 }] })]])("refuses a frame %s", (_what, buffer) => {
    expect(() => decode(buffer)).toThrow(RangeError);
  });
});

describe("clock", () => {
  it("finds the offset from ping and pong, and lets the line's time run at its speed", () => {
    const clock = new Clock();
    clock.heard({ sent: 1_000_000, received: 1_010_000, server_us: 6_005_000, line_us: 50_000_000, speed: 60 });
    expect(clock.serverNow(1_010_000)).toBe(6_010_000);
    expect(clock.lineNow(1_510_000)).toBeCloseTo(50_000_000 + 505_000 * 60, 0);
  });

  it("does not run on for ever when nothing more is heard", () => {
    const clock = new Clock();
    clock.setLine(0, 0, 1);
    expect(clock.lineNow(100_000_000)).toBe(3_000_000);
  });
});

class FakeSocket {
  static all: FakeSocket[] = [];
  binaryType = "";
  readyState = 0;
  sent: { op: string; id?: number; after?: number | null; topic?: string }[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor() { FakeSocket.all.push(this); }
  send(text: string): void { this.sent.push(JSON.parse(text) as FakeSocket["sent"][number]); }
  close(): void { if (this.readyState !== 3) { this.readyState = 3; this.onclose?.(); } }
  accept(): void { this.readyState = 1; this.onopen?.(); }
  give(type: number, header: Partial<FrameHeader>): void { this.onmessage?.({ data: frame(type, header) }); }
}

describe("stream", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    FakeSocket.all = [];
    vi.stubGlobal("requestAnimationFrame", (call: () => void) => setTimeout(call, 16));
  });
  afterEach(() => { vi.useRealTimers(); vi.unstubAllGlobals(); });

  const make = (): Stream => new Stream("ws://x", () => new FakeSocket() as unknown as WebSocket);

  it("says hello, subscribes, and goes on after a cut where it stopped", () => {
    const stream = make();
    stream.open();
    const got: number[] = [];
    stream.subscribe({ run: "r", topic: "alarms" }, (each) => got.push(each.header.seq));
    const first = FakeSocket.all[0];
    first?.accept();
    expect(first?.sent.map((each) => each.op)).toEqual(["hello", "ping", "subscribe"]);
    first?.give(2, { seq: 1, id: 1, pos: 77, body: {} });
    first?.close();
    expect(stream.link.state).toBe("lost");
    vi.advanceTimersByTime(1200);
    const second = FakeSocket.all[1];
    second?.accept();
    expect(second?.sent.find((each) => each.op === "subscribe")).toMatchObject({ id: 1, after: 77, topic: "alarms" });
    second?.give(2, { seq: 1, id: 1, pos: 80, body: {} });
    expect(got).toEqual([1, 1]);
    expect(stream.link.state).toBe("open");
    stream.close();
  });

  it("waits longer after each failure and tells when it was healed", () => {
    const stream = make();
    stream.open();
    FakeSocket.all[0]?.accept();
    FakeSocket.all[0]?.close();
    const waits: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      waits.push((stream.link.nextTry ?? 0) - Date.now());
      vi.advanceTimersByTime(20_000);
      FakeSocket.all.at(-1)?.close();
    }
    waits.forEach((wait, i) => {
      const wanted = [1, 2, 4, 8, 15][i] ?? 15;
      expect(wait).toBeGreaterThanOrEqual(wanted * 850);
      expect(wait).toBeLessThanOrEqual(wanted * 1150);
    });
    vi.advanceTimersByTime(20_000);
    FakeSocket.all.at(-1)?.accept();
    expect(stream.link.healed).toBeGreaterThan(60_000);
    stream.close();
  });

  it("takes silence for a cut", () => {
    const stream = make();
    stream.open();
    FakeSocket.all[0]?.accept();
    vi.advanceTimersByTime(9000);
    expect(stream.link.state).toBe("lost");
    stream.close();
  });

  it("asks for nothing while the tab is hidden", () => {
    const stream = make();
    stream.open();
    FakeSocket.all[0]?.accept();
    stream.subscribe({ run: "r", topic: "line" }, () => undefined);
    stream.setHidden(true);
    stream.setHidden(false);
    expect(FakeSocket.all[0]?.sent.map((each) => each.op).slice(-3)).toEqual(["subscribe", "unsubscribe", "subscribe"]);
    stream.close();
  });

  it("tells the age of the newest value", () => {
    const stream = make();
    stream.open();
    FakeSocket.all[0]?.accept();
    stream.subscribe({ run: "r", topic: "line" }, () => undefined);
    expect(stream.ageS()).toBeNull();
    FakeSocket.all[0]?.give(2, { seq: 1, id: 1, sent_us: Date.now() * 1000, body: { age_s: 0.3 } });
    vi.advanceTimersByTime(1000);
    expect(stream.ageS()).toBeCloseTo(1.3, 1);
    stream.close();
  });
});
