/* What stands where nothing can be shown: why, what it means, what to do. An error in one part leaves the others alive. */
import { Component, useEffect, useState, type ReactNode } from "react";
import type { ApiError } from "../api";
import { texts } from "../texts";
import { StateMark } from "./marks";

export function Note({ title, children }: { title: string; children?: ReactNode }) {
  return <div className="note"><b>{title}</b>{children ? <p>{children}</p> : null}</div>;
}

export function FaultNote({ error, again }: { error: ApiError; again?: () => void }) {
  const fault = error.fault;
  return (
    <div className="note er" role="alert">
      <StateMark group="fault" />
      <div>
        <b>{fault.what || texts.fault.unreachable}</b>
        <p>{[fault.nearest.length ? texts.fault.nearest(fault.nearest) : "", fault.next || (fault.what ? "" : texts.fault.unreachableNext)].filter(Boolean).join(" ")}</p>
        {again ? <button type="button" className="linkish" onClick={again}>{texts.fault.again}</button> : null}
      </div>
    </div>
  );
}

/** Grey bars, only when it takes longer than 300 ms. */
export function Loading() {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 300);
    return () => clearTimeout(timer);
  }, []);
  return <div className="bars" aria-busy="true">{shown ? <><i style={{ width: "62%" }} /><i style={{ width: "86%" }} /><i style={{ width: "44%" }} /></> : null}</div>;
}

/** Keeps a fault of one part from taking the others with it; the part can be tried again by itself. */
export class Guard extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return <section className="panel"><div className="note er" role="alert"><StateMark group="fault" /><div><b>{texts.fault.part}</b><p>{texts.fault.partNext}</p><button type="button" className="linkish" onClick={() => this.setState({ failed: false })}>{texts.fault.again}</button></div></div></section>;
  }
}
