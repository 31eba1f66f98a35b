"""What is learned of one answer from the others."""

from contractkit.replay.cassette import NONE, Cassette, Expected, Step
from contractkit.replay.learn import with_habits
from contractkit.replay.template import Learner


def answers(*rows: tuple[dict[str, str], dict[str, str]]) -> list[Cassette]:
    """Return two cassettes whose answers had these headers in two plays."""
    steps = []
    for first, second in rows:
        learner = Learner(first)
        learner.add(second)
        body = Learner(None).template
        steps.append(Step("GET /", None, "GET", "/", expected=Expected(200, learner.template, NONE, body)))
    return [Cassette("a", None, tuple(steps[::2])), Cassette("b", None, tuple(steps[1::2]))]


def marks(cassettes: list[Cassette]) -> list[dict[str, str]]:
    """Return what stands in the headers now, those of the first cassette before those of the second."""
    return [step.expected.headers.value for one in cassettes for step in one.steps if step.expected is not None]


def timed(name: str, times: int) -> list[tuple[dict[str, str], dict[str, str]]]:
    return [({name: f"0.0{number}"}, {name: f"0.1{number}"}) for number in range(times)]


def test_a_header_that_is_another_one_nearly_everywhere_is_so_everywhere() -> None:
    found = with_habits(answers(*timed("x-time", 10), ({"x-time": "0.5"}, {"x-time": "0.5"})))
    assert marks(found) == [{"x-time": "<decimal>"}] * 11
    for one in found:
        for step in one.steps:
            assert step.expected is not None
            assert step.expected.headers.volatile == frozenset({"/x-time"})


def test_what_is_steady_in_many_answers_or_seen_in_few_stays_as_it_was() -> None:
    few = answers(*timed("x-time", 9), ({"x-time": "0.5"}, {"x-time": "0.5"}))
    often = answers(*timed("x-time", 10), *[({"x-time": "0.5"}, {"x-time": "0.5"})] * 2)
    other = answers(*timed("x-time", 10), ({"x-time": "none"}, {"x-time": "none"}))
    for cassettes in (few, often, other):
        assert with_habits(cassettes) == cassettes
