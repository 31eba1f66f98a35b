"""Media types: how those of two bodies are matched."""

import pytest

from contractkit.diff.media import match_media_types

JSON, XML, CSV, PROBLEM = "application/json", "application/xml", "text/csv", "application/problem+json"


@pytest.mark.parametrize("client_sends", [True, False])
@pytest.mark.parametrize(
    ("base", "revision", "pairs", "removed", "added", "respelled"),
    [
        ([JSON], [JSON], [(JSON, JSON)], [], [], []),
        ([JSON], [JSON + "; charset=utf-8"], [(JSON, JSON + "; charset=utf-8")], [], [], []),
        ([JSON], ["*/*"], [(JSON, "*/*")], [], [], []),
        ([JSON], [XML], [], [JSON], [XML], []),
        ([JSON, XML], [JSON], [(JSON, JSON)], [XML], [], []),
        ([JSON], [JSON, XML], [(JSON, JSON)], [], [XML], []),
        ([JSON], [PROBLEM], [], [], [], [(JSON, PROBLEM)]),
        ([JSON, CSV], ["application/*"], [(JSON, "application/*")], [CSV], [], []),
        ([JSON, JSON + ";v=1"], [JSON], [(JSON, JSON), (JSON + ";v=1", JSON)], [], [], []),
        ([], [JSON], [], [], [JSON], []),
    ],
)
def test_matching(
    base: list[str],
    revision: list[str],
    pairs: list[tuple[str, str]],
    removed: list[str],
    added: list[str],
    respelled: list[tuple[str, str]],
    client_sends: bool,
) -> None:
    found = match_media_types(base, revision, client_sends=client_sends)
    assert [(one.text, other.text) for one, other in found.pairs] == pairs
    assert [one.text for one in found.removed] == removed
    assert [one.text for one in found.added] == added
    assert [(one.text, other.text) for one, other in found.respelled] == respelled


def test_a_range_that_shrank_is_a_removal_for_who_may_send_the_rest() -> None:
    asked = match_media_types(["*/*"], [JSON], client_sends=True)
    answered = match_media_types(["*/*"], [JSON], client_sends=False)
    assert [one.text for one in asked.removed] == ["*/*"]
    assert answered.removed == []
    assert [(one.text, other.text) for one, other in asked.pairs] == [("*/*", JSON)]
    assert asked.added == answered.added == []
