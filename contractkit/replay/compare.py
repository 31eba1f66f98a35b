"""Holds an answer against the recorded one. What differs is DeepDiff's to say; only unequal answers are given to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from contractkit.fuzz.message import escaped
from contractkit.replay.answer import Answer
from contractkit.replay.cassette import JSON, Expected
from contractkit.replay.difference import Difference
from contractkit.replay.marks import ANY, BOOLEAN, INTEGER, LIST, NUMBER, OBJECT, kind_of
from contractkit.replay.template import Template

_ABSENT = object()
_TYPES = {INTEGER: "number", NUMBER: "number", BOOLEAN: "boolean", LIST: "list", OBJECT: "object", ANY: "any"}
_MEDIA_TYPE = "content-type"
_MEASURES = frozenset({"etag", "last-modified"})
"""Header fields that follow the body: where that differs, they say nothing more."""


def differences(expected: Expected, answer: Answer) -> list[Difference]:
    """Return what differs between a recorded answer and one that came; nothing where it is as expected.

    Args:
        expected: what was recorded.
        answer: what came; its values are changed.
    """
    refused = expected.status >= 400
    if not answer.status:
        return [Difference("no-answer", str(expected.status), "answer", expected.status, None, refused)]
    if answer.status != expected.status:
        # The rest of the answer is another one with it.
        return [Difference("status", str(expected.status), "status", expected.status, answer.status, refused)]
    if answer.form != expected.form:
        before, after = (one.headers.get(_MEDIA_TYPE) for one in (_Sides(expected.headers.value), answer))
        if expected.form != "none" and answer.form != "none" and before != after:
            return [Difference("media-type", f"{expected.status}.header.{_MEDIA_TYPE}", "body", before, after, refused)]
        what = "missing" if answer.form == "none" else "new" if expected.form == "none" else "type"
        return [Difference(what, f"{expected.status}.body", "body", expected.form, answer.form, refused)]
    found: list[Difference] = []
    body = expected.body.settled(answer.body)
    if not expected.body.accepts(body):
        found += _in_body(expected, body, refused)
    headers = expected.headers.settled(answer.headers)
    if not expected.headers.accepts(headers):
        found += _in_headers(expected, headers, refused, changed=bool(found))
    return found


class _Sides:
    def __init__(self, headers: Any) -> None:
        self.headers = headers


def _in_headers(expected: Expected, headers: dict[str, Any], refused: bool, *, changed: bool) -> Iterator[Difference]:
    for path, before, after in _deep(expected.headers.value, headers):
        name = str(path[0]) if path else ""
        if (after is None and before is None) or (changed and name in _MEASURES):
            continue
        place = f"{expected.status}.header.{name}"
        if name == _MEDIA_TYPE and _ABSENT not in (before, after):
            yield Difference("media-type", place, name, before, after, refused)
        elif after is _ABSENT:
            yield Difference("header-missing", place, name, before, None, refused)
        else:
            what = "new-header" if before is _ABSENT else "header"
            yield Difference(what, place, name, None if before is _ABSENT else before, after, refused)


def _in_body(expected: Expected, body: Any, refused: bool) -> Iterator[Difference]:
    for path, before, after in _deep(expected.body.value, body):
        place = f"{expected.status}.body{_shown(path)}"
        name = _shown(path).lstrip(".") or "body"
        if after is _ABSENT or before is _ABSENT:
            in_list = bool(path) and isinstance(path[-1], int)
            gone = after is _ABSENT
            what = "value" if in_list else "missing" if gone else "new"
            yield Difference(what, place, name, None if not gone else before, None if gone else after, refused)
            continue
        what = "value"
        if expected.form == JSON and _type_of(expected.body, path, before) not in (_kind(after), "any"):
            what = "type"
        yield Difference(what, place, name, before, after, refused)


def _deep(expected: Any, value: Any) -> Iterator[tuple[Sequence[str | int], Any, Any]]:
    """Yield path, recorded and answered value of each difference; `_ABSENT` for what is on one side only."""
    from deepdiff import DeepDiff

    found = DeepDiff(expected, value, view="tree", ignore_numeric_type_changes=True, verbose_level=2)
    for kind in sorted(found):
        for level in found[kind]:
            path = level.path(output_format="list")
            added, removed = kind.endswith("_added"), kind.endswith("_removed")
            yield path, _ABSENT if added else level.t1, _ABSENT if removed else level.t2


def _shown(path: Sequence[str | int]) -> str:
    return "".join("[]" if isinstance(token, int) else f".{token}" for token in path)


def _type_of(template: Template, path: Sequence[str | int], before: Any) -> str:
    """Return the type of what was recorded; of a mark, that of what it stands for."""
    pointer = "".join(f"/{escaped(str(token))}" for token in path)
    if pointer in template.volatile and before in _TYPES:
        return _TYPES[before]
    return _kind(before)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    return "text" if isinstance(value, str) else _TYPES[kind_of(value)]
