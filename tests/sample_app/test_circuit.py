"""The circuit breaker: when it opens, whom it lets through to try again, and what the figures say."""

import asyncio

import pytest

from sample_app.core.circuit import Circuit, CircuitOpenError, CircuitState

pytestmark = pytest.mark.anyio


class Clock:
    """Stands still until it is set on."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def circuit(clock: Clock) -> Circuit:
    """Opens after two failures in a row, for 10 seconds; a failure is an OSError."""
    return Circuit("test", failures=(OSError,), threshold=2, seconds=10, clock=clock)


def call(circuit: Circuit, outcome: BaseException | None = None) -> str:
    """What becomes of a call: `made`, `failed`, or after how many seconds it may be tried again."""
    try:
        with circuit.guarded():
            if outcome is not None:
                raise outcome
    except CircuitOpenError as error:
        return f"refused for {error.retry_after}"
    except (OSError, LookupError, asyncio.CancelledError):
        return "failed"
    return "made"


def test_failures_in_a_row_open_it_and_a_good_trial_closes_it(circuit: Circuit, clock: Clock) -> None:
    told = [call(circuit, OSError()), call(circuit), call(circuit, OSError()), call(circuit, OSError()), call(circuit)]
    assert told == ["failed", "made", "failed", "failed", "refused for 10"]
    assert (circuit.state, circuit.refused) == (CircuitState.OPEN, 1)
    clock.now += 9.5
    assert call(circuit) == "refused for 1"
    clock.now += 0.5
    assert call(circuit) == "made"
    assert (circuit.state, circuit.refused) == (CircuitState.CLOSED, 2)
    # It starts from nothing: a single failure does not open it again.
    assert [call(circuit, OSError()), call(circuit)] == ["failed", "made"]


def test_a_bad_trial_opens_it_for_as_long_again(circuit: Circuit, clock: Clock) -> None:
    for _ in range(2):
        call(circuit, OSError())
    clock.now += 10
    assert [call(circuit, OSError()), call(circuit)] == ["failed", "refused for 10"]


def test_what_is_no_failure_of_the_other_side_says_nothing_about_it(circuit: Circuit, clock: Clock) -> None:
    for outcome in (OSError(), LookupError(), OSError()):
        assert call(circuit, outcome) == "failed"
    assert circuit.state is CircuitState.OPEN
    clock.now += 10
    # A trial that is cancelled leaves the question open: the next call is the trial.
    assert [call(circuit, asyncio.CancelledError()), call(circuit)] == ["failed", "made"]


async def test_only_one_call_is_the_trial(circuit: Circuit, clock: Clock) -> None:
    for _ in range(2):
        call(circuit, OSError())
    clock.now += 10
    answer = asyncio.Event()

    async def waiting() -> str:
        try:
            with circuit.guarded():
                await answer.wait()
        except CircuitOpenError as error:
            return f"refused for {error.retry_after}"
        return "made"

    calls = [asyncio.create_task(waiting()) for _ in range(3)]
    await asyncio.sleep(0)
    states = [circuit.state]
    answer.set()
    assert await asyncio.gather(*calls) == ["made", "refused for 1", "refused for 1"]
    assert [*states, circuit.state] == [CircuitState.TRYING, CircuitState.CLOSED]


def test_calls_from_before_the_opening_do_not_prolong_it_nor_end_it(circuit: Circuit, clock: Clock) -> None:
    early, late = circuit.guarded(), circuit.guarded()
    early.__enter__()
    late.__enter__()
    for _ in range(2):
        call(circuit, OSError())
    clock.now += 5
    error = OSError()
    assert late.__exit__(OSError, error, None) is False
    early.__exit__(None, None, None)
    assert (call(circuit), circuit.state) == ("refused for 5", CircuitState.OPEN)
