/* Two clocks: the server's wall clock (for ages) and the line's own time (for everything that is shown). */

export interface Pong { sent: number; received: number; server_us: number; line_us: number | null; speed: number | "max" | null }

export class Clock {
  private offsetUs = 0;
  private bestTrip = Infinity;
  private lineUs: number | null = null;
  private lineAtUs = 0;
  private speed = 1;

  /** Takes an answer to a ping; `sent`, `received` are this machine's clock in microseconds. The quickest trips tell the offset best. */
  heard(pong: Pong): void {
    const trip = pong.received - pong.sent;
    if (trip <= this.bestTrip * 1.5 || this.bestTrip === Infinity) {
      this.offsetUs = pong.server_us - (pong.sent + pong.received) / 2;
      this.bestTrip = Math.min(trip, this.bestTrip * 1.1);
    }
    if (pong.line_us !== null) this.setLine(pong.line_us, pong.server_us, typeof pong.speed === "number" ? pong.speed : 0);
  }

  /** Sets the line's time as it was when the server sent it. */
  setLine(lineUs: number, serverUs: number, speed: number): void {
    this.lineUs = lineUs;
    this.lineAtUs = serverUs;
    this.speed = speed;
  }

  /** The server's wall clock now, in microseconds. */
  serverNow(nowUs: number = Date.now() * 1000): number {
    return nowUs + this.offsetUs;
  }

  /** The line's time now: it runs on between frames, but never more than three seconds beyond the last one. */
  lineNow(nowUs: number = Date.now() * 1000): number | null {
    if (this.lineUs === null) return null;
    const since = Math.min(Math.max(0, this.serverNow(nowUs) - this.lineAtUs), 3e6);
    return this.lineUs + since * this.speed;
  }
}
