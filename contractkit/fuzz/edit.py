"""Changes one part of a request and leaves the rest as it is."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import quote, quote_plus

from contractkit.fuzz.message import ABSENT, Request, dumped, leaves, unescaped

_UNRESERVED = "-._~"
"""What stands in a path segment as it is, beside letters and digits (RFC 3986, section 2.3)."""


def with_query(request: Request, name: str, *values: str) -> Request:
    """Return the request with a query parameter set to these values, none to leave it out; others keep their place."""
    rows: list[tuple[str, str]] = []
    written = False
    for key, value in request.pairs:
        if key != name:
            rows.append((key, value))
        elif not written:
            rows += [(name, one) for one in values]
            written = True
    if not written:
        rows += [(name, one) for one in values]
    return with_pairs(request, rows)


def with_pairs(request: Request, pairs: Iterable[tuple[str, str]]) -> Request:
    """Return the request with another query."""
    query = "&".join(f"{quoted_query(name)}={quoted_query(value)}" for name, value in pairs)
    return replace(request, target=request.path + (f"?{query}" if query else ""))


def with_header(request: Request, name: str, value: str | None) -> Request:
    """Return the request with a header field set, or without it for None."""
    rest = tuple((key, old) for key, old in request.headers if key.lower() != name.lower())
    return replace(request, headers=rest if value is None else (*rest, (name, value)))


def with_cookie(request: Request, name: str, value: str | None) -> Request:
    """Return the request with a cookie set, or without it for None."""
    rows = [(key, old) for key, old in request.cookies if key != name]
    if value is not None:
        rows.append((name, value))
    return with_header(request, "Cookie", "; ".join(f"{key}={one}" for key, one in rows) or None)


def with_segment(request: Request, index: int, text: str) -> Request:
    """Return the request with one segment of its path set; they are counted from 0 after the first slash."""
    segments = request.path.split("/")[1:]
    if index >= len(segments):
        return request
    segments[index] = quoted_segment(text)
    query = f"?{request.query}" if request.query else ""
    return replace(request, target="/" + "/".join(segments) + query)


def with_body(request: Request, value: Any) -> Request:
    """Return the request with another JSON body."""
    return replace(request, body=dumped(value))


def with_json(request: Request, pointer: str, value: Any) -> Request:
    """Return the request with one part of its JSON body set, or taken out for ABSENT; as it is where nothing is there.

    Args:
        request: a request with a JSON body.
        pointer: the place (RFC 6901); its parent must exist.
        value: the new value.
    """
    if request.json is ABSENT:
        return request
    if not pointer:
        return request if value is ABSENT else with_body(request, value)
    body = copy.deepcopy(request.json)
    *way, last = [unescaped(token) for token in pointer.split("/")[1:]]
    holder: Any = body
    try:
        for token in way:
            holder = holder[int(token)] if isinstance(holder, list) else holder[token]
        if isinstance(holder, list):
            index = int(last)
            if value is ABSENT:
                del holder[index]
            elif index == len(holder):
                holder.append(value)
            else:
                holder[index] = value
        elif isinstance(holder, dict):
            if value is ABSENT:
                del holder[last]
            else:
                holder[last] = value
        else:
            return request
    except (KeyError, IndexError, ValueError, TypeError):
        return request
    return with_body(request, body)


def with_twins(request: Request, pointer: str, value: Any) -> Request | None:
    """Return the request with a value in all places of its JSON body that hold the same text as one place does.

    A password is often sent twice. None where no other place holds the same.

    Args:
        request: the request.
        pointer: the place.
        value: the new value of all of them.
    """
    held = {} if request.json is ABSENT else dict(leaves(request.json))
    text = held.get(pointer)
    places = [one for one, other in held.items() if other == text]
    if not isinstance(text, str) or not text or len(places) < 2:
        return None
    for place in places:
        request = with_json(request, place, value)
    return request


def quoted_query(text: str) -> str:
    """Return text as it stands in a query."""
    return quote_plus(text.encode("utf-8", "surrogatepass"), safe=_UNRESERVED)


def quoted_segment(text: str) -> str:
    """Return text as one segment of a path; `.` and `..` are escaped, which would be taken for steps."""
    quoted = quote(text.encode("utf-8", "surrogatepass"), safe=_UNRESERVED + ":@!$&'()*+,;=")
    return quoted.replace(".", "%2E") if quoted in (".", "..") else quoted
