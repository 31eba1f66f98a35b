"""Words for messages: places and values as a person reads them."""

from __future__ import annotations

import json
import re

from contractkit.model.change import Change, Direction

_STATUS = re.compile(r"(?:[1-5](?:\d\d|XX)|default)(?:\.|$)")
_LONGEST_VALUE = 80


def place(change: Change) -> str:
    """Return the place of a change in words: "`items[].qty`", "query parameter `limit`", "a name in `counts`"."""
    return f"a name in {_place(change)}" if change.facts.get("of_names") else _place(change)


def _place(change: Change) -> str:
    location = change.location
    status = ""
    if match := _STATUS.match(location):
        status = location[: match.end()].rstrip(".")
        location = location[match.end() :]
    head, _, rest = location.partition(".")
    if head in ("receive", "send") and change.area == "schema":
        message, _, inside = rest.partition(".")
        named = f"the message `{message}`" if message else "what is said over the socket"
        return f"`{inside}` of {named}" if inside else named
    if head in ("query", "path", "cookie") and rest:
        return f"{head} parameter `{rest}`"
    if head == "header" and rest:
        return f"response header `{rest}`" if status else f"header parameter `{rest}`"
    if head == "body" and rest:
        return f"`{rest}`"
    if head == "body":
        return "the response body" if change.direction is Direction.RESPONSE else "the request body"
    if head.startswith("body"):
        return f"`{location}`"
    if not location:
        return f"the {status} response" if status else (f"`{change.operation}`" if change.operation else "the document")
    return f"`{location}`"


def shown(value: object) -> str:
    """Return a value as JSON text, cut after 80 characters."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def listed(values: list[object]) -> str:
    """Return a few values as a list in a sentence: `"a", "b" and 3 more`."""
    return _joined(values, "and")


def either(values: list[object]) -> str:
    """Return a few values of which it is one, or none: `"a", "b" or 3 more`."""
    return _joined(values, "or")


def _joined(values: list[object], word: str) -> str:
    texts = [shown(value) for value in values]
    if len(texts) > 4:
        return ", ".join(texts[:3]) + f" {word} {len(texts) - 3} more"
    return f" {word} ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


def turned(change: Change, noun: str) -> str:
    """Return what happened: "`x` got `pattern` ...", "`x` lost ...", "`pattern` of `x` changed from ... to ..."."""
    if change.action == "added":
        return f"{place(change)} got {noun} {shown(change.after)}"
    if change.action == "removed":
        return f"{place(change)} lost {noun} {shown(change.before)}"
    return f"{noun} of {place(change)} changed from {shown(change.before)} to {shown(change.after)}"
