from __future__ import annotations

import pytest

from linewright.drivers.driver import Connection, Manifest
from linewright.live.clock import MAX, LineClock, parse_speed
from linewright.live.watch import SILENT_PERIODS, BehindWatch, SilenceWatch
from linewright.model.errors import LinewrightError


class Wall:
    def __init__(self) -> None:
        self.s = 50.0

    def __call__(self) -> float:
        return self.s


@pytest.mark.parametrize(("text", "speed"), [("1", 1.0), ("0.5", 0.5), ("MAX", MAX), (" max ", MAX)])
def test_a_speed_is_a_number_or_max(text: str, speed: float) -> None:
    assert parse_speed(text) == speed


@pytest.mark.parametrize("text", ["0", "-1", "fast", "nan", "inf", ""])
def test_other_speeds_are_refused_with_what_was_expected(text: str) -> None:
    with pytest.raises(LinewrightError, match="a number above 0 was expected"):
        parse_speed(text)


def test_line_time_goes_with_the_speed_and_says_how_far_the_line_is_behind() -> None:
    wall = Wall()
    clock = LineClock(60.0, 1_000_000_000, wall)
    wall.s += 2.0
    assert clock.now() == 121_000_000_000
    assert clock.behind_s(61_000_000_000) == pytest.approx(1.0)
    assert clock.behind_s(200_000_000_000) == 0.0
    clock.hold(5)
    wall.s += 1.0
    assert clock.now() == 5 + 60_000_000_000


def test_max_has_no_clock_and_is_never_behind() -> None:
    clock = LineClock(MAX, 0, Wall())
    assert clock.now() > 10**18
    assert clock.behind_s(0) == 0.0


class Silent:
    manifest = Manifest("scale", "1", is_real=True, commands=("start",), period_s=2.0)
    connection = Connection.CONNECTED

    def __init__(self) -> None:
        self.age: float | None = 0.0

    def age_s(self) -> float | None:
        return self.age


def test_a_driver_silent_for_more_than_five_periods_has_no_data_until_it_is_heard() -> None:
    driver = Silent()
    watch = SilenceWatch([driver])  # type: ignore[list-item]
    assert watch.look() == []
    driver.age = SILENT_PERIODS * 2.0
    assert watch.look() == []
    driver.age = SILENT_PERIODS * 2.0 + 0.1
    (lost,) = watch.look()
    assert (lost.number, lost.is_heard, lost.age_s) == (0, False, 10.1)
    assert watch.silent_drivers() == (0,)
    assert watch.look() == []
    driver.age = 0.3
    (back,) = watch.look()
    assert back.is_heard
    assert watch.silent_drivers() == ()


def test_what_this_process_did_not_listen_to_is_not_the_driver_s_silence() -> None:
    driver = Silent()
    watch = SilenceWatch([driver])  # type: ignore[list-item]
    driver.age = 14.0
    assert watch.look(deaf_s=5.0) == []
    assert [h.is_heard for h in watch.look(deaf_s=3.9)] == [False]


def test_a_cut_connection_is_silence_too() -> None:
    driver = Silent()
    watch = SilenceWatch([driver])  # type: ignore[list-item]
    driver.connection = Connection.LOST
    assert [h.is_heard for h in watch.look()] == [False]


def test_being_behind_is_said_once_and_so_is_having_caught_up() -> None:
    watch = BehindWatch(2.0)
    assert [watch.look(s) for s in (0.0, 2.1, 5.0, 1.5, 0.9, 0.2, 3.0)] == [None, True, None, None, False, None, True]
