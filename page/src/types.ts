/* The contract with the server, docs/api.md, as types. Nothing else of the server is known to the page. */

export type Group = "running" | "waiting" | "fault" | "planned" | "no-data";
export type Source = "live" | "twin" | "import";
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface Window { lower: number | null; target: number | null; upper: number | null }

export interface Order { id: string; product: string; amount: number | null; made: number; state: string; due_us: number | null }

export interface AlarmCounts { "1": number; "2": number; "3": number; "4": number; unacknowledged: number; active?: number }

export interface Header {
  run: string; source: Source; emulated: boolean | null; line: string; title: string; about: string;
  product: string; product_title: string; product_word: string; level: string; order: Order | null;
  begin_us: number; end_us: number | null; live: boolean; acting: boolean; not_acting_why: string | null;
  speed: number | "max" | null; seed: number | null; time_zone: string; target_per_min: number | null;
  shift: Shift | null; since_us: number; at_us: number; age_s: number | null; alarms: AlarmCounts; made_before: boolean;
}
export interface Shift { name: string; plan: string; begin_us: number; end_us: number }

export interface StationInput {
  material: string; title: string; source: string | null; adds: boolean; buffer: number | string | null; amount: number | null; unit: string | null;
  rolls: number; coil: boolean; bought: boolean; brought_by: string | null;
}
export interface Target { station: string; grade: string | null; back: boolean }
export interface SignalInfo { name: string; title: string; count: number; low: number | null; high: number | null; every_s: number; unit: string | null; decimals: number | null; window: Window | null; per: string | null }
export interface MeasureInfo extends Window { name: string; title: string; unit: string | null; decimals: number | null }
export interface RecipeInfo { name: string; title: string; set: number[]; unit: string | null; decimals: number | null }

export interface Station {
  path: string; name: string; title: string; chain: number; area: string; about: string; use: string | null;
  kind: "machine" | "store" | "oven" | "web"; count: number; machine_title: string; rated_per_min: number | null; products_per_item: number | null;
  item: string; item_title: string; item_kind: "batch" | "web" | "unit" | "carrier";
  begins: boolean; buffer: number | "unlimited" | null; places: number | null; batch: unknown;
  inputs: StationInput[]; to: Target[]; gate: { to: string; limit: number | null } | null;
  loads: string | null; unloads: string | null; carrier: string | null;
  recipe: RecipeInfo[]; signals: SignalInfo[]; measures: MeasureInfo[];
  time_s?: number | null;
}
export interface Chain { index: number; title: string; stations: string[]; ends_in: string | null; input: string | null }
export interface Plant {
  line: string; title: string; product: string; target_per_min: number | null; time_zone: string;
  areas: { name: string; stations: string[] }[]; chains: Chain[]; stations: Station[];
  carriers: { name: string; title: string; holds: number; count: number | null }[];
}

export interface Worst { state: string; count: number; machine: number | null; reason: string | null; since_us: number | null }
export interface QueueNow { input: string; count: number | null; places: number | null; unit?: string | null }
export interface MachineNow { state: string; reason: string | null; since_us: number | null; made: number | null; left: number | null }
export interface KeyValue { name: string; value: number | null; unit: string | null; decimals: number | null; title?: string }
export interface StationNow {
  states: Record<string, number>; groups: Partial<Record<Group, number>> | null; worst: Worst | null; waiting: { starved: number; blocked: number; input: string | null } | null;
  queue: QueueNow[]; inside: number | null; places: number | null; made: number | null; scrap: number | null;
  rate_per_min: number | null; flow_per_min: number | null; key: KeyValue | null; machines: MachineNow[] | null; availability: number | null;
}
export interface Figures {
  good?: { value: number | null; plan: number | null }; rate?: { value: number | null; rated: number | null; station: string | null; lost: number | null; lost_at: string | null };
  oee?: { value: number | null; a: number | null; p: number | null; q: number | null }; fpy?: { value: number | null };
  bottleneck?: { station: string | null; share: number | null; next: [string, number][] };
  energy?: { kwh_per_kwh: number | null; co2_kg_per_kwh: number | null; kwh_per_unit: number | null }; wip?: { value: number | null };
}
export interface LossPart { cause: string; station: string | null; count: number }
export interface Due { t_us: number; kind: string; station: string | null; machine: number | null; what: string | null; for_s: number | null }
export interface WebNow { chain: number; web: string; station: string; machine: number | null; at_m: number | null; length_m: number | null }
export interface LineSample {
  v: number; state: string; since_us: number; shift: Shift | null; stations: Record<string, StationNow>; figures: Figures;
  losses: { possible: number | null; good: number | null; parts: LossPart[] } | null; next_hour: Due[] | null; order: Order | null; webs: WebNow[] | null;
}
export interface LineAnswer { run: string; at_us: number; age_s: number | null; seq: number; sample: LineSample | null; alarms: Alarm[] }

export type AlarmState = "new" | "acknowledged" | "returned" | "gone";
export interface Alarm {
  alarm: string; key: number; keys?: number[]; station: string; machine: number | null; name: string; title: string; text: string; priority: number; state: AlarmState;
  raised_us: number; returned_us: number | null; acknowledged_us: number | null; acknowledged_by: string | null;
  value: number | null; unit: string | null; effect_per_min: number | null; next: string; times_1h: number; seq: number; on: string;
}
export interface AlarmList { alarms: Alarm[]; counts: AlarmCounts; total: number | null; next: string | null; cut?: boolean }

export interface Mount { input: string; title: string; lot: string; kind: string; from_us: number | null; length_m: number | null; used_m: number | null; left_m: number | null; left_s: number | null; ended_us: number | null }
export interface MachineRow { machine: number; state: string; group: Group; reason: string | null; since_us: number | null; made: number | null; availability: number | null; alarm: Alarm | number | null }
export interface RecipeNow { name: string; title: string; set: number[]; actual: (number | null)[] | null; unit: string | null; decimals: number | null; tag: string | null; at_us: number | null }
export interface MeasureNow extends MeasureInfo {
  n: number; last: number | null; last_t_us: number | null; last_unit: string | null; p5: number | null; p50: number | null; p95: number | null;
  mean: number | null; sd: number | null; cp: number | null; cpk: number | null; outside: number | null;
}
export interface StationAnswer { run: string; at_us: number; since_us?: number; age_s: number | null; station: Station; now: StationNow | null; machines: MachineRow[]; measures: MeasureNow[]; alarms: Alarm[] }
export interface MachineAnswer extends StationAnswer { machine: MachineRow; recipe: RecipeNow[]; mounts: Mount[]; made: number | null; availability: number | null }

export interface StateRow { from_us: number; to_us: number | null; state: string; group: Group; reason: string | null; merged: boolean }
export interface ControlData extends Window {
  unit: string | null; decimals: number | null; t_us: number[]; value: (number | null)[]; thing: (string | null)[]; machine: (number | null)[];
  mean: number | null; lcl: number | null; ucl: number | null; sigma: number | null; from: string; title?: string;
  broken: { rule: number; title: string; first: number; last: number; points: number[] }[];
}
export interface Spark { t_us: number[]; value: (number | null)[]; min: (number | null)[]; max: (number | null)[]; unit: string | null }

export interface Hit { id: string; title: string; address: string; note: string | null; match: [number, number] | null }
export interface SearchAnswer { groups: { kind: string; title: string; hits: Hit[] }[]; nearest: (string | Hit)[] }

export interface Value {
  characteristic: string; title: string; step: string | null; value: number | string | null; unit: string | null; decimals: number | null; lower: number | null; target: number | null; upper: number | null;
  at_us: number | null; source: string; literal: string | null; side: string | null; lane: number | null; web?: string | null;
}
export interface LifeStep { step: string; title: string; machine: number | null; tool: number | null; in_us: number | null; start_us: number | null; done_us: number | null; out_us: number | null; verdict: string | null }
export interface Thing {
  run: string; id: string; kind: string; material: string; title: string; made_us: number | null; made_before: boolean; verdict: string | null; grade: string | null; held: unknown;
  now: { text: string | null; station: string | null; machine: number | null; carrier: string | null; place: number | null; since_us: number | null } | null;
  life: LifeStep[]; values: Value[];
  web: { length_m: number | null; width_mm: number | null; sides: string[]; lanes: number | null; lane: number | null; mother: string | null; batches: string[]; splices_m: number[]; made_at: string | null } | null;
  carriers: { carrier: string; place: number | null; from_us: number | null; to_us: number | null }[]; others: Record<string, number>; findings?: { kind: string; source: string; found: string; done: string }[];
}
export interface TreeNode { id: string; kind: string; material: string; title: string; lines: string[]; role: "self" | "made-of" | "went-into" | "carried-in"; more: { from: number; into: number } | null; at_us: number | null; count?: number; of?: string; firsts?: string[] }
export interface TreeEdge { from: string; to: string; basis: "certain" | "possible" | "stated" | "rule"; kind: string; share: number | null; lo_m: number | null; hi_m: number | null; lane: number | null; input: string | null }
export interface Tree { nodes: TreeNode[]; edges: TreeEdge[]; cut: boolean }
export interface Metres { web: string; mother: string | null; lane: number | null; side: string | null; lo_m: number; hi_m: number; certain: [number, number] | null; possible: [number, number] | null; error_m: number | null; chain: { web: string }[]; b?: number | null }
export interface WebInfo {
  web: string; title?: string; length_m: number | null; width_mm: number | null; sides: string[]; lanes: number | { lane: number }[] | null; splices_m: number[]; lanes_mm?: LaneMm[]; children: (string | { web: string; lane?: number | null })[];
  batches: { batch: string; lo_m: number; hi_m: number; possible: boolean }[]; profiles: { characteristic: string; title?: string; side: string | null; lane: number | null; unit: string | null; step_m: number }[]; made_us?: number | null; material?: string;
}
export interface ProfileRow { characteristic: string; title?: string; side: string | null; lane: number | null; unit: string | null; decimals: number | null; window: Window | null; m: number[]; min: (number | null)[]; max: (number | null)[]; mean: (number | null)[] }
export interface WebUnit { id: string | null; lane: number | null; lo_m: number; hi_m: number; verdict: string | null; certain?: boolean; now?: unknown }
export interface LotRow { id: string; kind: string; material: string; title: string; made_us: number | null; length_m: number | null; amount: number | null; unit: string | null; station: string | null; remark?: string | null; in_use?: string | null }

export interface HeldSpan { web: string; from_m: number | null; to_m: number | null; lane: number | null; across_mm: [number, number] | null; side: string | null; guard_m: number }
export interface Hold {
  key: number; things: string[]; count: number; spans: HeldSpan[]; reason: string; by: string; verified: boolean; at_us: number | null; released_us: number | null; released_by: string | null; release_reason: string | null; undone: boolean;
  now: { units: number; certain: number; first: string[]; wholes: string[]; wholes_total: number } | null;
}
export interface LaneMm { lane: number; lo_mm: number; hi_mm: number }
export interface WebStrip { from_m: number; to_m: number; characteristic: string | null; characteristics: string[]; sides: { side: string | null; lanes: ProfileRow[] }[]; units: WebUnit[]; units_total: number; splices_m: number[] }
export interface AffectedUnit { id: string; certain: boolean; lane: number | null; lo_m: number; hi_m: number; error_m: number; text: string; station: string | null; carrier: string | null; place: number | null; into: string[]; out: boolean; lost_at: string | null; since_us: number | null }
export interface WebPart { web: string; lo_m: number; hi_m: number; why: string | null }
export interface Affected {
  from_m: number; to_m: number; across_mm: [number, number] | null; side: string | null; guard_m: number; lanes: number[]; certain: number; possible: number; total: number; wholes: number; out: number; error_m: number;
  places: { text: string; count: number }[]; places_total: number; units: AffectedUnit[]; rest: WebPart[]; lost: WebPart[];
}
export interface Filling { material: string; first: string; last: string; count: number; left: number; from_us: number | null; to_us: number | null; units: { id: string; place: number; to_us: number | null }[] }
export interface ToldRow extends Value { thing: string; kind: string; sides: string[]; basis: "stated" | "rule"; rules: string[]; remark: string | null; stated: number | null }
export interface Told { ancestors: number | null; stated: number | null; absent: number | null; sections: { title: string; rows: ToldRow[] }[] }
export interface CurveLine { name: string; title: string; unit: string | null; decimals: number; values: number[]; total: { in: number; out: number; unit: string } | null }
export interface Curve { step: string; title: string; machine: number | null; carrier: string | null; place: number | null; start_us: number | null; done_us: number | null; source: string; t_s: number[]; lines: CurveLine[] }
export interface Curves { curves: Curve[]; why_none: string | null }
export interface Preview { class: "look" | "undoable" | "stops" | "releases"; can: boolean; why_not: string | null; helps: string | null; title: string; button: string; effect: { label: string; text: string }[]; asks: string[]; undo_s: number | null }
export interface Fault { what: string; expected: string; came: string; nearest: string[]; next: string; faults?: string[] }
