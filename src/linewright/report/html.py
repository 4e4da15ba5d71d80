"""`report_of`: one simulation as one HTML page with its pictures, that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from linewright.kernels.table import FLEET, UTILITY
from linewright.measures.figures import Figures, LineFigures, figures_of
from linewright.measures.losses import losses_of
from linewright.report import pictures
from linewright.report.drawing import bar, svg, text
from linewright.twin.course import Course

__all__ = ["Section", "page_of", "report_of", "table_of"]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page.

    Parameters
    ----------
    title
        Its head.
    about
        One or two sentences: what is shown, by which method.
    body
        HTML.
    """

    title: str
    about: str
    body: str

    def html(self) -> str:
        """Return it as HTML."""
        about = f"<p>{escape(self.about)}</p>" if self.about else ""
        return f"<section><h2>{escape(self.title)}</h2>{about}{self.body}</section>"


def page_of(title: str, about: str, figures: str, sections: Sequence[Section]) -> str:
    """Return a whole page.

    Parameters
    ----------
    title, about
        Its head, and a line below it.
    figures
        HTML of the figures on top; may be empty.
    sections
        What follows.
    """
    style = files("linewright.report").joinpath("style.css").read_text(encoding="utf-8")
    body = "".join(section.html() for section in sections)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{style}</style></head>\n"
        f"<body><main><h1>{escape(title)}</h1><p>{escape(about)}</p>{figures}{body}</main></body></html>\n"
    )


def report_of(course: Course, further: Sequence[Section] = ()) -> str:
    r"""Return the report of a simulation.

    Parameters
    ----------
    course
        The simulation (`twin.course.follow`).
    further
        Sections that others make, such as cross-checks and intervals; they stand before the tables.

    Examples
    --------
    >>> from linewright.library.catalogue import installed_libraries
    >>> from linewright.model.load import load_text
    >>> from linewright.twin.course import follow
    >>> line = "line: two\nproduct: part\nstations:\n  cut: {time: 2 s}\n  bend: {time: 1 s}\n"
    >>> page = report_of(follow(load_text(line, installed_libraries()), until_s=100))
    >>> "sets the pace" in page, "http" in page.replace("http://www.w3.org", "")
    (True, False)
    """
    plant = course.compiled.plant
    figures = figures_of(course.compiled, course.result.tally)
    target = None if plant.target_per_s is None else plant.target_per_s * 60.0
    sections = [
        Section("Output over time", "Good products that left the line, a minute.", pictures.output(course, target)),
        Section(
            "Where the time went",
            "All machines of a station together. The bottleneck is the station with the largest active share: work, changes, faults and maintenance.",
            pictures.states(course, figures, figures.line.bottleneck),
        ),
    ]
    told = losses_of(course.compiled, course.result.tally)
    if told is not None:
        about = f"From what {told.station} could have made in its open time at its stated speed, down to its good units."
        sections.append(Section("Losses", about, pictures.losses(told)))
    if len(course.compiled.queues):
        sections.append(Section("Queues", "Items waiting before each station.", pictures.queues(course)))
    if course.window_ns is not None:
        begin, end = (t / 3.6e12 for t in course.window_ns)
        about = f"From {begin:g} h to {end:g} h. Waits shorter than a station tells (5 s, or three of its cycles) count as work."
        sections.append(Section("Machines in a stretch of time", about, pictures.gantt(course)))
    if figures.line.energy_j:
        sections.append(Section("Energy, CO2 and cost", _energy_about(figures.line), _energy(figures)))
    if course.result.fleets:
        about = (
            "Late goods came to a station that stood waiting for them. A wait is from ready to fetched, a delivery from ready to arrived; busy is all"
            " but standing ready and driving to the park. A fleet that is busier than every station is active is the bottleneck."
        )
        sections.append(Section("Fleets", about, _fleets(course)))
    if course.result.orders:
        about = "Amounts are good products that have left the line; what is lost is begun anew. Times are line time from the begin."
        sections.append(Section("Orders", about, _orders(course)))
    sections += further
    sections.append(Section("All stations", "OEE = A x P x Q: availability, performance, quality (ISO 22400-2).", _stations(course, figures)))
    line_file = f"<details><summary>The line as it was simulated, with every default written out</summary><pre>{escape(plant.text)}</pre></details>"
    sections.append(Section("Line file", "", line_file))
    days = figures.span_s / 86400.0
    span = f"{days:,.3g} days" if days >= 2 else f"{figures.span_s / 3600.0:,.3g} h" if figures.span_s >= 7200 else f"{figures.span_s:,.4g} s"
    about = f"{plant.about} Simulated item by item: {span} of line time, seed {int(course.result.state.head[0].seed)}."
    return page_of(plant.name, about.strip(), _figures(course, figures.line), sections)


def table_of(heads: Sequence[str], rows: Sequence[Sequence[str]], kind: str = "") -> str:
    """Return a table; the first column is words, the others are numbers unless `kind` is ``words``."""
    head = "".join(f"<th>{escape(each)}</th>" for each in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(each)}</td>" for each in row) + "</tr>" for row in rows)
    return f'<div class="scroll"><table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _percent(share: float | None, digits: int = 1) -> str:
    return "no value" if share is None else f"{share * 100:.{digits}f}"


def _figures(course: Course, line: LineFigures) -> str:
    target = course.compiled.plant.target_per_s
    per_min = line.throughput_s * 60.0
    active = "" if line.bottleneck_active is None else f"active {_percent(line.bottleneck_active)} % of the time"
    if line.bottleneck_fleet is not None:
        active = f"vehicles busy {_percent(line.bottleneck_fleet_busy)} % of the time" + (f"; {line.bottleneck} {active}" if active else "")
    told = [
        ("Output", f"{per_min:,.1f}", "a minute", f"{line.good:,} good" + (f", target {target * 60:g}" if target else "")),
        ("OEE", _percent(line.oee), "%", f"A {_percent(line.availability)} x P {_percent(line.performance)} x Q {_percent(line.quality)}"),
        ("Yield", _percent(line.yield_, 2), "%", "not lost on the way"),
        ("Work in progress", f"{line.wip:,.0f}", "units", "mean, stores included"),
        ("Bottleneck", line.bottleneck_fleet or line.bottleneck or "none", "", active),
    ]
    if line.energy_per_product_energy is not None:
        co2 = "" if line.co2_per_kwh_kg is None else f"{line.co2_per_kwh_kg:.2f} kg CO2 a kWh"
        told.append(("Energy", f"{line.energy_per_product_energy:.1f}", "kWh a kWh of product", co2))
    elif line.energy_per_unit_j is not None:
        told.append(("Energy", f"{line.energy_per_unit_j / 3.6e6:.4g}", "kWh a product", ""))
    cells = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)} <small>{escape(unit)}</small></dd><p>{escape(note)}</p></div>"
        for name, value, unit, note in told
    )
    return f'<dl class="figures">{cells}</dl>'


def _energy_about(line: LineFigures) -> str:
    parts = []
    if line.energy_per_unit_j is not None:
        parts.append(f"{line.energy_per_unit_j / 3.6e6:.4g} kWh a good product")
    if line.co2_per_unit_kg is not None:
        parts.append(f"{line.co2_per_unit_kg:.4g} kg CO2 a good product")
    parts += [f"{amount / line.good:.4g} {currency} of energy a good product" for currency, amount in line.cost.items() if line.good]
    return "; ".join(parts) + "." if parts else ""


def _energy(figures: Figures) -> str:
    """Return the stations by what they need, as bars and numbers."""
    rows = sorted(((sum(s.energy_j.values()) / 3.6e6, s) for s in figures.stations if s.energy_j), key=lambda each: -each[0])
    whole = sum(kwh for kwh, _ in rows) or 1.0
    height, left, width = 20.0, 190.0, 440.0
    parts = []
    for place, (kwh, s) in enumerate(rows):
        top = 4 + place * height
        words = f"{kwh:,.0f} kWh, {kwh / whole:.1%}" + (f", {s.co2_kg:,.0f} kg CO2" if s.co2_kg is not None else "")
        length = kwh / rows[0][0] * width if rows[0][0] else 0.0
        parts += [text(left - 8, top + 13, s.station, "end"), bar(left, top + 2, length, height - 6, "s-energy", words)]
        parts += [text(left + width + 8, top + 13, words, "start", "soft")]
    return svg(pictures.WIDTH, 8 + height * len(rows), parts, "Energy of each station.")


def _orders(course: Course) -> str:
    def at(seconds: float | None) -> str:
        return "not yet" if seconds is None else f"{seconds / 3600.0:,.2f}"

    rows = [
        [
            f"{o.order}", o.product, f"{o.amount:,}", f"{o.priority}", f"{o.good:,}", f"{o.lost:,}", f"{o.under_way:,}", at(o.released_s),
            at(o.begun_s), at(o.done_s), "no" if o.due_s is None else at(o.due_s), "no value" if o.late_s is None else f"{o.late_s / 3600.0:+,.2f}",
        ]
        for o in course.result.orders
    ]  # fmt: skip
    heads = ["Order", "Product", "Amount", "Priority", "Good", "Lost", "Under way", "Released h", "Begun h", "Done h", "Due h", "Late h"]
    return table_of(heads, rows)


def _fleets(course: Course) -> str:
    def time(seconds: float | None) -> str:
        return "no value" if seconds is None else f"{seconds:,.1f}"

    rows = [
        [
            f.fleet, f"{f.vehicles:,}", f"{f.trips:,}", f"{f.goods:,}", f"{f.late:,}", time(f.wait_s), time(f.longest_s), time(f.delivery_s),
            f"{f.charges:,}", "no battery" if f.lowest is None else _percent(f.lowest), _percent(f.busy),
            *(_percent(share) for share in f.shares.values()),
        ]
        for f in course.result.fleets
    ]  # fmt: skip
    heads = ["Fleet", "Vehicles", "Trips", "Goods", "Late", "Wait s", "Longest s", "Delivery s", "Charges", "Lowest charge %", "Busy %"]
    return table_of([*heads, *(f"{name} %" for name in course.result.fleets[0].shares)], rows)


def _stations(course: Course, figures: Figures) -> str:
    stations = course.compiled.table.stations
    rows = []
    for n, path in enumerate(course.compiled.stations):
        if int(stations[n]["flow"]) in (UTILITY, FLEET):
            continue
        s = figures.station(path)
        stay = "no value" if s.stay_s is None else f"{s.stay_s / 3600:,.2f}" if s.stay_s >= 36 else f"{s.stay_s / 3600:.4f}"
        oee = [_percent(x) for x in (s.oee, s.availability, s.performance, s.quality)]
        shares = [f"{s.shares[name] * 100:.1f}" if s.shares[name] else "" for name in pictures.STATE_WORDS]
        rows.append([path, f"{int(stations[n]['count']):,}", f"{s.good:,}", f"{s.lost:,}", *oee, f"{s.wip:,.1f}", stay, *shares])
    heads = ["Station", "Machines", "Good", "Lost", "OEE %", "A %", "P %", "Q %", "WIP", "Stay h", *(f"{name} %" for name in pictures.STATE_WORDS)]
    return table_of(heads, rows)
