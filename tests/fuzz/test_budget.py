"""How the time of a run is spread. No test looks at the clock: the times are numbers here."""

import itertools
from collections import Counter
from pathlib import Path

import pytest

from contractkit.fuzz import budget, session, truth, unit
from contractkit.fuzz.budget import NEVER, Slices, TimeIsUpError, joined, part_end, unit_end
from contractkit.fuzz.explore import OVER
from contractkit.fuzz.explore import Tested as Outcome
from contractkit.fuzz.message import Request
from contractkit.fuzz.options import Options
from contractkit.fuzz.rounds import with_helpers
from contractkit.fuzz.run import run
from contractkit.fuzz.truth import Tribunal
from contractkit.fuzz.turns import Told
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


@pytest.mark.parametrize("cut", [1, 2, 7, 20])
def test_an_operation_goes_on_where_its_time_ran_out(bench: Workbench, cut: int) -> None:
    def explored(limit: int) -> list[Request]:
        def announce(request: Request) -> None:
            sent.append(request)
            if len(sent) == limit:
                run.session.until = 0.0

        sent: list[Request] = []
        bench.announce = announce
        run = bench._start()
        tested = run.explorer.run(bench.api.operations["GET /share"])
        assert tested.partial is bool(limit)
        if limit:
            assert tested.sent == limit
            tested = run.explorer.run(bench.api.operations["GET /share"])
        run.session.close()
        assert (tested.partial, tested.sent, tested.reason) == (False, len(sent), "")
        assert [claim.check for claim in run.explorer.claims.values()] == ["server-error"]
        return sent

    whole = explored(0)
    assert len(whole) > 20
    assert explored(cut) == whole


CREATES = """
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()
teas: list[str] = []


class Tea(BaseModel):
    name: str


@app.post("/teas", status_code=201)
def create(tea: Tea) -> int:
    teas.append(tea.name)
    return len(teas) - 1


@app.get("/teas/{number}")
def read(number: int) -> str:
    return teas[number]
"""


def test_what_is_broken_off_while_requests_are_made_begins_anew(tmp_path: Path) -> None:
    def announce(request: Request) -> None:
        sent.append(request)
        if len(sent) == 1:
            run.session.until = 0.0

    app = app_of(CREATES)
    bench = Workbench(options_for(app, tmp_path), app)
    sent: list[Request] = []
    bench.announce = announce
    run = bench._start()
    operation = bench.api.operations["GET /teas/{}"]
    tested = run.explorer.run(operation)
    assert ([one.method for one in sent], tested.partial, tested.sent, tested.reason) == (["POST"], True, 0, OVER)
    tested = run.explorer.run(operation)
    run.session.close()
    assert (tested.partial, tested.reason, tested.statuses[200] > 0) == (False, "", True)


class Clock:
    """Stands still, but for a second for each request."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    perf_counter = monotonic


@pytest.mark.parametrize(
    ("until", "runs", "partial"),
    [
        # Of 45 s to explore the first has 7 parts in 16; the last four requests try its failure again.
        (60.0, [("/share", 20), ("/teas", 5), ("/share", 8 + 4)], False),
        # Of 15 s what comes before the sequences has 7 parts in 8; they are left with one.
        (20.0, [("/share", 7), ("/teas", 5), ("/share", 2 + 1 + 3)], True),
    ],
)
def test_time_that_operations_leave_is_for_those_that_were_cut_short(
    bench: Workbench,
    monkeypatch: pytest.MonkeyPatch,
    until: float,
    runs: list[tuple[str, int]],
    partial: bool,
) -> None:
    def announce(request: Request) -> None:
        sent.append(request.path)
        clock.now += 1

    clock, sent = Clock(), list[str]()
    for module in (budget, session, truth, unit):
        monkeypatch.setattr(module, "time", clock)
    bench.announce = announce
    explored = bench.run(["GET /share", "GET /teas"], until=until)
    assert [(path, len(list(group))) for path, group in itertools.groupby(sent)] == runs
    assert [(one.key, one.partial) for one in explored.tested] == [("GET /share", partial), ("GET /teas", False)]


def test_what_was_sent_to_an_operation_counts_where_it_had_no_time_of_its_own(tmp_path: Path) -> None:
    app = app_of(CREATES)
    bench = Workbench(options_for(app, tmp_path), app)
    result = bench.run(["GET /teas/{}"])
    late = Outcome("POST /teas", reason=OVER, partial=True)
    (tested,), counts = result.tested, result.seen["POST /teas"]
    assert (set(result.seen), set(counts)) == ({"GET /teas/{}", "POST /teas"}, {201})
    for results in ([UnitResult([late]), result], [UnitResult([tested, late], seen=result.seen)]):
        assert with_helpers(results, bench.api) == {
            "POST /teas": Outcome("POST /teas", counts.total(), counts, "", True),
            "GET /teas/{}": tested,
        }
    assert with_helpers([UnitResult([late])], bench.api) == {"POST /teas": late}
    refused = UnitResult(seen={"POST /teas": Counter({404: 2})})
    assert with_helpers([UnitResult([late]), refused], bench.api)["POST /teas"].reason.startswith("only 404")


class Late:
    """A worker that had no time for one of the operations, but called it for the other."""

    def do(self, options: Options, task: Task, told: Told) -> UnitResult:
        late = Outcome("POST /teas", reason=OVER, partial=True)
        read = Outcome("GET /teas/{}", 1, Counter({200: 1}))
        return UnitResult([late, read], seen={"POST /teas": Counter({201: 2}), "GET /teas/{}": Counter({200: 1})})


def test_no_operation_that_was_called_is_said_to_be_untested(tmp_path: Path) -> None:
    verdict = run(options_for(app_of(CREATES), tmp_path), "shop:app", worker=Late())
    assert [(one.operation, one.requests, one.tested, one.partial) for one in verdict.operations] == [
        ("POST /teas", 2, True, True),
        ("GET /teas/{}", 1, True, False),
    ]


def test_a_claim_that_there_is_no_time_for_is_not_confirmed(bench: Workbench) -> None:
    (claim,) = bench.run(["GET /share"]).confirmed
    late = Tribunal(bench._apart, claim.steps, {}, until=0.0).sort([claim])
    assert (late.confirmed, late.unstable, late.untried) == ([], [claim], 1)
    assert [one.key for one in Tribunal(bench._apart, claim.steps, {}).sort([claim]).confirmed] == [claim.key]
