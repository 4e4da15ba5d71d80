/* Values of a thing against their windows; of real records beside what stands in the record. */
import { useState } from "react";
import { exact, numberOr } from "../format";
import { Note } from "../parts/notes";
import { isOutside, WindowBar } from "../parts/windowbar";
import { path as toPath } from "../route";
import { useRun } from "../run";
import { texts, words } from "../texts";
import type { Thing, Value } from "../types";

const VALUES_FIRST = 9;

/** A value's name, with its side and lane where it has them and the name does not say so already. */
export function valueTitle(value: Value, isLanes: boolean): string {
  const name = words(value.title || value.characteristic);
  const side = value.side && !name.endsWith(texts.thing.side(value.side)) ? ", " + texts.thing.side(value.side) : "";
  return name + side + (isLanes && value.lane !== null ? ", " + texts.thing.lane(value.lane) : "");
}

/** A value as text: a link where it names another thing, the record's own words where there are some. */
export function ValueText({ value }: { value: Value }) {
  const { link } = useRun();
  if (typeof value.value === "string") return /^[A-Za-z]+:/.test(value.value) ? <a className="id anywhere" href={link(toPath("lot", value.value))}>{value.value}</a> : <span className="anywhere">{value.value}</span>;
  if (value.value === null) return <span className="muted">{value.literal ?? texts.notYet}</span>;
  const text = <>{numberOr(value.value, value.decimals, texts.noValue)} <span className="unit">{value.unit}</span></>;
  return value.literal !== null && value.unit ? <>{value.literal}<div className="unit">{text}</div></> : text;
}

/** What is outside its window first, then the thing's own values, then those of the webs it lies on. */
export function inOrder(values: Value[]): Value[] {
  const rank = (value: Value): number => (typeof value.value === "number" && isOutside(value.value, value.lower, value.upper) ? 0 : value.web ? 2 : 1);
  return [...values].sort((a, b) => rank(a) - rank(b));
}

export function Values({ values: given }: { values: Value[] }) {
  const values = inOrder(given);
  const [all, setAll] = useState(false);
  const numeric = (value: Value): number | null => (typeof value.value === "number" ? value.value : null);
  const outside = values.filter((each) => isOutside(numeric(each), each.lower, each.upper)).length;
  const shown = all ? values : values.slice(0, VALUES_FIRST);
  const isLanes = new Set(values.map((each) => each.lane)).size > 1;
  const hasWindows = values.some((each) => each.lower !== null || each.upper !== null);
  return (
    <section className="panel fill">
      <div className="ph"><h2>{texts.thing.values}</h2><span className="sub">{values.length ? texts.thing.valuesSub(values.length, outside) : ""}</span>{values.length > VALUES_FIRST ? <span className="right"><button type="button" className="linkish" onClick={() => setAll(!all)}>{all ? texts.thing.showFewer : texts.thing.showAll(values.length)}</button></span> : null}</div>
      {values.length ? (
        <div className={all ? "scroll" : ""} style={all ? { maxHeight: 560 } : undefined}><table className="vals"><tbody>{shown.map((each, i) => {
          const isBad = isOutside(numeric(each), each.lower, each.upper);
          const title = valueTitle(each, isLanes);
          return (
            <tr key={each.characteristic + each.side + each.step + i} title={[each.step ? words(each.step) : "", each.at_us ? exact(each.at_us) : "", each.literal !== null ? texts.thing.literal(each.literal) : ""].filter(Boolean).join(", ")}>
              <td>{title}{each.source === "stated" && each.step ? <div className="unit">{words(each.step)}</div> : null}</td>
              <td className={(typeof each.value === "string" ? "" : "num") + (isBad ? " tf strong" : "")}><ValueText value={each} /></td>
              {hasWindows ? <td style={{ width: 134 }}>{each.lower !== null || each.upper !== null ? <WindowBar lower={each.lower} upper={each.upper} value={numeric(each)} label={`${title} ${numberOr(numeric(each), each.decimals, texts.noValue)} ${each.unit ?? ""}`} /> : null}</td> : null}
            </tr>
          );
        })}</tbody></table></div>
      ) : <Note title={texts.thing.noValues}>{texts.thing.noValuesText}</Note>}
    </section>
  );
}

/** What a reader of the records found doubtful: kept, said, never mended. */
export function Doubts({ findings }: { findings: NonNullable<Thing["findings"]> }) {
  return (
    <section className="panel">
      <div className="ph"><h2>{texts.thing.doubts}</h2><span className="sub">{texts.thing.doubtsSub}</span></div>
      <table className="vals"><tbody>{findings.map((each, i) => <tr key={each.kind + i}><td>{words(each.kind)}<div className="unit anywhere">{each.source}</div></td><td className="anywhere">{each.found}</td></tr>)}</tbody></table>
    </section>
  );
}
