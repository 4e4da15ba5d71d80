/* The machines of a station: their state now, and over the range; of thousands a page at a time, the worst first, or from a number on. */
import { useEffect, useRef, useState, type ReactNode } from "react";
import { drawStates } from "../charts/timebar";
import { brief, count, minute, percent } from "../format";
import { useWidth } from "../line/drawing";
import { Note } from "../parts/notes";
import { StateText } from "../parts/marks";
import { go, path as toPath, setQuery, useRoute } from "../route";
import { useRun } from "../run";
import { groupOf, sideOf } from "../states";
import { useTheme } from "../theme";
import { texts } from "../texts";
import type { MachineRow, StateRow, Station, StationAnswer } from "../types";

export const PAGE = 20;

export interface Shown { first: number; limit: number; order: "state" | "number" }

/** Which machines the address asks for: of few all in their order; of many those in the worst state, or from a number on. */
export function shownMachines(total: number, page: string | null, from: string | null): Shown {
  if (total <= PAGE) return { first: 1, limit: PAGE, order: "number" };
  const turn = Math.max(0, Math.min(Math.ceil(total / PAGE), Math.floor(Number(page) || 1)) - 1);
  const number = Math.floor(Number(from) || 0);
  if (number >= 1) return { first: Math.min(total, number + turn * PAGE), limit: PAGE, order: "number" };
  return { first: turn * PAGE + 1, limit: PAGE, order: "state" };
}

/** What the state of a machine is called in a list. */
function stateWord(row: MachineRow): string {
  const group = row.group ?? groupOf(row.state, row.reason);
  if (!row.state) return texts.groups["no-data"];
  if (group === "waiting" && row.reason) return texts.state.station(row.state, row.reason, 1, 1, false);
  return row.reason && group !== "running" ? texts.state.because(texts.state.word(row.state), texts.state.reason(row.reason)) : texts.state.word(row.state);
}

interface Props { info: Station; answer: StationAnswer; shown: Shown; states: Map<number, StateRow[]>; spanS: number; ranges: ReactNode }

export function Machines({ info, answer, shown, states, spanS, ranges }: Props) {
  const { link, machineTitle, now, zone, header } = useRun();
  if (info.kind === "store") return <section className="panel fill"><div className="ph"><h2>{texts.station.machines}</h2></div><Note title={info.title}>{texts.station.noStore}</Note></section>;
  const rows = answer.machines;
  // A column that nothing is known for says less than none.
  const isMade = rows.some((each) => each.made !== null);
  const isAvailable = rows.some((each) => each.availability !== null);
  const since = minute(answer.since_us ?? header.since_us, zone);
  return (
    <section className="panel fill">
      <div className="ph"><h2>{texts.station.machines}</h2><span className="sub">{texts.station.machinesSub(isMade, isAvailable, since)}</span><span className="right">{info.count > PAGE ? <FromNumber total={info.count} /> : null}{ranges}</span></div>
      <div className="scroll" style={{ maxHeight: 640 }}>
        <table className="machines">
          <thead><tr><th>{info.title}</th><th>{texts.alarms.state}</th><th className="wide-only">{texts.station.overTime}</th>{isMade ? <th className="num">{texts.station.done}</th> : null}{isAvailable ? <th className="num">{texts.station.availability}</th> : null}</tr></thead>
          <tbody>{rows.map((row) => {
            const group = row.group ?? groupOf(row.state, row.reason);
            const to = link(toPath("line", info.path, row.machine));
            return (
              <tr key={row.machine} className="pick" data-item="" data-machine={row.machine} tabIndex={-1} onClick={() => go(to)} onKeyDown={(event) => { if (event.key === "Enter") go(to); }}>
                <td className="nowrap"><a href={to}>{machineTitle(info.path, row.machine)}</a></td>
                <td><StateText group={group} side={sideOf(row.reason)}>{stateWord(row)}{row.since_us && group !== "running" ? <span className="muted">{brief((now() - row.since_us) / 1e6)}</span> : null}</StateText></td>
                <td className="wide-only strip"><Strip rows={states.get(row.machine) ?? NONE} spanS={spanS} /></td>
                {isMade ? <td className="num">{row.made === null ? texts.noValue : count(row.made)}</td> : null}
                {isAvailable ? <td className="num">{row.availability === null ? texts.noValue : percent(row.availability)}</td> : null}
              </tr>
            );
          })}</tbody>
        </table>
      </div>
      {info.count > PAGE ? <Pager total={info.count} shown={shown} many={rows.length} /> : null}
    </section>
  );
}

const NONE: StateRow[] = [];

/** A number leads to that machine and those behind it; empty, the worst state comes first again. */
function FromNumber({ total }: { total: number }) {
  const { query } = useRoute();
  const asked = query.get("from") ?? "";
  const [text, setText] = useState(asked);
  useEffect(() => setText(asked), [asked]);
  const done = (): void => {
    const number = Math.min(total, Math.floor(Number(text)));
    const to = text.trim() === "" || !Number.isFinite(number) || number < 1 ? null : String(number);
    setText(to ?? "");
    if (to !== (asked || null)) setQuery({ from: to, page: null });
  };
  return (
    <form className="fromnumber" onSubmit={(event) => { event.preventDefault(); done(); }}>
      <label>{texts.station.fromNumber} <input className="input" name="from" inputMode="numeric" placeholder={`1 to ${count(total)}`} value={text} onChange={(event) => setText(event.target.value)} onBlur={done} /></label>
    </form>
  );
}

function Pager({ total, shown, many }: { total: number; shown: Shown; many: number }) {
  const { query } = useRoute();
  const page = Math.max(1, Math.floor(Number(query.get("page")) || 1));
  const last = shown.first + many - 1;
  const to = (by: number): void => setQuery({ page: page + by === 1 ? null : String(page + by) });
  return (
    <div className="note pager" data-pager="">
      <button type="button" className="btn small" disabled={page <= 1} onClick={() => to(-1)}>{texts.station.before}</button>
      <button type="button" className="btn small" disabled={last >= total} onClick={() => to(1)}>{texts.station.further}</button>
      <span>{texts.station.pageOf(shown.first, last, total, shown.order === "state")}</span>
    </div>
  );
}

function Strip({ rows, spanS }: { rows: StateRow[]; spanS: number }) {
  const [ref, width] = useWidth<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const { now } = useRun();
  const theme = useTheme();
  useEffect(() => {
    const to = now() / 1e6;
    if (canvas.current && width) drawStates(canvas.current, rows, to - spanS, to, width, 10, true);
  }, [rows, spanS, width, theme, now]);
  return <div ref={ref}><canvas ref={canvas} style={{ width: "100%", height: 10, display: "block" }} aria-hidden="true" /></div>;
}
