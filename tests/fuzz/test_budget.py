"""How the time of a run is spread. No test looks at the clock: the times are numbers here."""

from pathlib import Path

import pytest

from contractkit.fuzz.budget import NEVER, Slices, TimeIsUpError, joined, part_end, unit_end
from contractkit.fuzz.explore import OVER
from contractkit.fuzz.message import Request
from contractkit.fuzz.truth import Tribunal
from contractkit.fuzz.unit import Task, UnitResult, Workbench
from tests.fuzz.conftest import app_of, options_for

SHOP = """
from fastapi import FastAPI

app = FastAPI()


@app.get("/share")
def share(people: int) -> int:
    return 100 // people


@app.get("/teas")
def list_teas() -> list[int]:
    return []
"""


def spent(units: list[int], workers: int, taken: dict[int, float]) -> list[float]:
    """Work on units of so many operations for 60 s; unit i takes `taken[i]` times what it is given, 1 by default.

    Returns:
        What each unit is given.
    """
    free, until = [0.0] * workers, [0.0] * workers
    given = []
    for index, size in enumerate(units):
        worker = free.index(min(free))
        now = free[worker]
        others = [until[other] for other in range(workers) if other != worker]
        until[worker] = unit_end(now, 60.0, others, size, sum(units[index:]))
        given.append(until[worker] - now)
        free[worker] = now + given[-1] * taken.get(index, 1.0)
    return [round(one, 6) for one in given]


@pytest.mark.parametrize(
    ("units", "workers", "taken", "given"),
    [
        ([5, 5, 5, 5], 2, {}, [30.0, 30.0, 30.0, 30.0]),
        ([1, 2, 3], 1, {}, [10.0, 20.0, 30.0]),
        ([5, 5, 5], 1, {0: 0.0}, [20.0, 30.0, 30.0]),  # what one leaves is for the others
        ([5, 5, 5], 1, {0: 2.0}, [20.0, 10.0, 10.0]),  # what one takes beyond its own is taken from the others
        ([5, 5, 5], 1, {0: 4.0}, [20.0, 0.0, 0.0]),
        ([5], 2, {}, [60.0]),  # one unit cannot be worked on twice at a time
        ([2, 8], 2, {}, [24.0, 60.0]),
    ],
)
def test_units_share_the_time_of_a_run(
    units: list[int], workers: int, taken: dict[int, float], given: list[float]
) -> None:
    assert spent(units, workers, taken) == given


@pytest.mark.parametrize(
    ("seconds", "workers", "sizes"),
    [(600.0, 2, [2] * 10), (60.0, 1, [6, 4, 6, 4]), (10.0, 2, [10, 10]), (1.0, 1, [20])],
)
def test_units_are_joined_where_there_is_little_time(seconds: float, workers: int, sizes: list[int]) -> None:
    units = [(f"GET /{number}", f"PUT /{number}") for number in range(10)]
    found = joined(units, seconds, workers)
    assert [len(one) for one in found] == sizes
    assert [key for one in found for key in one] == [key for one in units for key in one]


def test_a_run_without_a_limit_has_no_end() -> None:
    assert unit_end(5.0, NEVER, [NEVER], 3, 9) == NEVER
    assert part_end(NEVER, 0.25, 5.0) == NEVER
    assert Slices(NEVER, 10).next(7, 5.0) == NEVER


def test_slices_share_what_is_left() -> None:
    slices = Slices(100.0, 10)
    ends = [slices.next(weight, now) for weight, now in ((5, 0.0), (2, 10.0), (2, 46.0), (1, 150.0))]
    assert ends == [50.0, 46.0, 82.0, 150.0]


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    app = app_of(SHOP)
    return Workbench(options_for(app, tmp_path, checks=frozenset({"server-error"})), app)


def test_a_unit_whose_time_is_over_does_not_start_the_app(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    monkeypatch.setattr(bench, "_driver", lambda: started.append(1))
    result = bench.do(Task(("GET /share", "GET /teas"), until=0.0))
    assert isinstance(result, UnitResult)
    assert [(one.key, one.sent, one.reason, one.partial) for one in result.tested] == [
        ("GET /share", 0, OVER, True),
        ("GET /teas", 0, OVER, True),
    ]
    assert started == []


def test_nothing_is_sent_when_the_time_is_over(bench: Workbench) -> None:
    sent: list[Request] = []
    bench.announce = sent.append
    result = bench.run(["GET /share"], until=0.0)
    assert [(one.reason, one.partial, one.sent) for one in result.tested] == [(OVER, True, 0)]
    assert (result.confirmed, sent) == ([], [])


def test_an_operation_ends_in_the_middle_of_its_requests(bench: Workbench) -> None:
    def announce(request: Request) -> None:
        sent.append(request)
        if len(sent) == 2:
            run.session.until = 0.0

    sent: list[Request] = []
    bench.announce = announce
    run = bench._start()
    tested = run.explorer.run(bench.api.operations["GET /share"])
    with pytest.raises(TimeIsUpError):
        run.session.send(None, Request("GET", "/share"))
    run.session.close()
    assert (tested.partial, tested.sent, tested.reason, len(sent)) == (True, 2, "", 2)


def test_a_claim_that_there_is_no_time_for_is_not_confirmed(bench: Workbench) -> None:
    (claim,) = bench.run(["GET /share"]).confirmed
    late = Tribunal(bench._apart, claim.steps, {}, until=0.0).sort([claim])
    assert (late.confirmed, late.unstable, late.untried) == ([], [claim], 1)
    assert [one.key for one in Tribunal(bench._apart, claim.steps, {}).sort([claim]).confirmed] == [claim.key]
