"""The report: what its pictures are drawn from adds up, and the page needs nothing from elsewhere."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from linewright.library.catalogue import installed_libraries
from linewright.measures.losses import losses_of
from linewright.measures.tally import BLOCKED, CHANGE, FAULT, GROUPS, STARVED, WORK, tally_of
from linewright.model.errors import LinewrightError
from linewright.model.load import load, load_text
from linewright.model.plant import Plant
from linewright.report.html import Section, report_of, table_of
from linewright.twin.course import Course, follow
from linewright.twin.simulate import simulate

LINE = """
line: three
product: part
target: 20 ppm
stations:
  cut: {count: 3, time: 5 s, failures: {jam: {mtbf: 10 min, mttr: 90 s}}}
  bend: {time: 2.6 s, buffer: 8, failures: {die: {mtbf: 12 min, mttr: 1 min}}, scrap: 2 %}
  pack: {time: 2 s, buffer: 4}
"""
HOUR_S = 3600.0


@pytest.fixture(scope="module")
def plant() -> Plant:
    return load_text(LINE, installed_libraries())


@pytest.fixture(scope="module")
def course(plant: Plant) -> Course:
    return follow(plant, until_s=6 * HOUR_S, seed=3, looks=60, window_s=(2 * HOUR_S, 3 * HOUR_S))


def test_looking_changes_nothing(plant: Plant, course: Course) -> None:
    result = simulate(plant, until_s=6 * HOUR_S, seed=3)
    assert course.result.tally.equals(result.tally)
    assert course.counts[-1].tolist() == result.tally.counts.tolist()
    assert course.at_ns[[0, -1]].tolist() == [0, 6 * 3600 * 10**9]
    minutes = np.diff(course.at_ns) / 60e9
    assert float((course.good_per_min * minutes).sum()) == pytest.approx(result.made)


def test_the_bars_of_a_stretch_share_out_each_machines_time(plant: Plant, course: Course) -> None:
    spent = np.zeros((len(course.compiled.machines), len(GROUPS)), np.int64)
    for each in course.bars:
        spent[each.machine, each.group] += each.end_ns - each.begin_ns
    assert spent.sum(axis=1).tolist() == [3600 * 10**9] * len(course.compiled.machines)
    # The kernel's own times between the two moments: faults and changes to the nanosecond, waits as far as a row tells them.
    before, after = (simulate(plant, until_s=h * HOUR_S, seed=3) for h in (2.0, 3.0))
    inside = (tally_of(after.compiled, after.state) - tally_of(before.compiled, before.state)).times
    assert spent[:, [FAULT, CHANGE]].tolist() == inside[:, [FAULT, CHANGE]].tolist()
    assert (spent[:, WORK] >= inside[:, WORK]).all()
    assert (spent[:, [STARVED, BLOCKED]] <= inside[:, [STARVED, BLOCKED]]).all()
    assert {bar.reason for bar in course.bars if GROUPS[bar.group] == "fault"} == {"jam", "die"}


def test_losses_add_up(course: Course) -> None:
    told = losses_of(course.compiled, course.result.tally)
    assert told is not None
    assert told.station == "bend"
    assert told.possible == round(6 * HOUR_S / 2.6)
    assert told.possible - sum(part.count for part in told.parts) == told.good
    assert [part.cause for part in told.parts][:1] == ["held"]


def test_the_page_stands_alone_and_every_word_is_escaped(course: Course) -> None:
    page = report_of(course, [Section("Cross-checks", "a < b", table_of(["what", "value"], [["<script>", "1"]]))])
    seen = _Seen()
    seen.feed(page)
    assert seen.links == []
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert [t for t in seen.heads if t] == [
        "three", "Output over time", "Where the time went", "Losses", "Queues", "Machines in a stretch of time", "Cross-checks", "All stations",
        "Line file",
    ]  # fmt: skip
    assert seen.open == []
    assert len(seen.pictures) >= 5
    assert all(seen.pictures)
    classes = set(re.findall(r'class="([\w-]+)"', page))
    style = page[page.index("<style>") : page.index("</style>")]
    assert {c for c in classes if c.startswith(("s-", "line-", "fill-")) and f".{c}" not in style} == set()


def test_a_stretch_outside_the_run_is_refused(plant: Plant) -> None:
    with pytest.raises(LinewrightError, match="does not lie inside the run, which ends at 60 s"):
        follow(plant, until_s=60.0, window_s=(30.0, 90.0))


def test_a_fleet_has_a_table_and_may_be_the_bottleneck() -> None:
    line = "line: carried\nproduct: part\nvehicles: {amr: {speed: 1 m/s, load: 2 s, distance: 20 m}}\n"
    line += "stations:\n  cut: {count: 3, time: 5 s}\n  bend: {time: 4 s, buffer: 8, brought-by: amr}\n"
    page = report_of(follow(load_text(line, installed_libraries()), until_s=HOUR_S))
    assert "<h2>Fleets</h2>" in page
    assert "<td>amr</td><td>1</td>" in page
    assert re.search(r"Bottleneck</dt><dd>amr ", page)
    assert "<td>amr</td><td>1</td><td>0</td>" not in page, "no row among the stations"


def test_a_real_line_has_energy_and_names_what_is_not_drawn() -> None:
    plant = load("cylindrical-21700-tabless", installed_libraries())
    page = report_of(follow(plant, until_s=2 * HOUR_S, window_s=(HOUR_S, 1.2 * HOUR_S)))
    assert "Energy, CO2 and cost" in page
    assert "Not drawn, too many machines: formation (2,137)" in page


class _Seen(HTMLParser):
    """What stands in a page: links to elsewhere, heads, open tags at the end, descriptions of pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.heads: list[str] = []
        self.open: list[str] = []
        self.pictures: list[str | None] = []
        self._in_head = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag == "svg":
            self.pictures.append(told.get("aria-label"))
        self._in_head = tag in ("h1", "h2")
        if tag not in ("meta", "polyline", "polygon", "line", "circle"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        self._in_head = False

    def handle_data(self, data: str) -> None:
        if self._in_head:
            self.heads.append(data)
