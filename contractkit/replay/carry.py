"""Finds what requests carry on from earlier answers: identifiers, ETags, hidden fields, tokens.

A value counts as made by the app if it stood in an answer before any request held it. So what a client chose stays in
the cassette as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from contractkit.fuzz.browser import forms_of
from contractkit.fuzz.cookies import cookies_of
from contractkit.fuzz.knowledge import collection_of, is_scalar, name_of
from contractkit.fuzz.message import ABSENT, FORM, Exchange, Request, Response, leaves, unescaped
from contractkit.fuzz.operation import Operation
from contractkit.replay.cassette import Capture, Step
from contractkit.replay.marks import kind_of
from contractkit.replay.masking import Masks

_SHORTEST = 6
"""Characters of a text that is carried on outside of a path; shorter ones are alike by chance."""
_MAX_LEAVES = 2_000
_REFUSED = 400
_WORDS = re.compile(r"(\s+|=|;)")
_NAME = re.compile(r"\{\{([a-z0-9_.]+)\}\}", re.IGNORECASE)


def cassette_steps(exchanges: Iterable[Exchange], operations: Mapping[str, Operation], masks: Masks) -> list[Step]:
    """Return the steps that play exchanges again: masked, and what they carry on named.

    Args:
        exchanges: requests and answers in their order.
        operations: the operations of the contract by their keys.
        masks: what must not be written.
    """
    carrier = _Carrier(operations, masks)
    for exchange in exchanges:
        carrier.add(exchange)
    return carrier.steps


class _Carrier:
    def __init__(self, operations: Mapping[str, Operation], masks: Masks) -> None:
        self.steps: list[Step] = []
        self._operations = operations
        self._masks = masks
        self._made: dict[str | int, tuple[int, str, str]] = {}
        """What the app made: the step, the place, what it may be called."""
        self._named: dict[str | int, str] = {}
        self._used: set[str] = set()
        self._sent: set[str | int] = set()

    def add(self, exchange: Exchange) -> None:
        request = exchange.request
        operation = self._operations.get(exchange.operation)
        self.steps.append(self._step(operation, exchange))
        self._sent.update(_values(request))
        index = len(self.steps) - 1
        if exchange.response.status >= _REFUSED:
            return  # what it says of a request is nothing that later ones can be built on
        for place, name, value in places(exchange):
            if value not in self._sent and value not in self._made:
                self._made[value] = (index, place, name if name != "id" else _singular(operation, name))

    def _step(self, operation: Operation | None, exchange: Exchange) -> Step:
        request, masks = exchange.request, self._masks
        step = Step(
            operation=exchange.operation,
            user=request.identity,
            method=request.method,
            target=masks.query(self._target(operation, request)),
            headers=tuple(
                masks.headers(((name, self._header(value)) for name, value in request.headers), _cookies(operation))
            ),
        )
        if request.json is not ABSENT:
            return replace(step, json=masks.request(self._json(request.json)))
        if request.body is None:
            return step
        try:
            text = request.body.decode()
        except UnicodeDecodeError:
            return replace(step, data=request.body)
        if request.media_type == FORM and parse_qsl(text, keep_blank_values=True):
            for _, value in parse_qsl(text, keep_blank_values=True):
                if len(value) >= _SHORTEST and (name := self._name(value)):
                    text = text.replace(quote(value, safe=""), f"{{{{{name}}}}}").replace(value, f"{{{{{name}}}}}")
            return replace(step, text=masks.form(text))
        return replace(step, text=masks.text(text))

    def _target(self, operation: Operation | None, request: Request) -> str:
        parameters = {spec.index for spec in operation.path_parameters} if operation is not None else set()
        segments = request.path.split("/")
        for index, segment in enumerate(segments):
            value: str | int = unquote(segment)
            name = self._name(value) if len(str(value)) >= _SHORTEST or index - 1 in parameters else None
            if name is None and index - 1 in parameters and str(value).isdigit():
                name = self._name(int(value))
            if name is not None:
                segments[index] = f"{{{{{name}}}}}"
        rows = request.query.split("&") if request.query else []
        for number, row in enumerate(rows):
            key, _, text = row.partition("=")
            if len(text) >= _SHORTEST and (name := self._name(unquote(text))):
                rows[number] = f"{key}={{{{{name}}}}}"
        return "/".join(segments) + ("?" + "&".join(rows) if rows else "")

    def _header(self, value: str) -> str:
        """Return a header field, the words that the app made named: a token, an ETag, the value of a cookie."""
        parts = _WORDS.split(value)
        for words in ([value], parts):
            for index, word in enumerate(words):
                if len(word) >= _SHORTEST and (name := self._name(word)):
                    words[index] = f"{{{{{name}}}}}"
            if (found := "".join(words)) != value:
                return found
        return value

    def _json(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: self._json(item, str(key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self._json(item, name) for item in value]
        fits = isinstance(value, str) and len(value) >= _SHORTEST
        fits = fits or (is_scalar(value) and name.lower().endswith("id"))
        found = self._name(value) if fits else None
        return value if found is None else f"{{{{{found}}}}}"

    def _name(self, value: str | int) -> str | None:
        """Return what a value is carried on as; None for what the app did not make."""
        if value in self._named:
            return self._named[value]
        if value not in self._made:
            return None
        index, place, wish = self._made[value]
        stem = re.sub(r"\W+", "_", wish).strip("_").lower() or "value"
        name, count = stem, 1
        while name in self._used:
            count += 1
            name = f"{stem}_{count}"
        self._used.add(name)
        self._named[value] = name
        capture = Capture(name, place, kind_of(value))
        self.steps[index] = replace(self.steps[index], captures=(*self.steps[index].captures, capture))
        return name


def _singular(operation: Operation | None, name: str) -> str:
    if operation is None:
        return name
    last = collection_of(operation.template).rpartition("/")[2]
    last = last[:-3] + "y" if last.endswith("ies") else last.removesuffix("s")
    return f"{last}_{name}"


def _cookies(operation: Operation | None) -> frozenset[str]:
    """Return the names of the cookies that the contract has as parameters."""
    return frozenset(one.name for one in operation.parameters if one.where == "cookie") if operation else frozenset()


def _values(request: Request) -> Iterator[str | int]:
    yield from (unquote(segment) for segment in request.path.split("/"))
    yield from (value for _, value in request.pairs)
    for _, value in request.headers:
        yield from (value, *_WORDS.split(value))
    if request.json is not ABSENT:
        yield from (value for _, value in leaves(request.json) if is_scalar(value))
    elif request.media_type == FORM and request.body is not None:
        yield from (value for _, value in parse_qsl(request.body.decode("latin-1"), keep_blank_values=True))


def places(exchange: Exchange) -> Iterator[tuple[str, str, str | int]]:
    """Yield the values of an answer that may be carried on: the place (see `Capture`), a name, the value."""
    response = exchange.response
    if response.json is not ABSENT:
        for count, (pointer, value) in enumerate(leaves(response.json)):
            if count >= _MAX_LEAVES:
                break
            if is_scalar(value):
                yield f"body{pointer}", name_of(pointer), value
    if tag := response.header("etag"):
        yield "header/etag", "etag", tag
    if location := response.header("location"):
        yield "header/location#last", "location", _last(location)
        yield "header/location", "location", location
    for name, cookie in cookies_of(response).items():
        if cookie:
            yield f"cookie/{name}", name, cookie
    for form in forms_of(exchange):
        for name, value in form.hidden.items():
            yield f"form/{name}", name, value


def captured(capture: Capture, exchange: Exchange) -> str | int | None:
    """Return what an answer has at the place of a capture; None where it has nothing there."""
    response = exchange.response
    kind, _, rest = capture.place.partition("/")
    if kind == "header":
        name, mark, _ = rest.partition("#")
        value = response.header(name)
        return (_last(value) if mark else value) or None
    if kind == "cookie":
        return cookies_of(response).get(rest)
    if kind == "form":
        return next((form.hidden[rest] for form in forms_of(exchange) if rest in form.hidden), None)
    return _in_body(response, capture.place.removeprefix("body"))


def _in_body(response: Response, pointer: str) -> str | int | None:
    value = response.json
    for token in pointer.split("/")[1:]:
        name = unescaped(token)
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    found: str | int | None = value if is_scalar(value) else None
    return found


def _last(location: str) -> str:
    return unquote(urlsplit(location).path.rstrip("/").rpartition("/")[2])


def names_in(text: str) -> Iterator[str]:
    """Yield the names of what a text of a request carries on."""
    yield from _NAME.findall(text)


def filled(text: str, values: Mapping[str, str | int], *, encoded: bool = False) -> str:
    """Return a text of a request with the values that it carries on.

    Args:
        text: the text.
        values: by name.
        encoded: whether they are percent-encoded in it.
    """
    if "{{" not in text:
        return text

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name not in values:
            return match[0]
        return quote(str(values[name]), safe="") if encoded else str(values[name])

    return _NAME.sub(value, text)


def filled_json(value: Any, values: Mapping[str, str | int]) -> Any:
    """Return a JSON value of a request with the values that it carries on, of their own types."""
    if isinstance(value, dict):
        return {key: filled_json(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [filled_json(item, values) for item in value]
    if isinstance(value, str) and "{{" in value:
        match = _NAME.fullmatch(value)
        return values.get(match[1], value) if match else filled(value, values)
    return value
