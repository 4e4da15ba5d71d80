/* Search: a part of an id is enough; stations and pages by their words. */
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { ofRun, useGet } from "../api";
import { Icon } from "../parts/icons";
import { address, go, path as toPath } from "../route";
import { useRun } from "../run";
import { texts } from "../texts";
import type { Hit, SearchAnswer } from "../types";

/** Waits until typing rests for a moment. */
export function useRested(value: string, ms: number): string {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return rested;
}

export function Marked({ hit }: { hit: Hit }) {
  // What was found by its words (a station, its machine 7, a page) is called by them; an id is shown with the letters that fit.
  const text = hit.match ? hit.id : hit.title || hit.id;
  const [from, to] = hit.match ?? [0, 0];
  if (to <= from) return <b className="id">{text}</b>;
  return <b className="id">{text.slice(0, from)}<mark>{text.slice(from, to)}</mark>{text.slice(to)}</b>;
}

/** Nearest names come as ids or as hits. */
export function nearestIds(nearest: SearchAnswer["nearest"]): string[] {
  return nearest.map((each) => (typeof each === "string" ? each : each.id));
}

export function SearchBox({ close }: { close: () => void }) {
  const { run, line } = useRun();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const name = useId();
  const q = useRested(text.trim(), 120);
  const answer = useGet<SearchAnswer>(ofRun(run, "search"), { q, limit: 12 });
  const kept = useRef<SearchAnswer | null>(null);
  if (answer.data) kept.current = answer.data;
  const groups = (answer.data ?? kept.current)?.groups.filter((group) => group.hits.length) ?? [];
  const hits = groups.flatMap((group) => group.hits);
  useEffect(() => setChosen(0), [q]);
  // Enter before the answer to what was typed: it is opened when it comes, never a hit of an older text.
  const asked = useRef<string | null>(null);
  const isCurrent = answer.data != null && q === text.trim();
  useEffect(() => {
    if (!isCurrent || asked.current !== q) return;
    asked.current = null;
    enter();
  });
  useEffect(() => list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" }), [chosen]);
  const open = (hit: Hit | undefined): void => {
    if (!hit) return;
    close();
    go(address(line, hit.address || toPath("find") + "?q=" + encodeURIComponent(hit.id)));
  };
  const enter = (): void => {
    if (hits[chosen]) open(hits[chosen]);
    else if (text.trim()) { close(); go(address(line, "/find", { q: text.trim() })); }
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setChosen((now) => Math.min(hits.length - 1, Math.max(0, now + (event.key === "ArrowDown" ? 1 : -1))));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (isCurrent) enter();
      else asked.current = text.trim();
    }
  };
  let at = -1;
  return (
    <div className="pal">
      <div className="q">
        <Icon name="search" size={16} />
        <input data-autofocus role="combobox" aria-expanded="true" aria-controls={name} aria-activedescendant={hits.length ? `${name}-${chosen}` : undefined} aria-label={texts.search.title} placeholder={texts.search.placeholder} value={text} onChange={(event) => { asked.current = null; setText(event.target.value); }} onKeyDown={onKey} spellCheck={false} autoComplete="off" />
        <kbd>esc</kbd>
      </div>
      <div className="scroll" id={name} role="listbox" aria-label={texts.search.title} ref={list}>
        {groups.map((group) => (
          <div key={group.kind} role="group" aria-label={group.title}>
            <h3 aria-hidden="true">{group.title}</h3>
            {group.hits.map((hit) => {
              at += 1;
              const index = at;
              return (
                <div key={hit.address + hit.id} role="option" id={`${name}-${index}`} aria-selected={index === chosen} onMouseMove={() => setChosen(index)} onClick={() => open(hit)}>
                  <Marked hit={hit} /><span>{hit.note ?? (hit.id ? hit.title : "")}</span>{index === chosen ? <kbd>↵</kbd> : null}
                </div>
              );
            })}
          </div>
        ))}
        {answer.error ? <div className="note er"><b>{texts.search.failed}</b></div> : null}
        {answer.data && !hits.length ? <div className="note"><b>{texts.search.nothing(q)}</b><p>{[answer.data.nearest.length ? texts.fault.nearest(nearestIds(answer.data.nearest)) : "", texts.search.nothingNext].join(" ")}</p></div> : null}
      </div>
    </div>
  );
}
