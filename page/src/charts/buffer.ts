/* The points of one trend, never more than the picture needs: history by pixel first, then the stream into the same buckets. */

type Known = number | null;

export class TrendBuffer {
  /** One point a pixel: its time (s), least, greatest and mean value; `null` is a gap. */
  readonly t: number[] = [];
  readonly low: Known[] = [];
  readonly high: Known[] = [];
  readonly mean: Known[] = [];
  /** The newest value that came, whatever its bucket. */
  last: number | null = null;
  lastT = -Infinity;

  private bucket = -1;
  private inBucket = 0;

  /** `bucketS` is the width of a pixel in seconds; `gapS` the silence after which a line is broken. */
  constructor(public bucketS: number, private gapS: number) {}

  /** Another range has wider or narrower pixels, and so another silence that breaks the line. */
  pace(bucketS: number, gapS: number): void {
    this.bucketS = bucketS;
    this.gapS = gapS;
  }

  /** Replaces everything by history: min, max and mean of each pixel, NaN where there was nothing. */
  history(t: ArrayLike<number>, min: ArrayLike<number>, max: ArrayLike<number>, mean: ArrayLike<number> = []): void {
    for (const each of [this.t, this.low, this.high, this.mean]) each.length = 0;
    this.lastT = -Infinity;
    this.fill(t, min, max, mean);
  }

  /** Adds history behind what is there: what came while the connection was cut. */
  fill(t: ArrayLike<number>, min: ArrayLike<number>, max: ArrayLike<number>, mean: ArrayLike<number> = []): void {
    this.bucket = -1;
    this.inBucket = 0;
    for (let i = 0; i < t.length; i += 1) {
      const at = t[i] ?? 0;
      const low = min[i] ?? NaN;
      const high = max[i] ?? NaN;
      if (Number.isNaN(low) || at <= this.lastT) continue;
      // Pixels may be narrower than the period of the samples: only a real silence breaks the line.
      if (this.t.length && at - this.lastT > this.gapS) this.put(at - this.bucketS * 0.5, null, null, null);
      const middle = mean[i] ?? NaN;
      const value = Number.isNaN(middle) ? (low + high) / 2 : middle;
      this.put(at, low, high, value);
      this.last = value;
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
        if (this.mean.length && this.mean[this.mean.length - 1] !== null) this.put(at, null, null, null);
        this.bucket = -1;
        continue;
      }
      if (at - this.lastT > this.gapS && this.t.length && this.lastT > -Infinity) {
        this.put(at - this.bucketS * 0.5, null, null, null);
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
      this.put(at, value, value, value);
      return;
    }
    const i = this.t.length - 1;
    this.inBucket += 1;
    this.low[i] = Math.min(this.low[i] ?? value, value);
    this.high[i] = Math.max(this.high[i] ?? value, value);
    const before = this.mean[i] ?? value;
    this.mean[i] = before + (value - before) / this.inBucket;
  }

  private put(at: number, low: Known, high: Known, mean: Known): void {
    this.t.push(at);
    this.low.push(low);
    this.high.push(high);
    this.mean.push(mean);
  }

  /** Forgets what is older than `from`, in large steps: shifting costs. */
  forget(from: number): void {
    if (this.t.length < 4096 || (this.t[this.t.length >> 1] ?? Infinity) > from) return;
    const n = this.t.findIndex((each) => each >= from);
    if (n > 0) for (const each of [this.t, this.low, this.high, this.mean]) each.splice(0, n);
  }
}
