"""Makes a request smaller as long as it still shows what it shows."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from contractkit.fuzz.edit import with_cookie, with_header, with_json, with_pairs
from contractkit.fuzz.message import ABSENT, Request, escaped

_CUTS = 8
"""Pieces of one size that are cut out of a body."""
_KEPT_HEADERS = frozenset({"content-type", "cookie"})


def reduced(
    request: Request,
    shows: Callable[[Request], bool],
    *,
    limit: int = 60,
    whole: Callable[[str], bool] = lambda _: False,
) -> Request:
    """Return the smallest request found that still shows it.

    Args:
        request: a request that shows it.
        shows: sends a candidate and tells.
        limit: how many candidates to send at most.
        whole: says of a text that it is not to be cut: what is left of a secret is not known for one.
    """
    left = limit
    known = {request}
    progress = True
    while progress and left > 0:
        progress = False
        for candidate in _simpler(request, whole):
            if candidate in known or candidate == request:
                continue
            known.add(candidate)
            if left == 0:
                break
            left -= 1
            if shows(candidate):
                request, progress = candidate, True
                break
    return request


def _simpler(request: Request, whole: Callable[[str], bool]) -> Iterator[Request]:
    """Yield simpler requests, the boldest cut first."""
    if len(request.pairs) > 1:
        yield with_pairs(request, ())
    for index in range(len(request.pairs)):
        yield with_pairs(request, request.pairs[:index] + request.pairs[index + 1 :])
    for name, _ in request.headers:
        if name.lower() not in _KEPT_HEADERS:
            yield with_header(request, name, None)
    for name, _ in request.cookies:
        yield with_cookie(request, name, None)
    if request.body is not None and request.json is ABSENT:
        yield replace(with_header(request, "content-type", None), body=None)
        if not whole(request.body.decode("utf-8", "replace")):
            yield from (replace(request, body=body) for body in _fewer(request.body))
    if request.json is not ABSENT:
        yield from (with_json(request, pointer, value) for pointer, value in _cuts(request.json, "", whole))
    for index, (name, text) in enumerate(request.pairs):
        for shorter in () if whole(text) else _shorter(text):
            yield with_pairs(request, [*request.pairs[:index], (name, shorter), *request.pairs[index + 1 :]])


def _cuts(value: Any, pointer: str, whole: Callable[[str], bool]) -> Iterator[tuple[str, Any]]:
    """Yield places of a JSON value with something simpler for each: ABSENT to leave it out."""
    if isinstance(value, dict):
        for name in value:
            yield f"{pointer}/{escaped(str(name))}", ABSENT
        for name, item in value.items():
            yield from _cuts(item, f"{pointer}/{escaped(str(name))}", whole)
    elif isinstance(value, list):
        if len(value) > 1:
            yield pointer, value[: len(value) // 2]
        for index in range(min(len(value), 8)):
            yield f"{pointer}/{index}", ABSENT
        for index, item in enumerate(itertools.islice(value, 8)):
            yield from _cuts(item, f"{pointer}/{index}", whole)
    elif isinstance(value, str) and not whole(value):
        yield from ((pointer, shorter) for shorter in _shorter(value))
    elif isinstance(value, int | float) and not isinstance(value, bool) and value not in (0, 1):
        yield pointer, 0
        yield pointer, 1
        if abs(value) > 10 and value == value and abs(value) != float("inf"):
            yield pointer, int(value) // 10


def _fewer(body: bytes) -> Iterator[bytes]:
    """Yield shorter bodies: a half, or all but some bytes."""
    size = len(body) // 2
    while size:
        yield from (body[:start] + body[start + size :] for start in range(0, len(body), size)[:_CUTS])
        size //= 2


def _shorter(text: str) -> Iterator[str]:
    """Yield shorter and plainer texts."""
    if not text:
        return
    yield ""
    if len(text) > 1:
        yield text[: len(text) // 2]
        yield text[len(text) // 2 :]
    plain = "".join(character if character.isascii() and character.isalnum() else "a" for character in text)
    if plain != text:
        yield plain
    if plain != "a" * len(text):
        yield "a" * len(text)
    if len(text) <= 12:
        for index in range(len(text)):
            yield text[:index] + text[index + 1 :]
