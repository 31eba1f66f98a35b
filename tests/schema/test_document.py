"""References inside a document."""

from typing import Any

import pytest

from contractkit.model.contract import Contract
from contractkit.schema.document import Document, Side

ROOT: dict[str, Any] = {
    "openapi": "3.1.0",
    "components": {
        "schemas": {
            "Plain": {"type": "string", "$anchor": "plain"},
            "with space": {"type": "null"},
            "a/b": {"type": "boolean"},
            "til~de": {"type": "number"},
            "Tuple": {"prefixItems": [{"type": "integer"}, {"$dynamicAnchor": "second"}]},
            "False": False,
        },
        "parameters": {
            "Page": {"name": "page", "in": "query"},
            "Alias": {"$ref": "#/components/parameters/Page"},
            "Circle": {"$ref": "#/components/parameters/Circle"},
            "Dangling": {"$ref": "#/components/parameters/Nowhere"},
            "List": ["no", "object"],
        },
    },
}


@pytest.fixture
def document() -> Document:
    return Document(Contract("test", ROOT), Side.BASE)


@pytest.mark.parametrize(
    ("ref", "target"),
    [
        ("#/components/schemas/Plain", {"type": "string", "$anchor": "plain"}),
        ("#plain", {"type": "string", "$anchor": "plain"}),
        ("#/components/schemas/with%20space", {"type": "null"}),
        ("#/components/schemas/a~1b", {"type": "boolean"}),
        ("#/components/schemas/a%7E1b", {"type": "boolean"}),
        ("#/components/schemas/til~0de", {"type": "number"}),
        ("#/components/schemas/Tuple/prefixItems/0", {"type": "integer"}),
        ("#second", {"$dynamicAnchor": "second"}),
        ("#/components/schemas/False", False),
        ("#", ROOT),
    ],
)
def test_what_a_reference_names(document: Document, ref: str, target: Any) -> None:
    assert document.lookup(ref) == target
    assert document.notices == {}


@pytest.mark.parametrize(
    "ref",
    [
        "#/components/schemas/Nowhere",
        "#/components/schemas/Tuple/prefixItems/2",
        "#/components/schemas/Tuple/prefixItems/-1",
        "#/components/schemas/Tuple/prefixItems/x",
        "#/components/schemas/Plain/type/0",
        "#nowhere",
        "other.json#/components/schemas/Plain",
        "https://example.com/schema.json",
        "",
    ],
)
def test_what_names_nothing_is_noted_once(document: Document, ref: str) -> None:
    assert document.lookup(ref) is None
    assert document.lookup(ref) is None
    assert [(notice.place, notice.text) for notice in document.notices.values()] == [
        (ref, "nothing stands at this $ref; what should stand there is not compared")
    ]


class TestResolve:
    PAGE = ROOT["components"]["parameters"]["Page"]

    def test_follows_references(self, document: Document) -> None:
        assert document.resolve({"$ref": "#/components/parameters/Alias"}) == self.PAGE
        assert document.resolve(self.PAGE) is self.PAGE
        assert document.notices == {}

    def test_keeps_what_stands_beside_a_reference(self, document: Document) -> None:
        found = document.resolve({"$ref": "#/components/parameters/Page", "description": "d"})
        assert found == {**self.PAGE, "description": "d"}

    @pytest.mark.parametrize(
        ("node", "text"),
        [
            ({"$ref": "#/components/parameters/Circle"}, "leads back to itself"),
            ({"$ref": "#/components/parameters/Dangling"}, "nothing stands at this $ref"),
            ({"$ref": "#/components/parameters/List"}, "an object was expected"),
            (["a"], "an object was expected"),
            ("text", "an object was expected"),
            (0, "an object was expected"),
        ],
    )
    def test_reads_a_bad_part_as_an_empty_object(self, document: Document, node: Any, text: str) -> None:
        assert document.resolve(node) == {}
        assert [text in notice.text for notice in document.notices.values()] == [True]

    def test_an_absent_part_is_no_bad_part(self, document: Document) -> None:
        assert document.resolve(None) == {}
        assert document.notices == {}


@pytest.mark.parametrize(("version", "is_30"), [("3.0.3", True), ("3.0", True), ("3.1.0", False), ("3.2.0", False)])
def test_the_dialect(version: str, is_30: bool) -> None:
    assert Document(Contract("test", {"openapi": version}), Side.BASE).is_30 is is_30
