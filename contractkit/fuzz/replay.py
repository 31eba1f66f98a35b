"""Sends a recorded sequence again on another run of the app, where identifiers come out differently.

What an answer gave the first time and gives differently now is replaced in the requests that follow: a path segment, a
query value, a header or a leaf of a JSON body that was the old value becomes the new one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, unquote_plus, urlsplit

from contractkit.fuzz.browser import form_fields, forms_of
from contractkit.fuzz.edit import quoted_query, quoted_segment, with_body
from contractkit.fuzz.knowledge import name_of, plain
from contractkit.fuzz.message import ABSENT, SAFE, Exchange, Request, leaves
from contractkit.fuzz.session import Session

_INSIDE = 12
"""How long a value must be to be replaced inside a longer text too."""
_MAX_NEEDED = 12
_NUMBERED = ("id", "ids", "key", "number", "no", "version")
"""How names end whose integers name something."""


def replay(session: Session, steps: Sequence[Exchange]) -> list[Exchange]:
    """Send the requests of a sequence and return what came back."""
    new_values: dict[str, str] = {}
    found: list[Exchange] = []
    for step in steps:
        request = substituted(step.request, new_values)
        operation = session.api.all.get(step.operation)
        again = session.send(operation, request)
        found.append(again)
        new_values.update(differences(step, again))
    return found


def needed(log: Sequence[Exchange], exchange: Exchange) -> list[Exchange]:
    """Return the earlier exchanges that the values in a request come from, in order, those of theirs included."""
    position = _position(log, exchange)
    chosen: set[int] = set()
    open_values = _values_in(exchange.request)
    for index in range(position):
        if len(chosen) >= _MAX_NEEDED or not open_values:
            break
        given = _given(log[index]) & open_values if log[index].response.is_success else set()
        if given:
            # The earliest exchange that gave a value made or showed it first; it may itself need others before it.
            chosen |= {_position(log, further) for further in needed(log[:index], log[index])} | {index}
            open_values -= given
    return [log[index] for index in sorted(chosen)][:_MAX_NEEDED]


def history(log: Sequence[Exchange], exchange: Exchange, limit: int) -> list[Exchange]:
    """Return the exchanges before one that may have changed something, the latest `limit` of them."""
    changing = [
        one for one in log[: _position(log, exchange)] if one.request.method not in SAFE and one.response.is_success
    ]
    return changing[-limit:]


def _position(log: Sequence[Exchange], exchange: Exchange) -> int:
    """Return where an exchange stands in the log, its end for one that is not there."""
    return next((index for index in range(len(log) - 1, -1, -1) if log[index] is exchange), len(log))


def differences(old: Exchange, new: Exchange) -> dict[str, str]:
    """Return the values of an answer that came out differently, old to new."""
    found: dict[str, str] = {}
    if old.response.json is not ABSENT and new.response.json is not ABSENT:
        fresh = dict(leaves(new.response.json))
        for pointer, value in leaves(old.response.json):
            other = fresh.get(pointer)
            if isinstance(value, int) and not plain(name_of(pointer)).endswith(_NUMBERED):
                continue  # an amount or a state, which names nothing
            if _names(value) and _names(other) and type(value) is type(other) and value != other:
                found[str(value)] = str(other)
    locations = [urlsplit(one.response.header("location")).path.split("/") for one in (old, new)]
    if len(locations[0]) == len(locations[1]):
        for before, after in zip(*locations, strict=True):
            if before and before != after:
                found[unquote(before)] = unquote(after)
    shown = {(form.path, name): value for form in forms_of(new) for name, value in form.hidden.items()}
    for form in forms_of(old):
        for name, value in form.hidden.items():
            other = shown.get((form.path, name), value)
            if other != value:
                found[value] = other
    tags = [one.response.header("etag") for one in (old, new)]
    if all(tags) and tags[0] != tags[1]:
        found[tags[0]] = tags[1]
    return found


def substituted(request: Request, values: Mapping[str, str]) -> Request:
    """Return a request with old values replaced by new ones."""
    if not values:
        return request
    path = "/".join(_segment(segment, values) for segment in request.path.split("/"))
    query = "&".join(_pair(row, values) for row in request.query.split("&")) if request.query else ""
    headers = tuple((name, _replaced(value, values)) for name, value in request.headers)
    changed = replace(request, target=path + (f"?{query}" if query else ""), headers=headers)
    if changed.json is not ABSENT:
        body = _in_json(changed.json, values)
        return changed if body == changed.json else with_body(changed, body)
    if changed.body is not None:
        try:
            text = changed.body.decode()
        except UnicodeDecodeError:
            return changed
        for old, new in values.items():
            if len(old) >= _INSIDE:
                text = text.replace(old, new)
        return replace(changed, body=text.encode())
    return changed


def _names(value: Any) -> bool:
    return (isinstance(value, str) and value != "") or (isinstance(value, int) and not isinstance(value, bool))


def _values_in(request: Request) -> set[str]:
    """Return the texts in a request that may have come from an answer."""
    found = {unquote(segment) for segment in request.path.split("/") if segment}
    found |= {value for _, value in request.pairs}
    found |= {value for name, value in request.headers if name.lower() in ("if-match", "if-none-match", "if-range")}
    if request.json is not ABSENT:
        found |= {str(value) for _, value in leaves(request.json) if _names(value)}
    found |= {value for _, value in form_fields(request)}
    return {one for one in found if one}


def _given(exchange: Exchange) -> set[str]:
    found = set()
    if exchange.response.json is not ABSENT:
        found = {str(value) for _, value in leaves(exchange.response.json) if _names(value)}
    found |= {unquote(one) for one in urlsplit(exchange.response.header("location")).path.split("/") if one}
    found |= {value for form in forms_of(exchange) for value in form.hidden.values()}
    return found | ({exchange.response.header("etag")} - {""})


def _segment(segment: str, values: Mapping[str, str]) -> str:
    text = unquote(segment)
    changed = _replaced(text, values)
    return segment if changed == text else quoted_segment(changed)


def _pair(row: str, values: Mapping[str, str]) -> str:
    name, mark, value = row.partition("=")
    text = unquote_plus(value)
    changed = _replaced(text, values)
    return row if changed == text else name + mark + quoted_query(changed)


def _replaced(text: str, values: Mapping[str, str]) -> str:
    if text in values:
        return values[text]
    for old, new in values.items():
        if len(old) >= _INSIDE and old in text:
            text = text.replace(old, new)
    return text


def _in_json(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _in_json(item, values) for name, item in value.items()}
    if isinstance(value, list):
        return [_in_json(item, values) for item in value]
    if isinstance(value, str):
        return _replaced(value, values)
    if isinstance(value, int) and not isinstance(value, bool) and str(value) in values:
        return int(values[str(value)]) if values[str(value)].lstrip("-").isdigit() else value
    return value
