/* The picture of a cause: the share of bad units of each level, or along the parts of an ordered fact; what the cause names stands out by colour and a mark. */
import { count, percent } from "../format";
import { texts } from "../texts";
import type { Bar } from "./types";

const ORDERED_FROM = 13;

export function Picture({ bars, fact }: { bars: Bar[]; fact: string }) {
  const most = Math.max(...bars.map((bar) => bar.bad / bar.units), 1e-9);
  return bars.length >= ORDERED_FROM ? <Ordered bars={bars} most={most} fact={fact} /> : <Levels bars={bars} most={most} fact={fact} />;
}

function said(bar: Bar): string {
  return texts.causes.bar(bar.name, percent(bar.bad / bar.units, 1), count(bar.bad), count(bar.units));
}

function Ordered({ bars, most, fact }: { bars: Bar[]; most: number; fact: string }) {
  const width = 100 / bars.length;
  return (
    <figure className="cause-picture" data-picture="ordered">
      <svg viewBox="0 0 100 60" preserveAspectRatio="none" role="img" aria-label={texts.causes.picture(fact)}>
        {bars.map((bar, i) => {
          const height = 54 * (bar.bad / bar.units) / most;
          return <g key={bar.name + i}><title>{said(bar)}</title>
            <rect x={i * width} y={0} width={width} height={60} className="ground" />
            <rect x={i * width + width * 0.1} y={56 - height} width={width * 0.8} height={height} className={bar.is_hit ? "hit" : "rest"} />
            {bar.is_hit ? <rect x={i * width} y={57} width={width} height={3} className="hit" /> : null}
          </g>;
        })}
      </svg>
      <figcaption><span>{bars[0]?.name.split(" to ")[0]}</span><span>{texts.causes.most(percent(most, 1))}</span><span>{bars[bars.length - 1]?.name.split(" to ").pop()}</span></figcaption>
    </figure>
  );
}

function Levels({ bars, most, fact }: { bars: Bar[]; most: number; fact: string }) {
  return (
    <table className="cause-levels" data-picture="levels" aria-label={texts.causes.picture(fact)}><tbody>{bars.map((bar) => (
      <tr key={bar.name} className={bar.is_hit ? "named" : ""} title={said(bar)}>
        <th scope="row">{bar.name}</th>
        <td className="track"><i style={{ width: `${(100 * bar.bad) / bar.units / most}%` }} /></td>
        <td className="num">{percent(bar.bad / bar.units, 1)}</td>
        <td className="num soft">{count(bar.bad)} / {count(bar.units)}</td>
      </tr>
    ))}</tbody></table>
  );
}
