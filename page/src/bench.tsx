/* `?bench=trends&n=100`: many live trends of the run in view, with the page's own parts and stream, for measuring. Linked from nowhere.
   Marks: `frame` {seq, name, sentUs (server), receivedUs} at receipt, `drawn` {n, seq of the newest frame in the picture, drawnUs} after each draw. */
import { useEffect, useRef, useState } from "react";
import { Trends, type TrendTag } from "./charts/trends";
import { useRoute } from "./route";
import { useRun } from "./run";

declare global {
  interface Window { linewrightBench?: { draws: number; since: number; trends: number } }
}

export default function BenchPage() {
  const { plant } = useRun();
  const { query } = useRoute();
  const wanted = Math.min(200, Number(query.get("n") ?? 100) || 100);
  const [tags, setTags] = useState<TrendTag[]>([]);
  const draws = useRef(0);
  useEffect(() => {
    if (!plant) return;
    const all = plant.stations.flatMap((station) => station.signals.filter((each) => !each.per).flatMap((signal) => Array.from({ length: Math.min(station.count, 60) * signal.count }, (_, i): TrendTag => {
      const machine = Math.floor(i / signal.count) + 1;
      const k = (i % signal.count) + 1;
      return { tag: `${station.path}/${machine}/${signal.name}` + (signal.count > 1 ? `/${k}` : ""), title: signal.title, unit: signal.unit, decimals: signal.decimals, window: signal.window, setPoint: null, low: signal.low, high: signal.high, everyS: signal.every_s };
    })));
    // The quickest signals first: they are what costs.
    const chosen = all.sort((a, b) => a.everyS - b.everyS).slice(0, wanted);
    window.linewrightBench = { draws: 0, since: performance.now(), trends: chosen.length };
    setTags(chosen);
  }, [plant, wanted]);
  const onDrawn = (seq: number): void => {
    draws.current += 1;
    if (window.linewrightBench) window.linewrightBench.draws = draws.current;
    performance.mark("drawn", { detail: { n: draws.current, seq, drawnUs: Date.now() * 1000 } });
  };
  const keep = useRef(onDrawn);
  // Two columns, one subscription and one draw for all, as on a station's page.
  return <section className="panel" style={{ padding: 12 }} data-bench={tags.length}><Trends tags={tags} spanS={60} states={null} height={30} axis={false} onDrawn={keep.current} columns={4} /></section>;
}
