/* Every number, time and length that the page shows is written here, by the rules of the design, and nowhere else. */

const NARROW = "\u202f"; // between a number and its unit
const MINUS = "\u2212";

const grouped = new Map<string, Intl.NumberFormat>();
function formatter(decimals: number): Intl.NumberFormat {
  const key = String(decimals);
  let found = grouped.get(key);
  if (!found) {
    found = new Intl.NumberFormat("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    grouped.set(key, found);
  }
  return found;
}

/** Decimals that leave three significant digits: 0.0314 gets 4, 31.4 gets 1, 3140 gets 0. */
export function significant(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return 0;
  return Math.min(9, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)) + 1e-9)));
}

/** Decimals by the window: its width / 100, rounded to a power of ten. */
export function windowDecimals(lower: number | null, upper: number | null): number | null {
  if (lower === null || upper === null || upper <= lower) return null;
  return Math.min(9, Math.max(0, -Math.round(Math.log10((upper - lower) / 100))));
}

/** A plain number: comma for thousands, point for decimals, a real minus. */
export function number(value: number, decimals: number | null = null): string {
  const text = formatter(decimals ?? significant(value)).format(Math.abs(value));
  const isZero = !/[1-9]/.test(text);
  // So small that nobody measures it: the noise of a calculation, without a row of noughts.
  if (isZero && decimals === null) return "0";
  return value < 0 && !isZero ? MINUS + text : text;
}

/** A number that may be missing; `missing` is the words for it. */
export function numberOr(value: number | null | undefined, decimals: number | null, missing: string): string {
  return value === null || value === undefined || Number.isNaN(value) ? missing : number(value, decimals);
}

/** A number with its unit, a narrow no-break space between; the per cent sign and degrees too. */
export function quantity(value: number, unit: string | null, decimals: number | null = null): string {
  return unit ? number(value, decimals) + NARROW + unit : number(value, decimals);
}

/** A count in full to 999,999, then `1.2 M`. */
export function count(value: number): string {
  if (Math.abs(value) < 999_999.5) return number(Math.round(value), 0);
  const millions = value / 1e6;
  return number(millions, Math.abs(millions) < 9.95 ? 2 : 1) + NARROW + "M";
}

/** A share (0 to 1) as per cent. */
export function percent(share: number, decimals = 1): string {
  return number(share * 100, decimals) + NARROW + "%";
}

/** A deviation, always with its sign. */
export function signed(value: number, decimals: number | null = null): string {
  const text = number(value, decimals);
  return value > 0 && /[1-9]/.test(text) ? "+" + text : text;
}

/** A range in words: `46 to 56`. */
export function range(low: number, high: number, decimals: number | null = null): string {
  const shown = decimals ?? Math.max(significant(low), significant(high));
  return number(low, shown) + " to " + number(high, shown);
}

/** Metres on a web: two decimals for the edge of a unit, one for a box. */
export function metres(value: number, decimals = 2): string {
  return number(value, decimals) + NARROW + "m";
}

/** A time span: `42 s`, `8 min 12 s`, `1 h 04`, `16 d 2 h`. */
export function duration(seconds: number): string {
  const s = Math.max(0, seconds);
  if (s < 60) return Math.floor(s) + NARROW + "s";
  if (s < 3600) {
    const rest = Math.floor(s) % 60;
    return Math.floor(s / 60) + NARROW + "min" + (rest && s < 3600 ? " " + rest + NARROW + "s" : "");
  }
  if (s < 86_400) return Math.floor(s / 3600) + NARROW + "h " + String(Math.floor(s / 60) % 60).padStart(2, "0");
  const hours = Math.floor(s / 3600) % 24;
  return Math.floor(s / 86_400) + NARROW + "d" + (hours ? " " + hours + NARROW + "h" : "");
}

/** A time span for lists, only its first part: `8 min`, `1 h 04`. */
export function brief(seconds: number): string {
  const s = Math.max(0, seconds);
  if (s < 60) return Math.floor(s) + NARROW + "s";
  if (s < 3600) return Math.floor(s / 60) + NARROW + "min";
  return duration(seconds);
}

/** The age of a value: one decimal below ten seconds. */
export function age(seconds: number): string {
  return seconds < 10 ? number(Math.max(0, seconds), 1) + NARROW + "s" : brief(seconds);
}

const dates = new Map<string, Intl.DateTimeFormat>();
function dated(zone: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + name;
  let found = dates.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", ...options });
    dates.set(key, found);
  }
  return found;
}

/** `18:22:07`, the line's time. */
export function clock(us: number, zone: string): string {
  return dated(zone, "clock", { hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(us / 1000);
}

/** `18:22`. */
export function minute(us: number, zone: string): string {
  return dated(zone, "minute", { hour: "2-digit", minute: "2-digit" }).format(us / 1000);
}

/** `Mon 23 Nov`. */
export function day(us: number, zone: string): string {
  const parts = dated(zone, "day", { weekday: "short", day: "numeric", month: "short" }).formatToParts(us / 1000);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? "";
  return part("weekday") + " " + part("day") + " " + part("month").slice(0, 3);
}

/** `24 Oct 07:31`; the year only when it is another than that of `now`. */
export function moment(us: number, zone: string, nowUs: number): string {
  const year = (at: number): string => dated(zone, "year", { year: "numeric" }).format(at / 1000);
  const parts = dated(zone, "moment", { day: "numeric", month: "short" }).formatToParts(us / 1000);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? "";
  const other = year(us) === year(nowUs) ? "" : " " + year(us);
  return part("day") + " " + part("month").slice(0, 3) + other + " " + minute(us, zone);
}

/** Time of day where it is today, else with the date: what a list shows. */
export function when(us: number, zone: string, nowUs: number): string {
  return day(us, zone) === day(nowUs, zone) && Math.abs(us - nowUs) < 86_400e6 ? clock(us, zone) : moment(us, zone, nowUs);
}

/** UTC with microseconds, for hover and exports. */
export function exact(us: number): string {
  const whole = Math.floor(us / 1e6);
  const micro = us - whole * 1e6;
  return new Date(whole * 1000).toISOString().slice(0, 19).replace("T", " ") + "." + String(Math.floor(micro)).padStart(6, "0") + " UTC";
}

/** Hours, minutes and seconds since a begin: `11:24:05`. */
export function elapsed(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  return [Math.floor(whole / 3600), String(Math.floor(whole / 60) % 60).padStart(2, "0"), String(whole % 60).padStart(2, "0")].join(":");
}

/** Minutes and seconds that are left, as on a stopwatch: `9:58`. */
export function stopwatch(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
