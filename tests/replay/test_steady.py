"""What two replays say together: a finding, or a value that was alike by chance when it was recorded."""

import pytest

from contractkit.replay.difference import Difference
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
