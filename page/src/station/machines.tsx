/* All machines of a station: their state now, and over the range. */
import { useEffect, useRef, useState, type ReactNode } from "react";
import { drawStates } from "../charts/timebar";
import { brief, count, percent } from "../format";
import { useWidth } from "../line/drawing";
import { Note } from "../parts/notes";
import { StateText } from "../parts/marks";
import { go, path as toPath } from "../route";
import { useRun } from "../run";
import { groupOf, sideOf, worse } from "../states";
import { useTheme } from "../theme";
import { texts } from "../texts";
import type { MachineRow, StateRow, Station, StationAnswer } from "../types";

const FIRST = 20;

export function Machines({ info, answer, states, spanS, ranges }: { info: Station; answer: StationAnswer; states: { machine: number; rows: StateRow[] }[]; spanS: number; ranges: ReactNode }) {
  const { link, machineTitle, now } = useRun();
  const [all, setAll] = useState(false);
  const byMachine = new Map(states.map((each) => [each.machine, each.rows]));
  // Many machines: those that are not running first; few: in their order.
  const sorted = answer.machines.length > FIRST ? [...answer.machines].sort((a, b) => rank(a) - rank(b) || a.machine - b.machine) : answer.machines;
  const shown = all ? sorted.slice(0, 400) : sorted.slice(0, FIRST);
  const isStore = info.kind === "store";
  return (
    <section className="panel fill">
      <div className="ph"><h2>{texts.station.machines}</h2><span className="sub">{isStore ? "" : texts.station.machinesSub}</span><span className="right">{ranges}</span></div>
      {isStore ? <Note title={info.title}>{texts.station.noStore}</Note> : (
        <div className="scroll" style={{ maxHeight: 560 }}>
          <table className="machines">
            <thead><tr><th>{info.title}</th><th>{texts.alarms.state}</th><th className="wide-only">{texts.station.state}</th><th className="num">{texts.station.made}</th><th className="num">{texts.station.availability}</th></tr></thead>
            <tbody>{shown.map((row) => {
              const group = row.group ?? groupOf(row.state, row.reason);
              const word = row.reason && group !== "running" ? texts.state.because(texts.state.word(row.state), texts.state.reason(row.reason)) : texts.state.word(row.state);
              const to = link(toPath("line", info.path, row.machine));
              return (
                <tr key={row.machine} className="pick" data-item="" tabIndex={-1} onClick={() => go(to)} onKeyDown={(event) => { if (event.key === "Enter") go(to); }}>
                  <td className="nowrap"><a href={to}>{machineTitle(info.path, row.machine)}</a></td>
                  <td><StateText group={group} side={sideOf(row.reason)}>{word}{row.since_us && group !== "running" ? <span className="muted">{brief((now() - row.since_us) / 1e6)}</span> : null}</StateText></td>
                  <td className="wide-only strip"><Strip rows={byMachine.get(row.machine) ?? []} spanS={spanS} /></td>
                  <td className="num">{row.made === null ? texts.noValue : count(row.made)}</td>
                  <td className="num">{row.availability === null ? texts.noValue : percent(row.availability)}</td>
                </tr>
              );
            })}</tbody>
          </table>
        </div>
      )}
      {sorted.length > FIRST ? <div className="note"><button type="button" className="linkish" onClick={() => setAll(!all)}>{all ? texts.station.fewer : texts.station.more(sorted.length - FIRST)}</button></div> : null}
    </section>
  );
}

function rank(row: MachineRow): number {
  const group = row.group ?? groupOf(row.state, row.reason);
  return group === worse(group, "planned") && group !== "running" ? (group === "fault" ? 0 : group === "no-data" ? 1 : group === "waiting" ? 2 : 3) : 4;
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
