/* A sample as the page uses it: what a run does not know is absent on the wire, and `null` or empty here. */
import type { LineSample, StationNow } from "../types";

export function wholeStation(now: Partial<StationNow> | null | undefined): StationNow | undefined {
  if (!now) return undefined;
  return {
    states: now.states ?? {}, groups: now.groups ?? null, worst: now.worst ?? null, waiting: now.waiting ?? null, queue: now.queue ?? [], inside: now.inside ?? null, places: now.places ?? null, made: now.made ?? null, scrap: now.scrap ?? null,
    rate_per_min: now.rate_per_min ?? null, flow_per_min: now.flow_per_min ?? null, key: now.key ?? null, machines: now.machines ?? null, availability: now.availability ?? null,
  };
}

export function wholeSample(sample: Partial<LineSample> | null | undefined, begin: number): LineSample | null {
  if (!sample) return null;
  const stations: Record<string, StationNow> = {};
  for (const [path, now] of Object.entries(sample.stations ?? {})) {
    const whole = wholeStation(now);
    if (whole) stations[path] = whole;
  }
  return {
    v: sample.v ?? 1, state: sample.state ?? "", since_us: sample.since_us ?? begin, shift: sample.shift ?? null, stations, figures: sample.figures ?? {}, losses: sample.losses ?? null,
    next_hour: sample.next_hour ?? null, order: sample.order ?? null, webs: sample.webs ?? null,
  };
}
