/* The bar of a lost connection: since when values are old, when it is tried again; and once, that it is back. */
import { useEffect, useState } from "react";
import { clock } from "../format";
import { Icon } from "../parts/icons";
import { useRun } from "../run";
import { theStream, useLink, useTick } from "../stream/store";
import { texts } from "../texts";

const GRACE_S = 2;

export function Connection() {
  const link = useLink();
  const { zone, now } = useRun();
  const [frozen, setFrozen] = useState<number | null>(null);
  const [healed, setHealed] = useState<number | null>(null);
  useTick(500);
  useEffect(() => {
    if (link.state === "lost") setFrozen((before) => before ?? now());
    else if (link.state === "open") setFrozen(null);
  }, [link.state, now]);
  useEffect(() => {
    if (link.healed === null) return undefined;
    setHealed(link.healed);
    const timer = setTimeout(() => setHealed(null), 6000);
    return () => clearTimeout(timer);
  }, [link.healed]);
  const lostS = link.lostAt === null ? 0 : (Date.now() - link.lostAt) / 1000;
  if (link.state !== "open" && link.lostAt !== null && lostS >= GRACE_S) {
    return (
      <div className="banner" role="alert" data-connection="lost">
        <Icon name="plug" />
        <span><b>{texts.link.lost(lostS)}</b> {frozen ? texts.link.values(clock(frozen, zone)) : ""} {texts.link.again(link.nextTry === null ? 0 : (link.nextTry - Date.now()) / 1000)}</span>
        <button type="button" className="linkish" onClick={() => theStream().tryNow()}>{texts.link.now}</button>
      </div>
    );
  }
  if (healed !== null) return <div className="banner calm" role="status" data-connection="back"><Icon name="check" />{texts.link.back(healed / 1000)}</div>;
  return null;
}

/** Acting needs a connection: the reason why not, or null. */
export function useWhyNotActing(): string | null {
  const link = useLink();
  const { header } = useRun();
  if (link.state === "lost" && link.lostAt !== null && Date.now() - link.lostAt > GRACE_S * 1000) return texts.link.whyNoActing;
  return header.acting ? null : header.not_acting_why ?? texts.act.offPlain;
}

/** Holding needs a connection, and of a run under way that it is this server's; one that nobody writes can be held too. */
export function useWhyNotHolding(): string | null {
  const { header } = useRun();
  const why = useWhyNotActing();
  return header.live || why === texts.link.whyNoActing ? why : null;
}
