"""The text of a document tells of its references and words what a walk over its values does."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contractkit.model.contract import Contract
from contractkit.model.written import Written
from contractkit.schema.document import Document, Side
from contractkit.schema.sameness import Sameness, Unit
from contractkit.sources.parts import Parts

NAMES = ("A", "B", "C", "a/b", "é", 'q"', "~")
REFS = (
    *(f"#/components/schemas/{name}" for name in ("A", "B", "C", "a~1b", "é", 'q"', "~0", "%43")),
    "#/components/parameters/A",
    "#/paths/~1a",
    "#",
    "#anchor",
    "",
)
KEYS = ("x", "$ref", "x-$ref", "#/components/schemas/C", "readOnly", "unevaluatedItems")
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(0, 2)
    | st.sampled_from(["", '"$ref": "#/components/schemas/A"', "$ref", "#/components/schemas/B", "readOnly", "é\\"])
    | st.builds(lambda key, ref: {key: ref}, st.sampled_from(["$ref", "$dynamicRef"]), st.sampled_from(REFS)),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=2,
        )
    ),
    max_leaves=4,
)


def tables(names: tuple[str, ...]) -> st.SearchStrategy[Any]:
    return st.dictionaries(st.sampled_from(names), VALUES, max_size=4)


ENTRIES: dict[str, st.SearchStrategy[Any]] = {
    "paths": tables(("/a", "/b", "$ref")) | VALUES,
    "webhooks": tables(("a", "b")),
    "components": st.fixed_dictionaries(
        {}, optional={"schemas": tables(NAMES) | VALUES, "parameters": tables(NAMES), "x-own": VALUES}
    ),
    "info": tables(("title", "x-own")),
    "servers": st.lists(VALUES, max_size=2),
    "x-own": VALUES,
}
DOCUMENTS = st.fixed_dictionaries({"openapi": st.just("3.1.0")}, optional=ENTRIES)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, str]:
    """Return the texts of two documents that have much in common, written in one of several ways."""
    base, other = draw(DOCUMENTS), draw(DOCUMENTS)
    revision = base | {name: value for name, value in other.items() if draw(st.booleans())}
    indent, is_ascii = draw(st.sampled_from([None, 1])), draw(st.booleans())
    texts = [json.dumps(one, indent=indent, ensure_ascii=is_ascii) for one in (base, revision)]
    spelled = draw(st.sampled_from(["$ref", "$re\\u0066", "\\u0024ref"]))
    apart = draw(st.sampled_from([": ", ":", " :\n"]))
    first, second = (text.replace('"$ref": ', f'"{spelled}"{apart}') for text in texts)
    return first, second


def answers(base: Contract, revision: Contract) -> dict[str, Any]:
    found = Sameness(Document(base, Side.BASE), Document(revision, Side.REVISION))
    units: list[Unit] = [("paths", name) for name in ("/a", "/b", "$ref")]
    units += [("webhooks", name) for name in "ab"]
    components = [("components", section, name) for section in ("schemas", "parameters") for name in NAMES]
    return {
        "untouched": [unit for unit in units + components if found.untouched(unit)],
        "used": [unit for unit in components if stands(base, unit) != stands(revision, unit) and found.is_used(unit)],
        "mentioned": [word for word in (b"readOnly", b"writeOnly", b"unevaluated") if found.mentions(word)],
    }


def stands(contract: Contract, unit: Unit) -> str:
    value: Any = contract.document
    for name in unit:
        value = value.get(name) if isinstance(value, dict) else None
    return json.dumps(value)


def with_texts(texts: tuple[str, str]) -> tuple[Contract, Contract]:
    parts, contracts = Parts(), list[Contract]()
    for text in texts:
        read = parts.read(text)
        assert read is not None
        contracts.append(Contract("", read[0], written=Written(read[0], text, parts.offsets)))
    first, second = contracts
    return first, second


def without_texts(texts: tuple[str, str]) -> tuple[Contract, Contract]:
    return Contract("", json.loads(texts[0])), Contract("", json.loads(texts[1]))


@settings(derandomize=True, deadline=None, max_examples=600)
@given(pairs())
def test_the_same_is_known_with_the_texts_and_without(texts: tuple[str, str]) -> None:
    assert answers(*with_texts(texts)) == answers(*without_texts(texts))


@pytest.mark.parametrize(
    ("holder", "is_used"),
    [
        ('{"$ref": "#/components/schemas/A"}', True),
        ('{"$ref": "#/components/schemas/A", "$ref": "#/components/schemas/B"}', False),
        ('{"x-$ref": "#/components/schemas/A"}', False),
        ('{"enum": ["$ref", "#/components/schemas/A"]}', False),
    ],
)
def test_what_only_looks_like_a_reference_uses_nothing(holder: str, is_used: bool) -> None:
    first, second = (
        f'{{"openapi": "3.1.0", "paths": {{"/a": {holder}}}, "components": {{"schemas": {{"A": {part}, "B": {{}}}}}}}}'
        for part in ('{"type": "string"}', '{"type": "integer"}')
    )
    for base, revision in (with_texts((first, second)), without_texts((first, second))):
        found = Sameness(Document(base, Side.BASE), Document(revision, Side.REVISION))
        assert found.is_used(("components", "schemas", "A")) == is_used
