/* The whole line as one drawing, from the layout and the newest sample. */
import { memo, useLayoutEffect, useMemo, useRef, useState } from "react";
import { count } from "../format";
import { path as toPath } from "../route";
import { useRun } from "../run";
import { texts } from "../texts";
import type { Alarm, LineSample, Plant, QueueNow, StationNow } from "../types";
import { BufferShape, isFullBuffer, StationBox, volumeShare } from "./box";
import { layout, type BufferMark } from "./layout";

/** Width of an element, kept as it changes. */
export function useWidth<T extends Element>(): [React.RefObject<T | null>, number] {
  const ref = useRef<T | null>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const watch = new ResizeObserver((entries) => setWidth(Math.round(entries[0]?.contentRect.width ?? 0)));
    watch.observe(element);
    setWidth(Math.round(element.getBoundingClientRect().width / zoomOf(element)));
    return () => watch.disconnect();
  }, []);
  return [ref, width];
}

function zoomOf(element: Element): number {
  const zoom = (element as Element & { currentCSSZoom?: number }).currentCSSZoom;
  return zoom && zoom > 0 ? zoom : 1;
}

const Station = memo(StationBox);

function queueOf(mark: BufferMark, now: StationNow | undefined): QueueNow | undefined {
  return now?.queue.find((each) => each.input === mark.input) ?? (now?.queue.length === 1 ? now.queue[0] : undefined);
}

export function Drawing({ plant, sample, alarms }: { plant: Plant; sample: LineSample | null; alarms: Alarm[] }) {
  const { header, link } = useRun();
  const [ref, width] = useWidth<HTMLDivElement>();
  const drawn = useMemo(() => layout(plant, Math.max(340, width || 884)), [plant, width]);
  const stations = useMemo(() => new Map(plant.stations.map((each) => [each.path, each])), [plant]);
  const before = useMemo(() => {
    const found = new Map<string, string[]>();
    for (const line of drawn.lines) found.set(line.to, [...(found.get(line.to) ?? []), line.from]);
    return found;
  }, [drawn]);
  const worst = new Map<string, Alarm>();
  for (const alarm of alarms) {
    const before = worst.get(alarm.station);
    if (!before || alarm.priority < before.priority) worst.set(alarm.station, alarm);
  }
  return (
    <div ref={ref} className="drawing">
      <svg width={drawn.width * drawn.scale} height={drawn.height * drawn.scale} viewBox={`-14 0 ${drawn.width} ${drawn.height}`} role="group" aria-label={texts.line.aria} className="line-svg">
        {drawn.lines.map((line) => <path key={line.from + line.to + line.d} d={line.d} fill="none" stroke="var(--line-strong)" strokeWidth={1.5} markerEnd="url(#tip)" />)}
        {drawn.labels.map((label) => {
          const web = label.isFirst ? sample?.webs?.find((each) => each.chain === label.chain || stations.get(each.station)?.chain === label.chain) : undefined;
          return <text key={label.chain + "/" + label.y} x={label.x} y={label.y}><tspan className="t1 m">{label.text}</tspan>{web ? <tspan dx="8">{texts.line.web(web.web, stations.get(web.station)?.title ?? web.station, web.at_m, web.length_m)}</tspan> : null}</text>;
        })}
        {drawn.buffers.map((mark) => {
          const station = stations.get(mark.station);
          const queue = queueOf(mark, sample?.stations[mark.station]);
          const amount = queue?.count ?? null;
          const share = amount !== null && queue?.places ? amount / queue.places : null;
          const what = station?.inputs.find((each) => each.material === mark.input)?.title.toLowerCase() ?? (station?.carrier ? station.carrier + "s" : header.product_word);
          const shown = amount === null ? "" : queue?.unit ? volumeShare(amount, queue.places) : count(amount);
          const places = queue?.places ? count(queue.places) : null;
          return <BufferShape key={mark.station + mark.input} x={mark.x} y={mark.y} flat={mark.flat} share={share} isFull={isFullBuffer(amount, queue?.places ?? null, before.get(mark.station)?.some((path) => (sample?.stations[path]?.waiting?.blocked ?? 0) > 0) ?? false)} label={texts.line.bufferLabel(station?.title ?? "", shown || texts.noValue, places)} text={mark.flat ? (amount === null ? "" : texts.line.buffer(shown, places, what)) : shown} />;
        })}
        {drawn.boxes.map((box) => {
          const station = stations.get(box.path);
          return station ? <Station key={box.path} box={box} density={drawn.density} station={station} now={sample?.stations[box.path]} alarm={worst.get(box.path)} word={header.product_word} href={link(toPath("line", box.path))} /> : null;
        })}
      </svg>
    </div>
  );
}
