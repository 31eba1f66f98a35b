"""Answers as cassettes know them: what of the header fields and the body is kept, with what is carried on named."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from contractkit.fuzz.message import ABSENT, Response, is_deep, is_json
from contractkit.replay.cassette import BINARY, JSON, NONE, TEXT, binary_value
from contractkit.replay.marks import MASKED
from contractkit.replay.marks import TEXT as ANY_TEXT
from contractkit.replay.masking import SECRET_HEADERS, Masks

_LEFT_OUT = frozenset(
    {"connection", "content-length", "date", "keep-alive", "server", "server-timing", "transfer-encoding"}
    | {"traceparent", "tracestate", "via", "x-powered-by", "alt-svc", "age"}
    | {"upgrade", "sec-websocket-accept", "sec-websocket-extensions"}
)
"""Header fields of the connection, the server and whatever stands before it: they say nothing of the app."""
_COUNTED = re.compile(r"(x-)?ratelimit(-.*)?|x-rate-limit-.*|retry-after")
"""Header fields that count requests against time (draft-ietf-httpapi-ratelimit-headers): only that they are there."""
_MEASURED = re.compile(r"text/plain;.*\bversion=0\.0\.4|application/openmetrics-text")
"""Media types of measurements, which are others each time (Prometheus exposition formats): only that they come."""
_SHORTEST = 8
"""Characters of a value that is looked for in answers."""


@dataclass
class Answer:
    """An answer.

    Attributes:
        status: its status; 0 where none came.
        headers: header fields by name in lower case.
        form: what the body is; see `contractkit.replay.cassette`.
        body: the JSON value, the text, or what is kept of other bytes.
        masked: JSON pointers of what was masked in the body.
    """

    status: int
    headers: dict[str, Any]
    form: str
    body: Any
    masked: list[str]


def answer_of(
    response: Response, values: Mapping[str, str | int], names: Collection[str] | None, masks: Masks | None = None
) -> Answer:
    """Return an answer as a cassette knows it.

    Args:
        response: what came back.
        values: what was carried on so far, by name.
        names: the values to look for in it; None for all.
        masks: masks what must not be written; None where what was recorded says what to pass over.
    """
    known = {
        str(values[name]): f"{{{{{name}}}}}"
        for name in (values if names is None else names)
        if name in values and len(str(values[name])) >= _SHORTEST
    }
    body, form = _body(response, known)
    masked: list[str] = []
    if masks is not None:
        if form == JSON:
            body, masked = masks.answer(body)
        elif form == TEXT:
            body = masks.text(body)
    return Answer(response.status, _headers(response, known), form, body, masked)


def _body(response: Response, known: Mapping[str, str]) -> tuple[Any, str]:
    if not response.body:
        return None, NONE
    try:
        text = response.body.decode()
    except UnicodeDecodeError:
        return binary_value(response.body), BINARY
    if _MEASURED.match(response.header("content-type")):
        return ANY_TEXT, TEXT
    if is_json(response.media_type) and not response.cut:
        if not known:
            value = response.json
        else:
            value = Response(response.status, response.headers, _named(text, known).encode()).json
        if value is not ABSENT:
            # What has secrets at places that nobody looks into may not be written down.
            return (binary_value(response.body), BINARY) if is_deep(value) else (value, JSON)
    if response.media_type.startswith("text/") or text.isprintable() or "xml" in response.media_type:
        return _named(text, known), TEXT
    return binary_value(response.body), BINARY


def _headers(response: Response, known: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in response.headers:
        key = name.lower()
        if key in _LEFT_OUT:
            continue
        if key == "set-cookie":
            text = _cookie(value)
        elif _COUNTED.fullmatch(key):
            text = ANY_TEXT
        else:
            text = MASKED if key in SECRET_HEADERS else _named(value, known)
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _cookie(value: str) -> str:
    """Return a cookie that is set, its value masked (RFC 6265, section 4.1)."""
    pair, mark, attributes = value.partition(";")
    return f"{pair.partition('=')[0]}={MASKED}{mark}{attributes}"


def _named(text: str, known: Mapping[str, str]) -> str:
    for value, name in known.items():
        if value in text:
            text = text.replace(value, name)
    return text
