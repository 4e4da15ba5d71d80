/* How an experiment stands: its state, how far it is, what came out. */
import { brief, number, signed } from "../format";
import { StateMark } from "../parts/marks";
import { texts } from "../texts";
import type { Group } from "../types";
import { isApart } from "./scale";
import { isUnderWay, type ExperimentRow, type ExperimentState } from "./types";

const GROUPS: Record<ExperimentState, Group> = { queued: "planned", running: "running", done: "planned", stopped: "planned", interrupted: "fault", failed: "fault", damaged: "fault" };

export function titleOf(row: ExperimentRow): string {
  return row.title || (row.line ? texts.experiments.untitled(row.line, row.cases, row.variants.filter(Boolean), row.paths) : texts.experiments.one(row.id));
}

export function State({ row }: { row: ExperimentRow }) {
  if (isUnderWay(row.state)) return <Progress row={row} />;
  const group = GROUPS[row.state];
  return <span className={"st " + (group === "fault" ? "fault" : "soft")}>{group === "fault" ? <StateMark group="fault" /> : null}{texts.experiments.states[row.state]}</span>;
}

export function Progress({ row }: { row: ExperimentRow }) {
  const share = row.share ?? 0;
  const said = !row.here ? texts.experiments.elsewhere : row.state === "queued" ? texts.experiments.waits(row.place ?? 0) : texts.experiments.progress(share, row.left_s === null ? null : brief(Math.ceil(row.left_s)));
  return (
    <span className="prog">
      <span>{said}</span>
      <i role="progressbar" aria-label={texts.experiments.progressOf(row.id)} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(share * 100)}><b style={{ width: `${share * 100}%` }} /></i>
    </span>
  );
}

/** The experiment in one line. */
export function resultLine(row: ExperimentRow): string {
  const found = row.result;
  if (row.why) return row.why.split("\n")[0] ?? "";
  if (!found?.estimate) return "";
  const { mean, half_width: half, digits } = found.estimate;
  const value = `${number(mean, digits)}${half === null ? "" : ` ± ${number(half, digits)}`} ${found.unit}`;
  if (row.cases === 1) return texts.experiments.resultOne(value);
  const by = isApart(found.difference) && found.difference ? `${signed(found.difference.mean, found.difference.digits)} ${found.unit}` : null;
  return found.is_clear ? texts.experiments.resultBest(found.label || texts.experiments.asWritten, value, by) : texts.experiments.resultRivals(found.rivals.length + 1, value);
}
