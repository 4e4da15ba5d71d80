/* Real records: sheets, filling, drying, formation of a cell, found through its ancestors; what is stated is told from what follows by a rule. */
import { ofRun, useGet } from "../api";
import { numberOr } from "../format";
import { FaultNote, Loading, Note } from "../parts/notes";
import { useRun } from "../run";
import { texts, words } from "../texts";
import type { Told as TellsOf, ToldRow } from "../types";
import { thingPath } from "./paths";
import { ValueText } from "./values";

/** A stored number that is not the one worked with: a decimal comma that was read as thousands. */
export function isCorrected(row: ToldRow): boolean {
  return row.unit !== "C" && typeof row.value === "number" && row.stated !== null && row.stated !== undefined && Math.abs(row.value - row.stated) > 1e-9 * Math.abs(row.stated);
}

export function Told({ id }: { id: string }) {
  const { run } = useRun();
  const asked = useGet<TellsOf>(ofRun(run, "things", id, "told"));
  const told = asked.data;
  return (
    <section className="panel" data-told="">
      <div className="ph"><h2>{texts.thing.told}</h2>{told?.ancestors ? <span className="sub">{texts.thing.toldSub(told.ancestors, told.stated ?? 0, told.absent ?? 0)}</span> : null}</div>
      {!told ? asked.error ? <FaultNote error={asked.error} again={asked.again} /> : <Loading />
        : told.sections.length ? told.sections.map((section) => <Section key={section.title} title={section.title} rows={section.rows} />)
        : <Note title={texts.thing.noValues}>{told.ancestors === null ? texts.thing.untold : null}</Note>}
    </section>
  );
}

function Section({ title, rows }: { title: string; rows: ToldRow[] }) {
  const { link } = useRun();
  const hasSides = rows.some((each) => each.sides.length);
  return (
    <>
      <div className="group-head rule">{title}, {texts.thing.toldSheets(rows.length)}</div>
      <div className="scrollx"><table className="vals told" data-section={title}>
        <thead><tr><th>{texts.station.characteristic}</th><th>{texts.thing.valueHead}</th>{hasSides ? <th>{texts.thing.sideHead}</th> : null}<th>{texts.thing.linked}</th><th>{texts.thing.partHead}</th></tr></thead>
        <tbody>{rows.map((row, i) => (
          <tr key={row.thing + row.characteristic + i}>
            <td>{words(row.characteristic)}</td>
            <td>{row.value === null && row.literal === null ? <span className="muted">{row.remark || texts.noValue}</span> : row.literal !== null && typeof row.value !== "string" ? <span title={row.value === null ? undefined : `${numberOr(row.value, null, "")} ${row.unit ?? ""}`}>{row.literal}</span> : <ValueText value={row} />}{isCorrected(row) ? <div className="unit">{texts.thing.storedAs(`${numberOr(row.stated, null, "")} ${row.unit ?? ""}`)}</div> : null}</td>
            {hasSides ? <td className="soft">{row.sides.join(", ")}</td> : null}
            <td><span className={"basis" + (row.basis === "rule" ? " rule-based" : "")} data-basis={row.basis}>{row.basis === "rule" ? texts.thing.byRule(row.rules) : texts.thing.isStated}</span></td>
            <td><a className="id anywhere" href={link(thingPath(row.kind, row.thing))} title={row.thing} data-item="">{shortRecord(row.thing)}</a></td>
          </tr>
        ))}</tbody>
      </table></div>
    </>
  );
}

/** `LabObject:OSL362b1ef25dbb4872b71d929cef5b17e0-23O0001` by its first and last letters: the whole id is on hover and on its page. */
export function shortRecord(id: string): string {
  const bare = id.replace(/^[A-Za-z]+:/, "");
  return bare.length > 26 ? `${bare.slice(0, 9)}\u2026${bare.slice(-12)}` : bare;
}
