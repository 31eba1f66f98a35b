"""A contract: its digest, and what a copy of it holds."""

import copy
import pickle
from collections.abc import Callable

import pytest

from contractkit.model.contract import Contract, Notice, made_digests
from contractkit.model.written import Written


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copy_is_the_same_without_the_text(copied: Callable[[Contract], Contract]) -> None:
    one = Contract(
        "a.json",
        {"openapi": "3.1.0"},
        (Notice("/paths", "odd"),),
        ("hint",),
        file="a.json",
        written=Written({}, '{"openapi": "3.1.0"}', {("openapi",): 1}),
        commit="abc",
        sockets={"asyncapi": "3.0.0"},
    )
    other = copied(one)
    assert (other, other.written) == (one, None)
    assert one.written is not None


def test_digests_made_together_are_those_of_each() -> None:
    """What one knows already is not made again, and a part that is in both counts in both."""
    shared = {"type": "object", "properties": {"b": {"type": "string"}, "a": {"type": "integer"}}}
    documents = [{"openapi": "3.1.0", "components": {"schemas": {"One": shared, name: shared}}} for name in "ab"]
    known = Contract("", documents[0]).digest
    contracts = [Contract("", document) for document in documents]
    expected = [known, Contract("", documents[1]).digest]
    assert made_digests(contracts) == expected
    assert made_digests(contracts[:1]) == expected[:1]
    assert [one.digest for one in contracts] == expected
