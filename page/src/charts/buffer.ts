/* The points of one trend, never more than the picture needs: history by pixel first, then the stream into the same buckets. */

export class TrendBuffer {
  /** Seconds and values as the chart takes them; `null` is a gap. */
  readonly t: number[] = [];
  readonly v: (number | null)[] = [];
  /** The newest value that came, whatever its bucket. */
  last: number | null = null;
  lastT = -Infinity;

  private bucket = -1;
  private inBucket = 0;

  /** `bucketS` is the width of a pixel in seconds; `gapS` the silence after which a line is broken. */
  constructor(public bucketS: number, private readonly gapS: number) {}

  /** Replaces everything by history: min and max of each pixel, NaN where there was nothing. */
  history(t: ArrayLike<number>, min: ArrayLike<number>, max: ArrayLike<number>): void {
    this.t.length = 0;
    this.v.length = 0;
    this.bucket = -1;
    this.inBucket = 0;
    for (let i = 0; i < t.length; i += 1) {
      const at = t[i] ?? 0;
      const low = min[i] ?? NaN;
      const high = max[i] ?? NaN;
      if (Number.isNaN(low)) {
        if (this.v.length && this.v[this.v.length - 1] !== null) this.put(at, null);
        continue;
      }
      // The order of the two follows the line, so that it does not jump back and forth.
      const before = this.v[this.v.length - 1];
      const isFalling = typeof before === "number" && Math.abs(before - high) < Math.abs(before - low);
      this.put(at, isFalling ? high : low);
      if (high !== low) this.put(at + this.bucketS * 0.45, isFalling ? low : high);
      this.last = isFalling ? low : high;
      this.lastT = at;
    }
  }

  /** Adds samples in order of time; what is older than the newest one is left out. */
  append(t: ArrayLike<number>, v: ArrayLike<number>): void {
    for (let i = 0; i < t.length; i += 1) {
      const at = t[i] ?? 0;
      const value = v[i] ?? NaN;
      if (at <= this.lastT) continue;
      if (Number.isNaN(value)) {
        if (this.v[this.v.length - 1] !== null) this.put(at, null);
        this.bucket = -1;
        continue;
      }
      if (at - this.lastT > this.gapS && this.t.length && this.lastT > -Infinity) {
        this.put(at - this.bucketS * 0.5, null);
        this.bucket = -1;
      }
      this.one(at, value);
      this.last = value;
      this.lastT = at;
    }
  }

  private one(at: number, value: number): void {
    const bucket = Math.floor(at / this.bucketS);
    if (bucket !== this.bucket) {
      this.bucket = bucket;
      this.inBucket = 1;
      this.put(at, value);
      return;
    }
    const n = this.v.length;
    if (this.inBucket === 1) {
      this.inBucket = 2;
      this.put(at, value);
      return;
    }
    // Two points a bucket: its least and its greatest value. The newest one may be moved, the other stays.
    const a = this.v[n - 2] as number;
    const b = this.v[n - 1] as number;
    const low = Math.min(a, b, value);
    const high = Math.max(a, b, value);
    this.v[n - 2] = a <= b ? low : high;
    this.v[n - 1] = a <= b ? high : low;
    this.t[n - 1] = at;
  }

  private put(at: number, value: number | null): void {
    this.t.push(at);
    this.v.push(value);
  }

  /** Forgets what is older than `from`, in large steps: shifting costs. */
  forget(from: number): void {
    if (this.t.length < 4096 || (this.t[this.t.length >> 1] ?? Infinity) > from) return;
    const n = this.t.findIndex((each) => each >= from);
    if (n > 0) {
      this.t.splice(0, n);
      this.v.splice(0, n);
    }
  }
}
