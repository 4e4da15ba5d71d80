/* The one WebSocket of the page: subscriptions, healing after a cut, ages. Parts never see the socket, only what they subscribed. */
import { Clock } from "./clock";
import { decode, type Frame, type FrameHeader } from "./frames";

export type Topic = "line" | "header" | "alarms" | "station" | "machine" | "states" | "signals" | "events" | "runs" | "experiments";
export interface Wish { run: string; topic: Topic; [key: string]: unknown }
export interface Link { state: "connecting" | "open" | "lost"; lostAt: number | null; nextTry: number | null; healed: number | null }

interface Subscription { id: number; wish: Wish; take: (frame: Frame) => void; pos: number | null; since: number | null }

const WAITS_S = [1, 2, 4, 8, 15];
const SILENCE_MS = 2500; // beats are 1 s apart
const GRACE_MS = 2000; // a cut shorter than this is not worth a word

export class Stream {
  readonly clock = new Clock();
  link: Link = { state: "connecting", lostAt: null, nextTry: null, healed: null };
  /** Server's wall clock of the newest frame with data, and the age that the data had then. */
  newest: { sentUs: number; ageS: number } | null = null;
  marks = false;

  private socket: WebSocket | null = null;
  private readonly subscriptions = new Map<number, Subscription>();
  private readonly listeners = new Set<() => void>();
  private nextId = 1;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private pinger: ReturnType<typeof setInterval> | null = null;
  private heardAt = 0;
  private drawn = 0;
  private drawing = false;
  private closed = false;

  constructor(private readonly url: string, private readonly make: (url: string) => WebSocket = (to) => new WebSocket(to)) {}

  /** Listens for changes of the connection; returns how to stop. */
  watch(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(link: Partial<Link>): void {
    this.link = { ...this.link, ...link };
    for (const listener of this.listeners) listener();
  }

  open(): void {
    this.closed = false;
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const socket = this.make(this.url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    socket.onopen = () => this.opened(socket);
    socket.onmessage = (event: MessageEvent) => {
      if (socket === this.socket && event.data instanceof ArrayBuffer) this.received(event.data);
    };
    socket.onclose = () => {
      if (socket === this.socket) this.lost();
    };
    socket.onerror = () => socket.close();
  }

  close(): void {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
    if (this.pinger) clearInterval(this.pinger);
    this.socket?.close();
    this.socket = null;
  }

  /** Tries at once instead of waiting. */
  tryNow(): void {
    if (this.link.state !== "lost") return;
    this.socket?.close();
    this.open();
  }

  private opened(socket: WebSocket): void {
    this.heardAt = Date.now();
    socket.send(JSON.stringify({ op: "hello", version: 1 }));
    this.ping();
    if (this.pinger) clearInterval(this.pinger);
    this.pinger = setInterval(() => this.beat(), 1000);
    for (const one of this.subscriptions.values()) this.send(one);
    const lostAt = this.link.lostAt;
    this.tries = 0;
    this.tell({ state: "open", nextTry: null, lostAt: null, healed: lostAt !== null && Date.now() - lostAt > GRACE_MS ? Date.now() - lostAt : null });
  }

  private beat(): void {
    // A cable that is pulled closes nothing: where two beats are not answered, it is a cut.
    if (Date.now() - this.heardAt > SILENCE_MS) {
      this.socket?.close();
      this.lost();
    } else this.ping();
  }

  private ping(): void {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify({ op: "ping", sent: Date.now() * 1000 }));
  }

  private lost(): void {
    if (this.pinger) clearInterval(this.pinger);
    this.pinger = null;
    this.socket = null;
    if (this.closed || this.timer) return;
    const wait = (WAITS_S[Math.min(this.tries, WAITS_S.length - 1)] ?? 15) * 1000 * (0.85 + 0.3 * Math.random());
    this.tries += 1;
    this.timer = setTimeout(() => this.open(), wait);
    this.tell({ state: "lost", lostAt: this.link.lostAt ?? (this.heardAt || Date.now()), nextTry: Date.now() + wait, healed: null });
  }

  /** Subscribes; the same wish sent again after a cut goes on where it stopped. Returns how to stop. */
  subscribe(wish: Wish, take: (frame: Frame) => void): () => void {
    const one: Subscription = { id: this.nextId, wish, take, pos: null, since: null };
    this.nextId += 1;
    this.subscriptions.set(one.id, one);
    this.send(one);
    return () => {
      this.subscriptions.delete(one.id);
      this.say({ op: "unsubscribe", id: one.id });
    };
  }

  private say(message: object): void {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(message));
  }

  private send(one: Subscription): void {
    this.say({ op: "subscribe", id: one.id, ...one.wish, after: one.pos });
  }

  /** A hidden tab asks for nothing; shown again, it goes on where it stopped. */
  setHidden(hidden: boolean): void {
    for (const one of this.subscriptions.values()) {
      if (hidden) this.say({ op: "unsubscribe", id: one.id });
      else this.send(one);
    }
  }

  private received(buffer: ArrayBuffer): void {
    const receivedUs = Date.now() * 1000;
    this.heardAt = Date.now();
    let frame: Frame;
    try {
      frame = decode(buffer);
    } catch (error) {
      console.error("frame refused", error);
      return;
    }
    const header = frame.header;
    if (frame.name === "pong" && header.sent !== undefined && header.server_us !== undefined) {
      this.clock.heard({ sent: header.sent, received: receivedUs, server_us: header.server_us, line_us: header.line_us ?? null, speed: header.speed ?? null });
      return;
    }
    if (frame.name === "error") console.error("stream", header.error);
    this.note(frame, header);
    const one = header.id === undefined ? undefined : this.subscriptions.get(header.id);
    if (!one) return;
    if (header.pos !== undefined && header.pos !== null) one.pos = header.pos;
    if (this.marks) performance.mark("frame", { detail: { seq: header.seq, name: frame.name, sentUs: header.sent_us, receivedUs } });
    one.take(frame);
    this.seen(header.seq);
  }

  private note(frame: Frame, header: FrameHeader): void {
    if (header.sent_us === undefined || frame.name === "hello") return;
    if (frame.name === "table") {
      const age = (header.body as { age_s?: number | null } | null)?.age_s;
      if (age === undefined) return;
      this.newest = { sentUs: header.sent_us, ageS: age ?? 0 };
    } else if (frame.name === "trend" && !header.filled) this.newest = { sentUs: header.sent_us, ageS: 0 };
  }

  /** Says after the next picture what has been drawn, which lets the server pace itself. */
  private seen(seq: number): void {
    this.drawn = Math.max(this.drawn, seq);
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => {
      this.drawing = false;
      this.say({ op: "seen", seq: this.drawn });
    });
  }

  /** Seconds since the newest value arrived and how old it was then; null when nothing has come. */
  ageS(): number | null {
    if (!this.newest) return null;
    return Math.max(0, (this.clock.serverNow() - this.newest.sentUs) / 1e6) + this.newest.ageS;
  }
}
