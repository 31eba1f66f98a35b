"""Digests are those of the canonical text, whatever parts two documents share."""

from __future__ import annotations

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from contractkit.model.jsontext import digest, digests

_KEYS = st.text(st.characters(codec="utf-8"), max_size=4)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=20,
)


def _plainly(document: object) -> str:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@given(_VALUES, _VALUES, st.dictionaries(_KEYS, _VALUES, max_size=4))
def test_the_digest_is_that_of_the_canonical_text(one: object, other: object, rest: dict[str, object]) -> None:
    first = {**rest, "components": {"schemas": {"Shared": one, "Own": other}, "more": {"Shared": one}}}
    second = {"components": {"schemas": {"Own": one, "Shared": one}}, "paths": rest, "1": 1, "2": True, "3": 1.0}
    assert digests([first, second]) == [_plainly(first), _plainly(second)]
    assert digest(one) == _plainly(one)


def test_documents_that_are_gone_lend_nothing_to_those_that_follow() -> None:
    made = digests({"components": {"schemas": {"A": {"maximum": number}}}} for number in range(50))
    assert len(set(made)) == 50
