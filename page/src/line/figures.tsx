/* The six figures that a shift leader wants. No colour for good or bad: the distance to plan is said in words. */
import { useRef } from "react";
import { useGet, ofRun } from "../api";
import { count, minute, number, percent, quantity } from "../format";
import { Bars, Spark } from "../parts/spark";
import { useRun } from "../run";
import { texts } from "../texts";
import type { LineSample, Spark as SparkData } from "../types";

interface Tile { name: string; span: string; value: string; unit: string; mark: React.ReactNode; foot: React.ReactNode }

function useSpark(figure: string, spanUs: number): (number | null)[] {
  const { run, header, now } = useRun();
  // A spark moves with the minute, not with every sample.
  const to = Math.floor((now() || header.at_us) / 15e6) * 15e6;
  const from = Math.max(header.begin_us, Math.round(to - spanUs));
  const answer = useGet<SparkData>(to > from ? ofRun(run, "line", "spark") : "", { figure, from_us: from, to_us: Math.round(to), pixels: 27 }, 0);
  const kept = useKept(answer.data);
  return kept?.value ?? [];
}

function useKept<T>(value: T | null): T | null {
  const ref = useRef<T | null>(null);
  if (value !== null) ref.current = value;
  return ref.current;
}

function part(share: number | null | undefined): React.ReactNode {
  return <b>{share === null || share === undefined ? texts.noValue : number(share * 100, 1)}</b>;
}

export function Figures({ sample }: { sample: LineSample }) {
  const { header, zone, stationTitle, machineTitle } = useRun();
  const shift = Math.max(600e6, header.at_us - sample.since_us);
  const good = useSpark("good", shift);
  const rate = useSpark("rate", 1800e6);
  const oee = useSpark("oee", shift);
  const fpy = useSpark("fpy", shift);
  const energy = useSpark("energy", shift);
  const f = sample.figures;
  const word = header.product_word;
  const share = (value: number | null | undefined): string => (value === null || value === undefined ? texts.notYet : number(value * 100, 1));
  const unit = (value: number | null | undefined, name: string): string => (value === null || value === undefined ? "" : name);
  const under = f.good && f.good.value !== null && f.good.plan ? 1 - f.good.value / f.good.plan : null;
  const [lostStation, lostMachine] = (f.rate?.lost_at ?? "").split("/");
  const perKwh = f.energy?.kwh_per_kwh ?? null;
  const perUnit = f.energy?.kwh_per_unit ?? null;
  const tiles: Tile[] = [
    { name: texts.line.good(word), span: texts.line.since(minute(sample.since_us, zone)), value: f.good?.value === null || f.good?.value === undefined ? texts.notYet : count(f.good.value), unit: "", mark: <Spark values={good} />,
      foot: under === null || !f.good?.plan ? texts.line.noPlan : <><b>{texts.line.underPlan(under)}</b> {texts.line.plan(count(f.good.plan))}</> },
    { name: f.rate?.station ? texts.line.rate(stationTitle(f.rate.station)) : texts.line.rateAlone, span: texts.line.last5, value: f.rate?.value === null || f.rate?.value === undefined ? texts.notYet : number(f.rate.value, f.rate.value < 9.95 ? 1 : 0), unit: unit(f.rate?.value, texts.line.ppm), mark: <Spark values={rate} plan={f.rate?.rated ?? null} />,
      foot: f.rate?.lost && f.rate.lost >= 0.5 ? <><b>{texts.line.lost(f.rate.lost)}</b> {lostStation ? texts.line.lostAt(machineTitle(lostStation, Number(lostMachine) || null)) : f.rate.rated ? texts.line.ofRated(f.rate.rated) : ""}</> : f.rate?.rated ? texts.line.ofRated(f.rate.rated) : "" },
    { name: texts.line.oee, span: "", value: share(f.oee?.value), unit: unit(f.oee?.value, "%"), mark: <Spark values={oee} />, foot: f.oee ? <>{texts.line.a} {part(f.oee.a)}&ensp;{texts.line.p} {part(f.oee.p)}&ensp;{texts.line.q} {part(f.oee.q)}</> : "" },
    { name: texts.line.fpy, span: "", value: share(f.fpy?.value), unit: unit(f.fpy?.value, "%"), mark: <Spark values={fpy} />, foot: texts.line.passed },
    { name: texts.line.bottleneck, span: texts.line.pace, value: f.bottleneck?.station ? stationTitle(f.bottleneck.station) : texts.line.notYet, unit: "", mark: <Bars shares={f.bottleneck ? [f.bottleneck.share ?? 0, ...f.bottleneck.next.map((each) => each[1])] : []} />,
      foot: f.bottleneck?.share === null || f.bottleneck?.share === undefined ? "" : <><b>{percent(f.bottleneck.share, 0)}</b> {texts.line.ofShift}</> },
    { name: texts.line.energy, span: perKwh !== null ? texts.line.goodKwh : texts.line.perUnit(word.replace(/s$/, "")), value: perKwh !== null ? number(perKwh, 1) : perUnit !== null ? number(perUnit) : texts.notYet, unit: perKwh !== null || perUnit !== null ? texts.line.kwh : "", mark: <Spark values={energy} />,
      foot: f.energy?.co2_kg_per_kwh ? <><b>{texts.line.kg(f.energy.co2_kg_per_kwh)}</b> {texts.line.co2}</> : perUnit !== null ? quantity(perUnit, texts.line.kwh) : "" },
  ];
  return (
    <section className="panel kpis" aria-label={texts.line.figures}>
      {tiles.map((tile) => (
        <div className="kpi" key={tile.name}>
          <div className="l"><span>{tile.name}</span><span className="muted">{tile.span}</span></div>
          <div className={"v" + (tile.value.length > 8 ? " long" : "")}><span>{tile.value}</span><span className="unit">{tile.unit}</span>{tile.mark}</div>
          <div className="f">{tile.foot}</div>
        </div>
      ))}
    </section>
  );
}

