"""The place of a finding in a document: operation and location become a JSON pointer (RFC 6901).

What is not there (it was removed, or a location names something that no text holds) is found as the nearest thing
around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeGuard

from contractkit.model.records import NamedTuple
from contractkit.openapi.endpoint import erased
from contractkit.openapi.part import escape, unescape

_STEP = re.compile(r'\[[^\]]*\]|"[^"]*"(?=[.\[]|$)|[^.\[]+')
_OF_A_SOCKET = ("receive", "send", "refusals", "closeCodes")
_COMBINED = ("allOf", "anyOf", "oneOf")
_PLACES = ("path", "query", "header", "cookie", "querystring")
_MOST_REFS = 30


class Located(NamedTuple):
    """A place in a document.

    Attributes:
        pointer: the JSON pointer of the nearest thing that is there.
        value: what stands there.
        target: where the `$ref`s there lead; the pointer itself where there are none.
        meant: what stands at the target.
        exact: whether all of the location was found.
    """

    pointer: str
    value: Any
    target: str
    meant: Any
    exact: bool


class Locator:
    """Finds many places of one document: looking for the operation each time would take the square of their number.

    Args:
        document: an OpenAPI document, which stays as it is.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._root = _Root(document)
        self._written: dict[str, dict[str, list[str]]] = {}
        self._operations: dict[str, tuple[_Cursor, _Cursor] | None] = {}

    def find(self, operation: str, location: str) -> Located:
        """Return where a finding's location stands.

        Args:
            operation: the operation's key (`GET /orders/{}`), empty for the whole document.
            location: the place inside it (`body.items[].qty`, `query.limit`, `200.header.ETag`).
        """
        here = _Cursor(self._root, self._root.document, "")
        if operation not in self._operations:
            self._operations[operation] = self._operation(here, operation) if operation else None
        found = self._operations[operation]
        if found is None:
            return here.end(exact=not operation and not location)
        return _inside(*found, location)

    def nearest(self, steps: Iterable[str]) -> Located:
        """Return where some names lead to from the whole document, as far as they lead."""
        here = _Cursor(self._root, self._root.document, "")
        for step in steps:
            below = here.step(int(step) if step.isdecimal() and isinstance(here.followed().value, list) else step)
            if below is None:
                return here.end(exact=False)
            here = below
        return here.end(exact=True)

    def _operation(self, root: _Cursor, key: str) -> tuple[_Cursor, _Cursor] | None:
        """Return the path item and the operation of a key; for a callback, the operation that it belongs to."""
        section, key = "paths", key.partition(" callback ")[0]
        if key.startswith("webhook "):
            section, key = "webhooks", key.removeprefix("webhook ")
        holder = root.step(section)
        method, _, path = key.partition(" ")
        if " " not in key or holder is None:
            return None
        if section not in self._written:
            self._written[section] = _by_path(holder.names())
        for written in self._written[section].get(path, ()):
            item = holder.step(written)
            found = _method(item, method) if item is not None else None
            if item is not None and found is not None:
                return item, found
        return None


def _method(item: _Cursor, method: str) -> _Cursor | None:
    others = item.step("additionalOperations")
    return item.step(method.lower()) or (others.step(method) if others is not None else None)


def _by_path(names: list[str]) -> dict[str, list[str]]:
    """Return the paths as they are written, by themselves and by what they are without the names of parameters."""
    written: dict[str, list[str]] = {}
    for name in names:
        for path in dict.fromkeys((name, erased(name))):
            written.setdefault(path, []).append(name)
    return written


def _inside(item: _Cursor, here: _Cursor, location: str) -> Located:
    """Return where a location inside an operation stands, which is part of a path item."""
    steps = _steps(location)
    if not steps:
        return here.end(exact=True)
    if steps[0] in _PLACES and len(steps) > 1:
        return _parameter(item, here, steps[0], location.partition(".")[2])
    if steps[0] == "body":
        return _body(here.step("requestBody"), here, steps[1:])
    if steps[0] in _OF_A_SOCKET and steps[0] in here.names():
        return _of_a_socket(here, steps)
    responses = here.step("responses")
    response = responses.step(steps[0]) if responses is not None else None
    if response is None:
        return (responses or here).end(exact=False)
    if steps[1:2] == ["header"]:
        headers = response.step("headers")
        wanted = location.split(".", 2)[2].lower()
        for name in headers.names() if headers is not None else ():
            if headers is not None and name.lower() == wanted and (header := headers.step(name)) is not None:
                return header.end(exact=True)
        return response.end(exact=False)
    return _body(response, response, steps[2:]) if steps[1:2] == ["body"] else response.end(exact=len(steps) == 1)


def _steps(location: str) -> list[str]:
    return [one.strip('"') if len(one) > 1 else one for one in _STEP.findall(location)]


class _Root:
    """The document, and the steps through its schemas that were taken before: locations begin alike."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.below: dict[tuple[str, str], _Cursor | None] = {}
        self.combined: dict[str, list[_Cursor]] = {}
        self.parameters: dict[str, dict[tuple[str, str], tuple[int, _Cursor]]] = {}


class _Cursor(NamedTuple):
    root: _Root
    value: Any
    pointer: str

    def end(self, *, exact: bool) -> Located:
        meant = self.followed()
        return Located(self.pointer, self.value, meant.pointer, meant.value, exact)

    def names(self) -> list[str]:
        value = self.followed().value
        return [str(name) for name in value] if isinstance(value, Mapping) else []

    def items(self) -> list[_Cursor]:
        value = self.followed().value
        steps = (self.step(index) for index in range(len(value) if isinstance(value, list) else 0))
        return [one for one in steps if one is not None]

    def step(self, name: str | int) -> _Cursor | None:
        """Go to a field or an item of what this is or refers to; None where there is none."""
        here = self.followed()
        is_there = False
        if _has_names(here.value):
            is_there = name in here.value
        elif isinstance(here.value, list) and isinstance(name, int):
            is_there = name < len(here.value)
        if not is_there:
            return None
        value: Any = here.value[name]
        return _Cursor(self.root, value, f"{here.pointer}/{escape(str(name))}")

    def followed(self) -> _Cursor:
        here = self
        for _ in range(_MOST_REFS):
            ref = here.value.get("$ref") if _has_names(here.value) else None
            if not isinstance(ref, str) or not ref.startswith("#/"):
                return here
            value: Any = self.root.document
            for token in ref[2:].split("/"):
                value = value.get(unescape(token)) if isinstance(value, Mapping) else None
            if value is None:
                return here
            here = _Cursor(self.root, value, ref[1:])
        return here

    def combined(self) -> Iterator[_Cursor]:
        """Yield the schema and those that it is combined of, nearest first."""
        first = self.followed()
        yield first
        if first.pointer not in self.root.combined:
            self.root.combined[first.pointer] = first._parts()
        yield from self.root.combined[first.pointer]

    def _parts(self) -> list[_Cursor]:
        found, seen = [self], {self.pointer}
        for one in found:  # it grows on the way
            for keyword in _COMBINED:
                branches = one.step(keyword)
                for branch in branches.items() if branches is not None else ():
                    part = branch.followed()
                    if part.pointer not in seen:
                        seen.add(part.pointer)
                        found.append(part)
        return found[1:]


def _has_names(value: Any) -> TypeGuard[Mapping[str, Any]]:
    # Nearly all are: asking for any kind of mapping takes five times as long.
    return type(value) is dict or isinstance(value, Mapping)


def _parameter(item: _Cursor, operation: _Cursor, where: str, name: str) -> Located:
    ends = [index for index, letter in enumerate(name) if letter in ".["] + [len(name)]
    for holder in (operation, item):
        known = _parameters(holder)
        rows = ((known.get((where, _key(where, name[:end]))), name[end:]) for end in ends)
        found = [(*row, rest) for row, rest in rows if row is not None]
        if found:
            _, parameter, rest = min(found, key=lambda row: row[0])
            return _schema(parameter.step("schema") or parameter, _steps(rest)) if rest else parameter.end(exact=True)
    return operation.end(exact=False)


def _parameters(holder: _Cursor) -> dict[tuple[str, str], tuple[int, _Cursor]]:
    """Return the parameters of an operation or a path item by place and name (see `_key`)."""
    known = holder.root.parameters.get(holder.pointer)
    if known is None:
        known = holder.root.parameters[holder.pointer] = {}
        listed = holder.step("parameters")
        for index, one in enumerate(listed.items() if listed is not None else ()):
            fields = one.followed().value
            if isinstance(fields, Mapping):
                where, name = str(fields.get("in")), str(fields.get("name"))
                known.setdefault((where, _key(where, name)), (index, one))
    return known


def _key(where: str, name: str) -> str:
    """Return a parameter's name in the spelling that tells it from others: those of headers know no case."""
    return name.lower() if where == "header" else name


def _body(holder: _Cursor | None, around: _Cursor, steps: list[str]) -> Located:
    """Go into the schema of a request body or a response: of its media types, the one that holds most of the steps."""
    if holder is None:
        return around.end(exact=False)
    if not steps:
        return holder.end(exact=True)
    content = holder.step("content")
    best = holder.end(exact=False)
    for name in content.names() if content is not None else ():
        media = content.step(name) if content is not None else None
        schema = media.step("schema") if media is not None else None
        if schema is None:
            continue
        found = _schema(schema, steps)
        if found.exact:
            return found
        if best.pointer == holder.pointer:
            best = found
    return best


def _of_a_socket(channel: _Cursor, steps: list[str]) -> Located:
    """Return where a message of a channel, or what is in one, stands, or a close code or refusal."""
    holder = channel.step(steps[0])
    rows = holder.step("messages") if holder is not None and steps[0] in ("receive", "send") else holder
    if holder is None or rows is None:
        return channel.end(exact=False)
    message = rows.step(steps[1]) if len(steps) > 1 else None
    if message is None:
        return rows.end(exact=len(steps) == 1)
    payload = message.step("payload")
    return message.end(exact=len(steps) == 2) if payload is None or len(steps) == 2 else _schema(payload, steps[2:])


def _schema(schema: _Cursor, steps: list[str]) -> Located:
    here, known = schema, schema.root.below
    for step in steps:
        key = here.pointer, step
        if key not in known:
            known[key] = next((one for part in here.combined() if (one := _below(part, step)) is not None), None)
        below = known[key]
        if below is None:
            return here.end(exact=False)
        here = below
    return here.end(exact=True)


def _below(schema: _Cursor, step: str) -> _Cursor | None:
    if step.startswith("["):
        if step[1:-1].isdecimal() and (prefix := schema.step("prefixItems")) is not None:
            return prefix.step(int(step[1:-1]))
        return schema.step("items")
    properties = schema.step("properties")
    below = properties.step(step) if properties is not None else None
    if below is None and step == "*":
        return schema.step("additionalProperties")
    return below
