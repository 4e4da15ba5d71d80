/* Every word that the page shows, in one place, keyed by page. Sentences are functions of their parts; plurals go by rule. */
import { groupOf } from "./states";
import { age, brief, clock, count, duration, metres, minute, number, percent, quantity, signed } from "./format";

const rules = new Intl.PluralRules("en");

/** `1 cell`, `2 cells`, with the number in full. */
export function plural(n: number, one: string, many: string = one + "s"): string {
  return count(n) + " " + (rules.select(n) === "one" ? one : many);
}

function lower(text: string): string {
  // Names such as "OCV 1" keep their letters.
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

/** A name of the line file as words: `web-break` is "Web break". */
export function words(name: string): string {
  const plain = name.replaceAll("-", " ").replaceAll("_", " ");
  // Records have names such as DryCellMass; short forms such as OCV stay as they are.
  const text = /[a-z][A-Z]/.test(plain) && !/\s/.test(plain) ? plain.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/ ([A-Z])(?=[a-z])/g, (found) => found.toLowerCase()) : plain;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const groups = { running: "Running", waiting: "Waiting", fault: "Fault", planned: "Planned stop", "no-data": "No data" } as const;
const states: Record<string, string> = {
  Starting: "Starting", Execute: "Running", Completing: "Completing", Unholding: "Unholding", Unsuspending: "Going on", Suspending: "Waiting", Suspended: "Waiting",
  Holding: "Holding", Held: "Held", Aborting: "Aborting", Aborted: "Aborted", Clearing: "Clearing", Idle: "Idle", Resetting: "Resetting", Stopping: "Stopping", Stopped: "Stopped",
  Complete: "Complete", NoData: "No data",
};
const reasons: Record<string, string> = {
  starved: "starved", blocked: "blocked", "coil-change": "coil change", "no-crew": "no crew free", shift: "off shift", setup: "changeover", maintenance: "maintenance",
};
/** Words of a narrow box. */
const shorts: Record<string, string> = { "coil change": "coil" };
const priorities: Record<number, string> = { 1: "Critical", 2: "High", 3: "Medium", 4: "Low" };
const causes: Record<string, string> = {
  held: "Held", waiting: "Waiting", speed: "Below rated speed", rejects: "Rejects", changes: "Changes", setups: "Set-ups", planned: "Planned stops", stopped: "Stopped by hand", other: "Other",
};

export const texts = {
  name: "Linewright",
  noValue: "no value",
  notYet: "not yet",
  from: "from",
  shell: {
    skip: "Go to the page",
    pages: "Pages", sections: "Sections", more: "More",
    run: "Run", trace: "Trace", measure: "Measure", plan: "Plan", line: "Line", alarms: "Alarms", find: "Find", webs: "Webs", carriers: "Carriers", holds: "Holds", openHolds: (n: number) => `${plural(n, "open hold")}`,
    source: { live: "Live", twin: "Twin", import: "Import" },
    emulated: "emulated machines", simulated: "simulated", realMachines: "real machines", recorded: "real records",
    times: (speed: number | "max") => (speed === "max" ? "as fast as it can" : number(speed, speed % 1 ? 1 : 0) + " times"),
    order: (id: string, share: number | null, amount: string, word: string) => (share === null ? `Order ${id}, ${amount} ${word} made` : `Order ${id}, ${percent(share, 0)} of ${amount} ${word}`),
    search: "Search ids, stations, pages", searchKey: "/",
    alarmSum: "Active alarms by priority", noAlarms: (fresh: number) => (fresh ? "none active" : "no alarms"), toAcknowledge: (n: number) => `${plural(n, "alarm")} not acknowledged`,
    age: (seconds: number | null) => (seconds === null ? "no data yet" : age(seconds) + " old"),
    ageTitle: "Time since the newest value arrived",
    units: "units", ended: "ended", shift: (name: string) => `shift ${name}`,
    light: "Light", dark: "Dark", system: "As the system", themes: "Colours of the page", keys: "Keys",
    chooseRun: "Other runs", runs: "Runs of this ledger",
    runLine: (source: string, day: string, isLive: boolean) => `${source}, ${isLive ? "running since" : "from"} ${day}`,
    raised: (title: string, priority: number) => `Alarm, priority ${priority}: ${title}`,
  },
  link: {
    lost: (seconds: number) => `Connection lost ${brief(seconds)} ago.`,
    values: (at: string) => `Values are from ${at}.`,
    again: (seconds: number) => (seconds > 0 ? `Trying again in ${Math.ceil(seconds)}\u202fs.` : "Trying now."),
    now: "Try now",
    back: (seconds: number) => `Connected again, ${brief(seconds)} filled in`,
    whyNoActing: "The connection is lost. It comes back by itself.",
  },
  keys: {
    title: "Keys", close: "Close",
    rows: [
      ["/", "Search"], ["?", "This list"], ["g then l", "Line"], ["g then a", "Alarms"], ["g then t", "Find"], ["g then w", "Webs"], ["g then c", "Carriers"], ["g then h", "Holds"], ["g then e", "Experiments"],
      ["j k", "Next and previous in a list"], ["Enter", "Open"], ["a", "Acknowledge what is chosen"], ["[ ]", "Shorter and longer range"],
      [".", "Follow now, or stand still"], ["arrows", "Move inside drawings and charts"], ["Esc", "Close one layer, or leave a field"],
    ] as [string, string][],
  },
  search: {
    title: "Search", placeholder: "An id or a part of one, a station, a page", nothing: (q: string) => `Nothing is called ${q}.`, nearest: "Nearest", nothingNext: "Search takes a part of an id too.",
    failed: "The search did not answer. Try again.", recent: "Last made", go: "Go to",
  },
  states, groups, priorities,
  state: {
    group: (group: keyof typeof groups) => groups[group],
    word: (state: string) => states[state] ?? state,
    reason: (reason: string) => reasons[reason] ?? lower(words(reason)),
    /** "1 of 14 held", "Blocked", "3 of 7 starved", "Held". */
    station: (state: string, reason: string | null, n: number, of: number, short: boolean) => {
      const waits = state === "Suspended" || state === "Suspending" || groupOf(state, reason) === "waiting";
      const planned = reason && (state === "Stopped" || state === "Idle" || state === "Stopping" || state === "Resetting");
      const word = (waits || planned) && reason ? (reasons[reason] ?? lower(words(reason))) : (states[state] ?? state).toLowerCase();
      if (of <= 1 || n >= of) return word.charAt(0).toUpperCase() + word.slice(1);
      return short ? `${count(n)} ${shorts[word] ?? word}` : `${count(n)} of ${count(of)} ${word}`;
    },
    for: (state: string, span: string) => `${state} for ${span}`,
    because: (state: string, reason: string) => `${state}, ${reason}`,
  },
  fault: {
    title: "This cannot be shown", unreachable: "The server does not answer.", unreachableNext: "Is it running? The page tries again by itself.", again: "Try again",
    nearest: (ids: string[]) => "Nearest: " + ids.join(", ") + ".",
    noRun: (line: string) => `No run of ${line} is in this ledger.`, noRunNext: (line: string) => `Start one with: linewright run ${line}. Which lines there are says: linewright lines.`, noRunAtAll: "Start one with: linewright run cylindrical-21700-tabless. Which lines there are says: linewright lines.", others: "This ledger has runs of", noRuns: "This ledger has no run yet.",
    part: "This part of the page failed.", partNext: "The others go on.",
    noPage: "There is no such page.", toLine: "Go to the line", toStation: (title: string, n: number) => `${title}: ${plural(n, "machine")}`,
  },
  line: {
    title: "Line", sub: (word: string) => `flow in ${word} a minute, mean of 15 min`, figures: "Six figures of this shift", aria: "The line: stations, their state and what flows between them",
    good: (word: string) => `Good ${word}`, since: (at: string) => `since ${at}`,
    underPlan: (share: number) => (share >= 0 ? `${percent(share, 1)} under` : `${percent(-share, 1)} above`), plan: (n: string) => `plan ${n}`, noPlan: "no plan",
    rate: (station: string) => `Rate at ${lower(station)}`, rateAlone: "Rate", last5: "last 5 min", ppm: "ppm",
    lost: (n: number) => `${number(n, n < 9.95 ? 1 : 0)} lost`, lostAt: (where: string) => `at ${lower(where)}`, ofRated: (n: number) => `of ${number(n, 0)} rated`, onRate: "at the rated speed",
    oee: "OEE", a: "A", p: "P", q: "Q", fpy: "First-pass yield", passed: "right the first time",
    target: (n: number) => `target ${number(n, 1)}`,
    bottleneck: "Bottleneck", pace: "sets the pace", ofShift: "of the time", notYet: "not yet",
    energy: "Energy", goodKwh: "a good kWh", perUnit: (word: string) => `a good ${word}`, co2: "CO\u2082 a kWh", kwh: "kWh", kg: (n: number) => quantity(n, "kg", 1), perItem: (n: number, word: string) => `${quantity(n, "kWh")} a ${word}`,
    noData: "The line has not reported yet. Its first sample comes within a second of its start.",
    noSample: "No sample of the line", imported: "An import has no line that runs.", importedNext: "Its things are under Find.",
    web: (id: string, station: string, at: number | null, length: number | null) =>
      at === null || length === null ? `${id} on ${lower(station)}` : `${id} on ${lower(station)}, ${number(at, 0)} of ${metres(length, 0)}`,
    coilLeft: "bar: coil left", held: "held", coil: "coil", wait: "waits", stop: "stop", starved: "starved", blocked: "blocked",
    store: (carriers: string, span: string | null) => (span ? `${carriers}, ${span}` : carriers),
    full: (share: number) => `${percent(share, 0)} full`, ofPlaces: (n: string, what: string) => `of ${n} ${what}`, channels: "places", inWork: (n: string) => `${n} in work`,
    ovens: (n: number, of: number) => `${count(n)} of ${count(of)} ovens`,
    buffer: (n: string, places: string | null, what: string) => (places ? `${n} of ${places} ${what}` : `${n} ${what}`),
    bufferLabel: (title: string, n: string, places: string | null) => `Buffer before ${lower(title)}: ${n}${places ? " of " + places : ""}`,
    needs: "Needs someone", needsSub: "largest effect first", nothingNeeded: "Nobody is needed", nothingNeededNext: "Faults and alarms appear here, with the next step.",
    next: "Next:", open: "Open", acknowledge: "Acknowledge", acknowledged: (by: string | null, at: string) => (by ? `Acknowledged by ${by}, ${at}.` : `Acknowledged ${at}.`),
    effect: (n: number) => `${signed(-n, Math.abs(n) < 9.95 ? 1 : 0)}\u202fppm`, times: (n: number) => `${n} times in 1\u202fh`,
    lostSince: (at: string) => `Lost since ${at}`, lostSub: (lost: string, possible: string, word: string) => `${lost} of ${possible} possible ${word}, by cause`, nothingLost: "nothing lost yet", notCounted: "not counted yet",
    cause: (cause: string, station: string | null) => (cause === "held" && station ? `${station} held` : causes[cause] ?? words(cause)),
    nextHour: "Next hour", nextSub: "from plan and levels", nothingNext: "Nothing is due in the next hour.",
    due: (kind: string, where: string, what: string, seconds: number | null) => {
      const span = seconds ? `, ${duration(seconds)}` : "";
      switch (kind) {
        case "coil-change": return `${where}, ${lower(what)} coil change${span}`;
        case "maintenance": return `${where}, ${lower(what)}${span}`;
        case "shift": return what ? `Shift ${what} begins` : "The shift changes";
        default: return [where, lower(what)].filter(Boolean).join(", ") + span;
      }
    },
  },
  station: {
    trends: (span: string) => `Last ${span}`, trendsSub: "one time axis, grey band: window, dashes: set-point", range: "Range of the trends",
    ranges: { "5m": "5 min", "30m": "30 min", shift: "shift", day: "day" } as Record<string, string>,
    spans: { "5m": "5 minutes", "30m": "30 minutes", shift: "shift", day: "day" } as Record<string, string>,
    state: "State", now: "now", last: "last", noSignals: "No signals", noSignalsText: "The line file names no signals for this station.", curves: "One curve a unit", curvesText: "Its channels draw one curve of each unit: open a unit that has passed here.",
    follow: "Follow now", still: "Stand still", newer: "new values, follow", table: "Show as table", chart: "Show as chart", more: (n: number) => `${n} more`, fewer: "Fewer",
    tableTitle: (title: string) => `${title}, newest first`, time: "Time", value: "Value",
    machines: "Machines", machinesSub: (isDone: boolean, isAvailable: boolean, since: string) => (isDone ? `done and availability since ${since}` : isAvailable ? `availability since ${since}` : ""), overTime: "Over the range",
    fromNumber: "From number", before: "Before", further: "Further", done: "Done", pageOf: (first: number, last: number, total: number, isWorst: boolean) => `${count(first)} to ${count(last)} of ${count(total)}${isWorst ? ", by state" : ""}`, of: (n: number, all: number) => `${n} of ${count(all)}`,
    madeSince: (at: string) => `Good since ${at}`, doneSince: (at: string) => `Done since ${at}`, availability: "Availability", scrap: "Lost", inside: "In it", rated: "Rated", wait: "Waits",
    perMin: (n: number) => quantity(n, "/min", n < 9.95 ? 1 : 0),
    alarms: "Alarms", alarmsSub: (active: number, fresh: number) => (active ? plural(active, "active", "active") : "none active") + (fresh ? `, ${count(fresh)} not acknowledged` : ""), history: "History", noAlarms: "No active alarm", noAlarmsText: "Faults, and values outside their window, appear here.",
    do: "Do:", recipe: "Recipe", recipeSub: "set and actual", parameter: "Parameter", set: "Set", actual: "Actual", unit: "Unit", noActual: "not measured",
    mounts: "On the machine", left: (m: number | null, s: number | null) => [m === null ? null : metres(m, m < 100 ? 1 : 0) + " left", s === null ? null : brief(s) + " left"].filter(Boolean).join(", "),
    leftShort: (m: number, s: number | null) => (s === null ? `${metres(m, m < 100 ? 1 : 0)} left` : `${metres(m, m < 100 ? 1 : 0)}, ${brief(s)} left`), endedAt: (at: string) => `ended ${at}`,
    characteristics: "Characteristics", charSub: "grey: 5 to 95 %, mark: last", characteristic: "Characteristic", lastHead: "Last", windowHead: (n: number) => `Window, last ${n}`, cpk: "Cpk", noMeasures: "Nothing is measured here", noMeasuresText: "The line file names no characteristics for this station.",
    chartSub: (unit: string, n: number, what: string) => `${unit ? unit + ", " : ""}each of the last ${n}${what ? " " + what : ""}`, openLast: "Open the last", max: "max", min: "min", mean: "mean", ucl: "UCL", lcl: "LCL", rule: (n: number) => `rule ${n}`, target: "target",
    ruleLine: (n: number, title: string) => `rule ${n}: ${lower(title)}`,
    chartLabel: (title: string, n: number, mean: string, broken: number) => `Control chart of ${title}, ${n} values, mean ${mean}, ${broken ? plural(broken, "rule") + " broken" : "no rule broken"}`,
    trendLabel: (title: string, last: string, unit: string) => `Trend of ${title}, newest value ${last} ${unit}`,
    stateLabel: "States over the range", outside: "outside its window", merged: "several short states",
    noStore: "A store has no machines; its level is on the line.", newest: "newest",
    clear: "Clear", pause: "Pause", resume: "Resume", stop: "Stop\u2026", hold: "Hold\u2026",
    mode: "Mode", order: "Order", recipeNone: "No recipe", recipeNoneText: "The line file sets nothing here.",
  },
  alarms: {
    title: "Alarms", active: "Open", history: "History", fresh: "New", acknowledgedTab: "Acknowledged", returnedTab: "Returned", show: "Which alarms",
    counts: (active: number, fresh: number) => `${active ? plural(active, "active", "active") : "none active"}, ${count(fresh)} not acknowledged`,
    priority: "Priority", state: "State", station: "Station", text: "Alarm", age: "Age", raised: "Raised", effect: "Effect", next: "Next step", all: "all", anyStation: "All stations",
    states: { new: "new", acknowledged: "acknowledged", returned: "returned", gone: "gone" } as Record<string, string>,
    sort: "Sort", byEffect: "By effect", byTime: "By time", none: "No alarm is active", noneText: "Nobody is needed. What was is under History.", noneFiltered: "No alarm fits the filter", noneFilteredText: "Show all priorities or all stations.",
    acknowledgeAll: (n: number) => `Acknowledge ${n}`, more: "Show more", newRows: (n: number) => `${plural(n, "new alarm")}, show`, cleared: (at: string) => `returned ${at}`, priorityOf: (n: number) => `priority ${n}`, tick: "acknowledged",
    took: (span: string) => `lasted ${span}`,
  },
  act: {
    sent: (what: string) => `${what} sent.`, wait: (seconds: number) => `No answer yet, ${seconds}\u202fs of 10.`, late: (what: string) => `${what}: no answer after 10\u202fs.`, lateNext: "The ledger has not confirmed it.",
    written: "It stands in the ledger.", confirmed: (at: string) => `Confirmed by the ledger, ${at}.`, again: "Try again", dismiss: "Close",
    acknowledge: (n: number) => (n === 1 ? "Acknowledge" : `Acknowledge ${n} alarms`), done: (n: number) => (n === 1 ? "Alarm acknowledged." : `${n} alarms acknowledged.`), failed: (what: string) => `${what} failed.`,
    cancel: "Cancel", reason: "Reason", by: "Your name", byFree: "Your name (another person releases)", typed: (name: string) => `Type ${name}`, notNow: (word: string, why: string, helps: string | null) => `${word}: ${[lower(why), helps].filter(Boolean).join(" ")}`,
    off: (why: string) => why, offPlain: "Nothing can be commanded.", opens: (word: string) => `${word}\u2026`, question: (title: string) => `${title}?`,
    needsReason: "Say why.", needsName: "Say who you are.", needsTyped: (name: string) => `Type ${name} to go on.`, releasedBy: "Released by", second: "a second person", undo: "Undo", undoFor: (seconds: number) => `for ${duration(seconds)} of line time, then by release only`, undoLeft: (left: string) => `Undo, ${left}`, undone: "Hold taken back.", noHold: "It is not on hold any more.",
    clear: "Clear", resume: "Resume", stop: "Stop", hold: "Hold", release: "Release", pauseOrder: "Pause", resumeOrder: "Resume", endRun: "End run", holdMany: (n: string) => `Hold ${n}`,
    machine: (verb: string, machine: string) => `${verb} ${lower(machine)}`, machineDone: (verb: string, machine: string) => `${machine}: ${({ clear: "cleared", resume: "may run again", stop: "stopped" } as Record<string, string>)[verb] ?? verb}.`,
    holdWhat: (what: string) => `Hold of ${what}`, holdDone: (what: string) => `${what} on hold.`, releaseWhat: (key: number) => `Release of hold ${key}`, releaseDone: (what: string) => `${what} released.`,
    orderWhat: (verb: string, id: string) => `${verb} order ${id}`, orderDone: (id: string, verb: string) => `Order ${id} ${verb}.`, interrupted: "interrupted", goesOn: "goes on", runEnds: "The run ends.", runWhat: "End run",
    heldBy: (reason: string, by: string, at: string) => `Hold: ${reason}${by ? `, ${by}` : ""}, ${at}.`, things: (n: number) => plural(n, "thing"), order: (id: string) => `Order ${id}`, orderState: (state: string) => lower(words(state)), units: (n: number, word: string) => plural(n, word.replace(/s$/, ""), word),
  },
  causes: {
    title: "Causes", head: "What do the bad ones share?", label: "Bad units", hint: "capacity < 4.8 Ah, capacity outside, grade=C, failed@grader", ask: "Explain", again: "Ask again", pick: "Ask", pickSub: "the newest 20,000 that were judged", kinds: { failed: "Refused", grade: "Graded", value: "Measured" } as Record<string, string>,
    asked: (bad: string, good: string, facts: number) => `${bad} bad and ${good} good units, ${plural(facts, "upstream fact")}`, nothing: "Nothing found", nothingText: "No upstream fact separates the bad units from the good ones better than blind luck would in 1 of 100 such questions.", nearest: (fact: string, where: string) => `Nearest: ${fact}, ${where}, with p`,
    inside: "inside", outside: "outside", shares: (inside: string, outside: string) => `${inside} of its units are bad, ${outside} of the others`, holds: (bad: string, all: string, units: string) => `${bad} of the ${all} bad units among its ${units}`, p: "p", mean: (name: string, inside: string, outside: string, unit: string) => `mean ${name} ${inside} ${unit} inside, ${outside} ${unit} outside`,
    elsewhere: (n: number) => `Seen from elsewhere: ${plural(n, "weaker fact")}`, fact: "Fact", set: "Set", badHead: "Bad", of: "Of", pHead: "p", same: "the same units", bar: (name: string, share: string, bad: string, units: string) => `${name}: ${share} bad, ${bad} of ${units}`, picture: (fact: string) => `Share of bad units by ${fact}`, most: (share: string) => `up to ${share}`, named: "named by the cause", rest: "other units",
    proof: "That bad units share a fact does not prove that it made them bad.", none: "Nothing in this run grades, refuses or measures units yet.",
  },
  find: {
    title: "Find", label: "An id or a part of one", button: "Find", empty: "Last made", emptySub: "units, webs and batches", results: (n: number) => plural(n, "hit"), nothing: (q: string) => `Nothing is called ${q}.`,
    nothingNext: "Search takes a part of an id too.", recentNone: "Nothing has been made yet", recentNoneText: "Units, webs and batches appear here as they are made.",
  },
  thing: {
    unit: "Unit", lot: "Lot", web: "Web", carrier: "Carrier", verdicts: { good: "Good", scrapped: "Scrapped", held: "On hold", "in-process": "In process" } as Record<string, string>,
    grade: (verdict: string, grade: string) => `${verdict}, grade ${grade}`, madeBefore: "made before this run", madeBeforeLong: "Made before this run: its way is re-made from the seed.", madeAt: (at: string) => `made ${at}`,
    life: "Life", lifeSub: "equal steps, not to scale", tree: "Genealogy", treeSub: "dashes: possible, dots: carried in", madeOf: "Made of", wentInto: "Went into", both: "Made of, went into", along: "Along its way", alongSub: "what the records say of each part", parts2: (n: number, what: string) => `${count(n)} times ${lower(what)}`, range: (low: string, high: string) => `${low} to ${high}`, doubts: "Doubtful in the records", doubtsSub: "kept as it stands", carriedIn: "Carried in", metres: "metres", carriers: "carriers", list: "Open as list", drawing: "Open as drawing",
    groupHint: (n: number) => `Show the first of ${count(n)}`, groupTitle: (title: string, of: string) => `${title} of ${of}`, groupMore: "All in Find", groupFirst: (shown: number, all: number) => `the first ${count(shown)} of ${count(all)}`,
    told: "In the records", toldSub: (n: number, stated: number, absent: number) => `${plural(n, "ancestor")}: ${count(stated)} stated, ${count(n - stated)} by rule${absent ? `, ${count(absent)} absent from the records` : ""}`, linked: "Linked", partHead: "Part", sideHead: "Side", valueHead: "Value", byRule: (rules: string[]) => `by rule ${rules.join(", ")}`, isStated: "stated", neverFilled: "asked for, never filled in", toldSheets: (n: number) => plural(n, "value"), storedAs: (value: string) => `stored as ${value}`, treeImport: "solid: stated in the record, dashes: by rule", untold: "The importer of this run named no sections. Import the records anew to see them by section.",
    parts: "Parts, by the lot", partsCount: (n: number) => plural(n, "lot"), units: (n: number) => plural(n, "unit"), moreOf: (n: number) => `${count(n)} more`, self: "This", open: (id: string) => `Open ${id}`, expand: (id: string) => `Show neighbours of ${id}`,
    span: (lo: number, hi: number) => `${number(lo, 2)} to ${metres(hi)}`, at: (m: number) => `at ${metres(m)}`, share: (share: number) => percent(share, 0), lane: (n: number) => `lane ${n}`, basis: { certain: "certain", possible: "possible", stated: "stated in the record", rule: "by rule" } as Record<string, string>,
    onWeb: "On its web", side: (side: string) => `side ${side}`, splice: "splice", atUnit: (value: string) => `at the unit ${value}`, thin: (percentText: string) => `${percentText} thin`, thick: "thick", ramp: "deviation from the target", rampLow: "below target", rampHigh: "above", hidden: (n: number) => "+" + count(n), noProfile: "No profile is kept for these metres.", noWeb: "Lies on no web", noWebText: "No piece of a web went into it, or none is recorded.", limits: (certain: string, possible: string) => `certain ${certain}, possible ${possible}`, position: (lo: number, hi: number, error: number | null) => `${number(lo, 2)} to ${metres(hi)}${error === null ? "" : `, limit of error \u00b1\u202f${metres(error)}`}`,
    inWork: "in work", now: "Where it is now", nowSince: (at: string) => `since ${at}`, place: "Place", machine: "Machine", station: "Station", nowhere: "No place is recorded",
    values: "Measured", valuesSub: (n: number, outside: number) => `${plural(n, "value")}${outside ? `, ${outside} outside` : ""}`, noValues: "No values yet", noValuesText: "They appear when a step has measured it.", stated: "stated", literal: (text: string) => `in the record: ${text}`, showAll: (n: number) => `All ${n}`, showFewer: "Fewer",
    after: (station: string) => `after ${lower(station)}`, passed: (step: string) => step, machineN: (n: number) => `machine ${n}`, tool: (n: number) => `tool ${n}`, took: (span: string) => `took ${span}`, nothingLife: "No step is recorded for it.",
    sources: { measured: "", emulated: "", twin: "simulated", stated: "stated" } as Record<string, string>,
    children: "Cut into", batches: "Slurry", unitsHere: "Units of these metres", certain: "certain", possible: "possible", length: "Length", width: "Width", lanes: "Lanes", mother: "Mother", no: "No",
    noUnits: "No unit has used these metres", noUnitsText: "They appear as the web is used.", fromLabel: "From", toLabel: "to", guard: "Guard", show: "Show", laneHead: "Lane", metresHead: "Metres", unitHead: "Unit", verdictHead: "Verdict", nowHead: "Now", field: (text: string) => `Write a length, for example ${text}.`,
    cut: "Only the nearest are drawn. Open a node for its own neighbours.", stripLabel: (id: string) => `${id} from its begin to its end, with the metres that are shown below`, zoomLabel: "The metres around the unit, unit by unit", profileLabel: (title: string) => `${title} along the metres`,
    treeLabel: (id: string) => `Genealogy of ${id}: left what it is made of, right what it went into`, kindOf: (title: string) => title,
  },
  curve: {
    title: "Curve", of: (step: string) => `${step} curve`, which: "Which visit", place: (n: number) => `place ${n}`, from: (at: string) => `from ${at}`, at: (span: string) => `at ${span}`, time: "Time",
    charges: (into: number, out: number, unit: string) => (unit === "Ah" ? `charge ${quantity(into, unit, 3)}, discharge ${quantity(out, unit, 3)}` : `in ${quantity(into, unit, 3)}, out ${quantity(out, unit, 3)}`),
    phases: ["discharge", "rest", "charge"] as const, none: { before: "Made before this run, no curve recorded", "not recorded": "No curve of it is recorded" } as Record<string, string>,
    label: (title: string, unit: string, low: string, high: string, span: string) => `${title} over ${span}, ${low} to ${high} ${unit}; its points are under ${lower("Show as table")}`,
  },
  map: {
    title: "Map", colour: "Coloured by", sides: "Sides", both: "both", sideShort: (side: string) => side, label: (id: string) => `${id}, length by width. Draw a box to ask who holds part of it; the fields say the same.`,
    box: (box: { from: number; to: number; across: [number, number] | null; side: string | null; guard: number }) => `Box ${metres(box.from, 1)} to ${metres(box.to, 1)}, ${box.across ? `${number(box.across[0], 0)} to ${quantity(box.across[1], "mm", 0)} from the operator side` : "all of the width"}, ${box.side ? "side " + box.side : "both sides"}, guard ${metres(box.guard, 1)}`,
    affected: "Affected", certainHead: "certain", possibleHead: (guard: number) => `possible, guard ${metres(guard, 1)}`, packs: "packs hold some", gone: "left the line", places: (n: number) => `and ${plural(n, "other place")}`,
    rest: (text: string) => `Not used yet: ${text}`, lost: (text: string) => `Thrown away or not passed on: ${text}`, basis: "Basis", error: (m: number) => `Position error, limits added along the maps: at most ${metres(m)}`, more: (n: number) => `and ${count(n)} more; the command line lists all (--csv)`,
    laneShort: (n: number) => `L${n}`, acrossLabel: "Across", acrossHint: "320..340 mm", sideLabel: "Side", later: "A hold covers what is made of these metres later, too. A second person releases it", widen: "Show all of the width", all: "all",
  },
  holds: {
    title: "Holds", sub: "newest first; names are typed, nobody proves them", open: "Open", all: "All", none: "Nothing is on hold", noneText: "Hold a unit on its page, a piece of web on its map, what lies on a tray on the tray's page.",
    hold: "Hold", what: "What", covers: "Covers now", reason: "Reason", by: "By (unverified)", since: "Since", state: "State", things: (n: number, first: string) => (n === 1 ? first : plural(n, "thing")),
    span: (span: { web: string; from_m: number | null; to_m: number | null; lane: number | null; across_mm: [number, number] | null; side: string | null }) => [span.web, span.from_m === null || span.to_m === null ? "all of it" : `${number(span.from_m, 1)} to ${metres(span.to_m, 1)}`, span.across_mm ? `${number(span.across_mm[0], 0)} to ${quantity(span.across_mm[1], "mm", 0)} across` : "", span.lane ? `lane ${span.lane}` : "", span.side ? `side ${span.side}` : ""].filter(Boolean).join(", "),
    units: (n: number) => plural(n, "unit"), wholes: (n: number, first: string) => (n === 1 ? first + " may not leave" : `${count(n)} packs may not leave`), openSince: "open", released: (by: string, at: string, why: string | null) => `released by ${by}, ${at}${why ? ": " + why : ""}`, undone: (by: string, at: string) => `taken back by ${by}, ${at}`, key: (n: number) => `hold ${n}`,
  },
  carriers: { title: "Carriers", sub: "trays, racks, magazines", carrier: "Carrier", what: "Kind", none: "No carrier yet", noneText: "This line has no carriers, or none has been used.", on: "On it", before: "Before", places: (left: number, all: number) => `${count(left)} of ${count(all)} still there`, empty: "It is empty now.", hold: (n: number) => `Hold ${plural(n, "unit")}`, place: (n: number) => `place ${n}`, nothing: "Nothing has lain on it in this run.", filling: (first: string, last: string) => (first === last ? first : `${first} to ${last}`), units: "Units", from: "From", until: "Until" },
  webs: { title: "Webs", sub: "newest first", subUsed: "on a machine first, then the newest", inUse: "On", batch: "Batch or lot", amount: "Amount", web: "Web", length: "Length", made: "Made", station: "Made at", material: "Material", none: "No web has been made yet", noneText: "Coated webs appear here when they begin.", more: "Show more", batches: "Batches", kinds: "What to list", units: "Units" },
  impedance: {
    title: "Impedance", sub: (n: number) => (n ? `${plural(n, "stack")}, newest first` : "no stack yet"), subFiles: "no station of this line measures it; files can be opened",
    stacks: "Stacks", stacksSub: (station: string) => `measured at ${lower(station)}; open one for its spectra`, stack: "Stack", measuredAt: "Measured", verdict: "Verdict", pass: "pass", verdicts: (word: string | null) => word ?? "no verdict",
    noStacks: "No stack has been measured yet", noList: "No list of this run", noStacksText: "Stacks appear here when the station has judged them.", checkpoints: "This run was kept as checkpoints, without the rows of its visits, so there is no list; each unit is made again when it is asked for. A list: linewright simulate LINE --keep all. One of them:", unitId: "Id of a stack or cell, such as FC-70", openUnit: "Open",
    over: "Over stacks", overSub: (unit: string) => `each stack in turn${unit ? ", " + unit : ""}`, choose: "Which characteristic", rule: (n: number, title: string, first: string, last: string) => `Rule ${n}: ${lower(title)}, ${first === last ? first : `${first} to ${last}`}.`, steady: (n: number) => `${plural(n, "stack")}, no rule broken.`,
    files: "Files of spectra", filesSub: "Gamry, BioLogic, ZPlot, CHI, CSV and others; kept in the ledger's folder", openFile: "Open file", sending: "Sending", file: "File", size: "Size", keptAt: "Kept", remove: "Delete", removeOne: (name: string) => `Delete ${name}`, bytes: (n: number) => (n < 1e6 ? quantity(n / 1e3, "kB", n < 1e4 ? 1 : 0) : quantity(n / 1e6, "MB", 1)),
    noFiles: "No file is kept", noFilesText: "Open one to see it checked, fitted and drawn.",
    making: "The waveform of this stack is made and analysed", makingText: "Samples of all cells, synthetic, from what the station recorded and the keys of the stack. With 400 cells this takes about 15 s.", analysing: "The file is analysed", analysingText: "Quality, Kramers-Kronig, circuit, relaxation times.",
    ofStack: (cells: number, cm2: number) => `, ${count(cells)} cells of ${number(cm2, 0)} cm²`, fail: (n: number, of: number) => (n && of > 1 ? `Fail, ${count(n)} of ${plural(of, "cell")}` : "Fail"), passAll: (of: number) => (of > 1 ? `Pass, all of ${count(of)}` : "Pass"), synthetic: "Synthetic waveform", syntheticWhy: "Made from a model, not measured",
    at: "At", kind: (kind: string) => kind.charAt(0).toUpperCase() + kind.slice(1), lines: (n: number, high: string, low: string, time: string) => `${count(n)} lines, ${high} to ${low}, ${time}`, leads: "Leads removed", points: (instrument: string, n: number) => `${instrument}, ${plural(n, "point")}`, span: (high: string, low: string) => `${high} to ${low}`,
    chooseGroup: "Which frequencies", groupName: (n: number, points: number) => `${plural(n, "spectrum", "spectra")} of ${plural(points, "point")}`, chooseCell: "Which cell stands out", noCell: "No cell chosen", cell: (name: string) => (/^\d+$/.test(name) ? `Cell ${name}` : name), trace: "Trace",
    nyquist: "Nyquist", nyquistSub: (n: number, isStack: boolean) => `grey: ${isStack ? plural(n, "cell") : plural(n, "spectrum", "spectra")}, line: their median`, nyquistOne: "dots: frequencies", fit: "fit", allPoints: "all points", nyquistLabel: (n: number, unit: string) => `Nyquist plot of ${plural(n, "spectrum", "spectra")}, ${unit}`,
    minusImag: (unit: string) => `\u2212Z\u2033, ${unit}`, real: (unit: string) => `Z\u2032, ${unit}`, curve: (name: string, looks: string) => (looks ? `${name} ${looks}` : name),
    values: "Values", recipe: (name: string) => `limits of ${name}`, noRecipe: "no limits", test: "Test", limit: "Limit", found: "Found", outside: (n: number) => `${count(n)} outside`,
    quantity: (name: string, about: string) => ({ hfr: "HFR", rct: "Charge transfer", transport: "Transport", total: "Low frequency", polarisation: "Polarisation", voltage: "Voltage", drift: "Drift", kk: "Kramers-Kronig", fit: "Fit", thd: "Distortion, THD", nsd: "Not stationary, NSD", nsr: "Noise, NSR" } as Record<string, string>)[name] ?? about,
    limits: (low: number | null, high: number | null, spread: number | null) => (low !== null && high !== null ? `${number(low)} to ${number(high)}` : high !== null ? `up to ${number(high)}` : low !== null ? `from ${number(low)}` : spread === null ? "" : `within ${number(spread, 0)} sigma`),
    failedCell: (name: string, looks: string) => (looks ? `${name}, ${looks}.` : `${name}.`), more: (n: number) => `and ${count(n)} more`, circuit: (circuit: string, chosen: string) => `${circuit} fitted${chosen ? ": " + chosen : ""}`, noCircuit: "No circuit is fitted.",
    map: "Map along the stack", mapFiles: "Spectra side by side", mapSub: "fitted values by cell", mapWords: (about: string, median: number, low: number | null, high: number | null, unit: string) => [about.charAt(0).toUpperCase() + about.slice(1).split(",")[0], `median ${number(median)}`, low !== null && high !== null ? `${number(low)} to ${number(high)}` : high !== null ? `up to ${number(high)}` : low !== null ? `from ${number(low)}` : "", unit].filter(Boolean), mapLabel: (about: string, n: number, bad: number) => `${about}, ${plural(n, "cell")} along the stack, ${count(bad)} outside`,
    bode: "Bode", band: "band: 95\u202f% of the cells", modulus: "Modulus", phase: "Phase", degrees: "\u2212degrees", bodeLabel: (what: string, n: number) => `${what} of ${plural(n, "spectrum", "spectra")} over frequency`,
    kk: "Kramers-Kronig", kkSub: "what lin-KK leaves", residualAxis: "Z\u2032 solid, Z\u2033 dashed", residualLabel: (n: number) => `Residuals of Kramers-Kronig of ${plural(n, "spectrum", "spectra")}, per cent of the modulus`, drt: "Relaxation times", drtSub: "Tikhonov, not below 0", gamma: "Distribution", drtLabel: (n: number) => `Distribution of relaxation times of ${plural(n, "spectrum", "spectra")}`,
    peak: (tau: number, r: number, unit: string) => `${quantity(r, unit)} at ${tau < 1e-3 ? quantity(tau * 1e6, "µs") : tau < 1 ? quantity(tau * 1e3, "ms") : quantity(tau, "s")}`,
    recorded: "Recorded and found", recordedSub: (verdict: string, at: string) => `the station said ${verdict}, ${at}`, characteristic: "Characteristic", window: "Window", recordedHead: "Recorded", waveform: "Waveform", characteristicName: (name: string) => (name === "hfr" ? "HFR" : words(name).replace("hfr", "HFR")), chooseRecipe: "Which limits", reason: (name: string, value: number, unit: string, low: number | null, high: number | null, away: number | null) => `${name} ${quantity(value, unit)}${high !== null && value > high ? `, over ${number(high)}` : low !== null && value < low ? `, under ${number(low)}` : ""}${away === null ? "" : `, ${number(Math.abs(away), Math.abs(away) < 9.95 ? 1 : 0)} sigma ${away > 0 ? "above" : "below"} its neighbours`}.`,
    unit: (text: string) => text.replace(/mohm[*·]cm\^?[2²]/, "mΩ cm²").replace("mohm", "mΩ").replace("ohm", "Ω"),
    parameters: "Parameters", parameter: "Parameter", value: "Value", interval: "95\u202f%", notDetermined: "not determined", plain: (value: number) => (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5) ? value.toExponential(3).replace("-", "\u2212") : number(value)), between: (low: number, high: number) => { const text = (x: number): string => (x !== 0 && (Math.abs(x) < 1e-3 || Math.abs(x) >= 1e5) ? x.toExponential(2).replace("-", "\u2212") : number(x)); return `${text(low)} to ${text(high)}`; }, cellHead: "Cell",
  },
  experiments: {
    title: "Experiments", sub: "what if: the twin of a line, with intervals", fresh: "New experiment", none: "No experiment yet", noneText: "Ask what would be if: more machines, a larger buffer, another pace. Each experiment is kept here.",
    name: "Experiment", cases: "Cases", begun: "Begun", state: "State", result: "Result", choose: "Choose", chooseOne: (id: string) => `Choose experiment ${id}`, compareTwo: "Compare two", compareHow: "Choose two that have a result.",
    one: (id: string) => `Experiment ${id}`, untitled: (line: string, cases: number, variants: string[], paths: string[]) => (paths.length ? `${line} over ${paths.join(" and ")}` : variants.length > 1 ? `${line}: ${variants.slice(1, 3).join(" or ")}${variants.length > 3 ? ` and ${count(variants.length - 3)} more` : ""}` : cases === 1 ? `${line} as it is` : line),
    kept: (id: string, at: string, version: string) => `Experiment ${id}, ${at}, version ${version}`, asWritten: "as written",
    states: { queued: "Waits", running: "Runs", done: "Done", stopped: "Stopped", interrupted: "Interrupted", failed: "Failed", damaged: "Damaged" } as Record<string, string>,
    stateTitle: (state: string) => ({ queued: "It waits for its turn", running: "It runs", stopped: "Stopped before a replication was whole", interrupted: "Interrupted: its server ended", failed: "It could not be run", damaged: "Its file is damaged" } as Record<string, string>)[state] ?? "Nothing to show",
    stateText: (state: string) => ({ queued: "One experiment runs at a time.", running: "Figures appear when it has ended, or when it is stopped after a whole replication.", stopped: "Ask again, with fewer cases or a shorter time.", interrupted: "Ask again: nothing of it was whole.", damaged: "Put a copy of it back into the ledger's folder, or delete it." } as Record<string, string>)[state] ?? "",
    waits: (place: number) => `waits, ${plural(place, "other")} before it`, elsewhere: "runs in another server", progress: (share: number, left: string | null) => (left === null ? percent(share, 0) : `${percent(share, 0)}, ${left} left`), progressOf: (id: string) => `Progress of experiment ${id}`,
    resultOne: (value: string) => value, resultBest: (label: string, value: string, by: string | null) => `${label}: ${value}${by ? ` (${by})` : ""}`, resultRivals: (n: number, value: string) => `best ${count(n)} not told apart, about ${value}`,
    stop: "Stop", report: "Open report", remove: "Delete", askAgain: "Ask again",
    question: "What is asked", questionSub: "one entry a line; as on the command line", titleField: "Question", titleHint: "How many winders, and which buffer?", lineField: "Line", ofRun: (title: string, run: string) => (title ? `${title}, as it runs in ${run}` : `The line of ${run}`), ofLibrary: (line: string) => `${line}, from the library`, pasted: "A line or experiment file, pasted",
    textField: "Text of the file", textHint: "It may use lines of the library, no other files.", setField: "Changed in all", setHint: "path=value", versusField: "Compared with", versusHint: "Settings side by side in one line, or another line of the library; each line is one more case.", sweepField: "Swept", sweepHint: "path=10..18, path=10..18:2 or path=50,200,1000; several make all combinations.",
    untilField: "Line time", untilHint: "as in the file", replicationsField: "Replications", warmUpField: "Warm-up", warmUpHint: "as in the file", confidenceField: "Confidence", usualConfidence: "95\u202f%", seedField: "Seed", seedHint: "as in the file", exampleStation: "station", start: "Start experiment",
    willBe: "What will be run", faults: (n: number) => plural(n, "fault"), nothingYet: "Paste a file, or choose a line.", plan: (cases: number, replications: number, batches: number | null, span: string) => `${plural(cases, "case")}, ${batches === null ? `${plural(replications, "replication")} of ${span} each` : `one run of ${span} in ${count(batches)} parts`}.`,
    warmUpFound: "The warm-up is found in each run.", warmUpGiven: (span: string) => `The first ${span} of each run are not counted.`, warmUpNone: "Each run is counted from its begin.", first: "compared with this", moreCases: (n: string) => `and ${n} more`,
    command: "On the command line", copy: "Copy", copied: "Copied", ownFile: "LINE.yaml is the line's text. It is kept beside the experiment when that is started.",
    compare: "Compare", figures: "Figures", figure: "Figure", setting: "Setting", withUnit: (title: string, unit: string) => (unit ? `${title}, ${unit}` : title), against: (what: string, confidence: number) => `Against ${what}, ${percent(confidence, confidence < 0.995 && Math.round(confidence * 1000) % 10 === 0 ? 0 : 1)}`, interval: "Interval", bottleneck: "Bottleneck", basis: "compared with this", notApart: "not told apart", oneSample: "one run tells nothing",
    span: (low: string, high: string) => `${low} to ${high}`, rowLabel: (key: string, value: string) => `${key}: ${value}`,
    how: (found: { replications: number; replications_done: number; batches: number | null; until_s: number; confidence: number; cases: unknown[]; seed: number }) => `${found.batches === null ? `${plural(found.replications_done, "replication")} of ${duration(found.until_s)} each` : `one run of ${duration(found.until_s)} in ${count(found.batches)} parts`}${found.cases.length > 1 ? ", the same random numbers in all" : ""}, intervals of ${percent(found.confidence, 0)}`,
    sweep: "Sweep", sweepSub: (title: string, unit: string, confidence: number) => `${lower(title)}${unit ? ", " + unit : ""}, band ${percent(confidence, 0)}`, sweepLabel: (title: string, path: string) => `${title} over ${path}, means and intervals; the table above has the values`,
    pace: "Who sets the pace", paceSub: (method: string) => (method === "active-periods" ? "share of the time, by active periods (Roser)" : "share of the runs in which it was active most"), noPace: "Nothing was made, so no station set the pace.", other: "other or none", paceLabel: (key: string, shares: string[][]) => `${key}: ${shares.map((each) => each.join(" ")).join(", ")}`,
    pair: (other: string, one: string) => `${other} against ${one}`, changes: (one: string, other: string) => `${other}, not ${one}`, difference: "Difference", allFigures: "all figures",
    enough: "Is the run long enough?", doubts: (n: number) => plural(n, "doubt"), noDoubts: "nothing speaks against it", narrowingLabel: (half: string, unit: string, n: number) => `Half the interval of the output: ${half} ${unit} after ${plural(n, "run")}`, halfNow: (half: string, unit: string) => `\u00b1 ${half} ${unit}`,
    ran: (span: string, replications: string | null, batches: number | null) => (replications === null ? `One run of ${span} in ${count(batches ?? 0)} parts.` : `${replications} runs of ${span}.`), warmFound: (span: string | null) => (span ? `The warm-up was found by MSER-5, up to ${span}.` : "No warm-up was needed (MSER-5)."), partly: (done: number, asked: number) => `Stopped after ${count(done)} of ${count(asked)}.`,
    bound: (value: string, station: string) => `On paper at most ${value} a minute, by ${lower(station)}: means alone, no queue ever empty or full.`,
    sideBySide: "Two experiments side by side", left: "Left", right: "Right", chooseExperiment: (side: string) => `${side} experiment`, chooseCase: (side: string) => `${side} case`, option: (key: string, label: string) => `${key}  ${label}`, rightLess: (confidence: number) => `Right less left, ${percent(confidence, 0)}`, ownScale: "Each on its own scale", differenceOf: (title: string) => `Difference of ${lower(title)}`,
    tooFew: "Fewer than two have a result", tooFewText: "Start another one, or wait until one has ended.",
    differs: (keys: string[]) => `The runs are not alike in ${keys.map((each) => ({ until_s: "line time", warm_up_s: "warm-up", seed: "seed", replications: "replications", batches: "parts", confidence: "confidence" } as Record<string, string>)[each] ?? each).join(", ")}: what differs may come from that.`, onlyOne: (names: string[]) => `Only one of them has ${names.join(", ")}.`,
  },
  time: { minute, clock },
} as const;
