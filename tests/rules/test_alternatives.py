"""What the rules say about the alternatives of a value."""

import pytest

from contractkit.model.change import Change, Direction
from contractkit.model.records import replace
from contractkit.rules.registry import rule_for


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"a": "A", "b": "B", "c": "C"}, 'has the new tag "c"'),
        ({"a": "A", "c": "C", "d": "C"}, 'has the new tags "c" and "d", no longer has the tag "b"'),
        ({"a": "B", "b": "A"}, 'leads elsewhere by "a" and "b"'),
    ],
)
def test_a_discriminator_says_which_tags_changed(mapping: dict[str, str], message: str) -> None:
    before, after = ({"propertyName": "k", "mapping": one} for one in ({"a": "A", "b": "B"}, mapping))
    change = Change("schema", "discriminator", "changed", "GET /a", "200.body.x", Direction.RESPONSE, before, after)
    assert rule_for(change).message(change) == f"`discriminator` of `x` {message}"
    bare = replace(change, after={"propertyName": "k"})
    assert rule_for(bare).message(bare).startswith("`discriminator` of `x` changed from {")
