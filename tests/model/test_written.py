"""What the text of a document tells."""

import pytest

from contractkit.model.contract import Contract
from contractkit.model.written import Written
from contractkit.sources.parts import Parts


def written(text: str) -> Written:
    parts = Parts()
    read = parts.read(text)
    assert read is not None
    return Written(read[0], text, parts.offsets)


def test_references_are_told_by_entry() -> None:
    text = """{"paths": {"/a": {"$ref": "#/x"}, "/b": {"x": [{"$dynamicRef" : "#y"}, {"$ref":"#/x"}]}},
        "components": {"schemas": {"A": {"enum": ["$ref"], "description": "\\"$ref\\": \\"#/no\\""}}}, "x-z": {}}"""
    found = {way: refs for way, refs in (written(text).references or {}).items() if refs}
    assert found == {("paths", "/a"): {"#/x"}, ("paths", "/b"): {"#y", "#/x"}}
    assert written(text).all_references == {"#/x", "#y"}


def test_an_entry_that_is_a_reference_is_one_of_the_text() -> None:
    found = written('{"$ref": "a.json", "components": {"$ref": "b.json"}, "paths": {"$ref": "c.json"}}')
    assert found.all_references == {"a.json", "b.json", "c.json"}
    assert not any((found.references or {}).values())


def test_a_text_without_entries_tells_nothing() -> None:
    assert Written({}, '{"a": {"$ref": "#/x"}}', {}).references is None


@pytest.mark.parametrize(
    "text",
    ['{"a": {"\\u0024ref": "#/x"}}', '{"a": {"$ref": "#\\/x"}}', '{"a": {"$ref": "#\\u002fx"}}'],
)
def test_where_a_text_may_hide_a_reference_nothing_is_told(text: str) -> None:
    assert (written(text).references, written(text).all_references) == (None, None)


def test_the_text_of_another_document_tells_nothing() -> None:
    there = written('{"a": {"$ref": "#/x"}}')
    assert Contract("", there.document, written=there).references == {("a",): {"#/x"}}
    assert Contract("", {"a": {}}, written=there).references is None
