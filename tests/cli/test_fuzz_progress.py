"""How far a run of `contractkit fuzz` is: a bar on a terminal, now and then a line elsewhere."""

import io
import itertools

import pytest

from contractkit.cli.fuzz_output import Reporter
from contractkit.fuzz.pool import Progress

HALF = Progress(units=8, done=4, operations=3, requests=120, findings=1)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock is 6 seconds after the last one."""
    times = itertools.count(0.0, 6.0)
    monkeypatch.setattr("contractkit.cli.fuzz_output.time.monotonic", lambda: next(times))


@pytest.mark.usefixtures("clock")
def test_lines_come_every_ten_seconds_and_say_how_long_it_will_take() -> None:
    stream = io.StringIO()
    reporter = Reporter(stream)
    for _ in range(4):
        reporter.progress(HALF)
    reporter.done()
    assert stream.getvalue().splitlines() == [
        "contractkit: 4 of 8 parts, 3 operations, 120 requests, 1 findings, 12 s, about 12 s left",
        "contractkit: 4 of 8 parts, 3 operations, 120 requests, 1 findings, 24 s, about 24 s left",
    ]


@pytest.mark.usefixtures("clock")
def test_nothing_is_known_of_the_time_left_before_a_part_is_done() -> None:
    stream = io.StringIO()
    reporter = Reporter(stream)
    for _ in range(2):
        reporter.progress(Progress(units=8, requests=7))
    assert stream.getvalue() == "contractkit: 0 of 8 parts, 0 operations, 7 requests, 0 findings, 12 s\n"


@pytest.mark.usefixtures("clock")
def test_no_time_is_told_where_all_parts_are_done_and_some_are_begun_again() -> None:
    stream = io.StringIO()
    reporter = Reporter(stream)
    for _ in range(2):
        reporter.progress(Progress(units=8, done=8, operations=9, requests=7))
    assert stream.getvalue() == "contractkit: 8 of 8 parts, 9 operations, 7 requests, 0 findings, 12 s\n"


@pytest.mark.usefixtures("clock")
def test_a_terminal_shows_a_bar_that_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"TERM": "xterm", "COLUMNS": "120"}.items():
        monkeypatch.setenv(name, value)
    stream = Terminal()
    reporter = Reporter(stream)
    reporter.progress(HALF)
    shown = stream.getvalue()
    assert "4/8" in shown
    assert "3 operations, 120 requests, 1 findings," in shown
    assert not shown.endswith("\x1b[2K")
    reporter.done()
    assert stream.getvalue().endswith("\x1b[2K")
