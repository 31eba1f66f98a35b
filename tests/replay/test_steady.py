"""What two replays say together: a finding, or a value that was alike by chance when it was recorded."""

import pytest

from contractkit.fuzz.message import Response
from contractkit.replay.answer import answer_of
from contractkit.replay.cassette import BINARY
from contractkit.replay.difference import Difference
from contractkit.replay.masking import Masks
from contractkit.replay.replay import is_unsteady, steady


def value(before: object, after: object) -> Difference:
    return Difference("value", "200.body.n", "n", before, after)


@pytest.mark.parametrize(
    ("first", "second", "unsteady"),
    [
        ([value("0.5", "0.7")], [value("0.5", "0.9")], True),
        ([value("0.5", "0.7")], [value("0.5", "0.7")], False),
        ([value("0.5", "slow")], [value("0.5", "slower")], False),
        ([value("Sold out.", "Try again, 7.")], [value("Sold out.", "Try again, 8.")], False),
        ([value(1, 2), value(3, 4)], [value(1, 2), value(3, 5)], False),
    ],
)
def test_values_of_the_recorded_shape_that_differ_each_time_are_no_finding(
    first: list[Difference], second: list[Difference], unsteady: bool
) -> None:
    assert is_unsteady(first, second) is unsteady


def test_what_differs_each_time_is_named_by_its_shape() -> None:
    assert [*steady([value(1, 2), value("a", "x-1")], [value(1, 2), value("a", "x-2")])] == [
        value(1, 2),
        value("a", "<word>"),
    ]


@pytest.mark.parametrize(
    ("media_type", "body"),
    [("text/plain; version=0.0.4; charset=utf-8", "<text>"), ("text/plain; charset=utf-8", "seconds 0.25\n")],
)
def test_measurements_are_only_there_or_not(media_type: str, body: str) -> None:
    response = Response(200, (("Content-Type", media_type), ("RateLimit", '"a";r=9')), b"seconds 0.25\n")
    found = answer_of(response, {}, None, Masks())
    assert (found.form, found.body, found.headers["ratelimit"]) == ("text", body, "<text>")


def test_an_answer_nested_deep_is_compared_as_a_whole_and_not_written_down() -> None:
    """What is secret in it would have to be found first."""
    headers = (("Content-Type", "application/json"),)
    bodies = ['{"access_token": "tok", "below": ' * 900 + end + "}" * 900 for end in ("1", "1", "2")]
    found = [answer_of(Response(200, headers, body.encode()), {}, None, Masks()) for body in bodies]
    assert [one.form for one in found] == [BINARY, BINARY, BINARY]
    assert "tok" not in str(found)
    assert [one.body == found[0].body for one in found] == [True, True, False]
