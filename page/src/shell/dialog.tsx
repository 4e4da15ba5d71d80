/* The dialog of an action: what will happen, a reason and a name where they are asked for; the button carries the verb. */
import { Modal } from "@mantine/core";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { ApiError } from "../api";
import { useRun } from "../run";
import { texts } from "../texts";
import type { Preview } from "../types";
import { preview, type Act } from "./acting";
import { act as send } from "./answers";
import { Themed } from "./overlays";

const WAIT_MS = 200; // after the last letter
const NAME = "linewright.name";

export default function Dialog({ act, close }: { act: Act; close: () => void }) {
  const { run } = useRun();
  const [opened, setOpened] = useState(false);
  useEffect(() => setOpened(true), []);
  const [reason, setReason] = useState("");
  const [by, setBy] = useState(() => localStorage.getItem(NAME) ?? "");
  const [typed, setTyped] = useState("");
  const [told, setTold] = useState<{ preview: Preview | null; fault: string; of: string }>({ preview: null, fault: "", of: "" });
  useEffect(() => {
    let isGone = false;
    const timer = setTimeout(() => {
      preview(run, { ...act.command, by }).then(
        (found) => { if (!isGone) setTold({ preview: found, fault: "", of: by }); },
        (error: unknown) => { if (!isGone) setTold({ preview: null, fault: error instanceof ApiError && error.fault.what ? error.fault.what : texts.fault.unreachable, of: by }); },
      );
    }, told.preview ? WAIT_MS : 0);
    return () => { isGone = true; clearTimeout(timer); };
  }, [run, act, by]);
  const said = told.preview;
  const asks = said?.asks ?? [];
  const isNamed = asks.includes("by") || act.command.kind === "hold";
  const isTyped = asks.includes("name");
  const lacks = asks.includes("reason") && !reason.trim() ? texts.act.needsReason : asks.includes("by") && !by.trim() ? texts.act.needsName : isTyped && typed !== act.typed ? texts.act.needsTyped(act.typed ?? "") : null;
  const why = told.fault || (said && !said.can && !lacks ? [said.why_not, said.helps].filter(Boolean).join(" ") : "");
  const can = said !== null && said.can && !lacks && told.of === by;
  const form = useRef<HTMLFormElement>(null);
  const isWanted = useRef(false);
  const toEmpty = (): boolean => {
    const empty = [...(form.current?.querySelectorAll<HTMLInputElement>("input") ?? [])].find((each) => !each.value.trim());
    empty?.focus();
    return empty !== undefined;
  };
  // What is asked for is known when the server has told: the first empty field is what a person goes on with, else the button.
  const isTold = opened && said !== null;
  const begin = (): void => {
    if (form.current?.contains(document.activeElement) && document.activeElement !== form.current) return;
    if (!toEmpty()) form.current?.querySelector<HTMLElement>("button[type=submit]")?.focus();
  };
  useEffect(() => { if (isTold) begin(); }, [isTold]);
  const submit = (): void => {
    if (!can) return;
    if (by.trim()) localStorage.setItem(NAME, by.trim());
    send(run, { ...act.command, reason: reason.trim(), by: by.trim() }, act.what, act.done, said.undo_s);
    close();
  };
  // Enter while the server is still asked about what was just typed counts when its answer is there.
  useEffect(() => { if (isWanted.current && can) { isWanted.current = false; submit(); } });
  const onEnter = (event: KeyboardEvent): void => {
    isWanted.current = false;
    if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    if (can) submit();
    else if (lacks) toEmpty();
    else isWanted.current = told.of !== by;
  };
  return (
    <Themed>
      <Modal opened={opened} onClose={close} title={texts.act.question(act.button || said?.title || act.word)} size={440} yOffset="14vh" padding={18} radius={6} transitionProps={{ duration: 90, transition: "fade" }}
        closeButtonProps={{ "aria-label": texts.keys.close }} overlayProps={{ color: "#000", backgroundOpacity: 0.28 }} shadow="0 12px 32px #0003">
        <form ref={form} className="dlg" tabIndex={-1} data-autofocus="" onFocus={(event) => { if (isTold && event.target === event.currentTarget) begin(); }} onKeyDown={onEnter} data-dialog={act.command.kind} onSubmit={(event) => { event.preventDefault(); submit(); }}>
          {said?.effect.length || said?.undo_s ? <dl>{said.effect.map((each) => <div key={each.label}><dt>{each.label}</dt><dd>{each.text}</dd></div>)}
            {act.command.kind === "hold" ? <div><dt>{texts.act.releasedBy}</dt><dd>{texts.act.second}</dd></div> : null}
            {said.undo_s ? <div><dt>{texts.act.undo}</dt><dd>{texts.act.undoFor(said.undo_s)}</dd></div> : null}</dl> : null}
          {asks.includes("reason") ? <label>{texts.act.reason}<input className="input" name="reason" value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} /></label> : null}
          {isNamed ? <label>{asks.includes("by") ? texts.act.by : texts.act.byFree}<input className="input" name="by" value={by} maxLength={100} autoComplete="name" onChange={(event) => setBy(event.target.value)} /></label> : null}
          {isTyped ? <label>{texts.act.typed(act.typed ?? "")}<input className="input" name="name" value={typed} onChange={(event) => setTyped(event.target.value)} /></label> : null}
          <p className={"hint" + (why ? " tf" : "")} role="status">{why || lacks || ""}</p>
          <div className="act"><button type="button" className="btn" onClick={close}>{texts.act.cancel}</button><button type="submit" className="btn primary" disabled={!can}>{act.button || said?.button || act.word}</button></div>
        </form>
      </Modal>
    </Themed>
  );
}
