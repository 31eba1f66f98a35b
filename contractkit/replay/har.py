"""Reads recorded traffic: HAR files (HTTP Archive 1.2) as browsers and proxies write them, or one entry of it a line.

Of a file only the requests and answers are taken; those to other hosts than most of them call are left out.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from contractkit.fuzz.message import FORM, Exchange, Request, Response, split_url
from contractkit.model.errors import InputError

_MEND = "save it as HAR (HTTP Archive 1.2), or as .ndjson with one of its entries a line"
_TRANSPORT = frozenset(
    {"host", "accept-encoding", "connection", "user-agent", "content-length", "transfer-encoding", "content-encoding"}
)


def read_traffic(file: Path, subject: str) -> list[Exchange]:
    """Return the exchanges in a file, in their order.

    Args:
        file: a HAR file; or, where its name ends in `.ndjson`, entries of one, each on a line.
        subject: what it is called in errors.

    Raises:
        InputError: it cannot be read, or is no such file; the error names the entry.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError(subject, "no such file", _MEND) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(subject, f"cannot be read ({error})", _MEND) from None
    rows = [*_lines(text, subject)] if file.suffix == ".ndjson" else _entries(text, subject)
    found: list[tuple[str, Exchange]] = []
    for number, row in enumerate(rows, 1):
        try:
            found.append(_exchange(row))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            what = f"{type(error).__name__}: {error}"
            raise InputError(subject, f"entry {number} cannot be read ({what})", _MEND) from None
    origins = Counter(origin for origin, _ in found)
    chosen = origins.most_common(1)[0][0] if origins else ""
    return [exchange for origin, exchange in found if origin == chosen]


def _entries(text: str, subject: str) -> list[Any]:
    try:
        value = json.loads(text)
        entries = value["log"]["entries"]
    except ValueError as error:
        raise InputError(subject, f"not JSON: {error}", _MEND) from None
    except (KeyError, TypeError):
        raise InputError(subject, "is no HAR file: it has no `log.entries`", _MEND) from None
    if not isinstance(entries, list):
        raise InputError(subject, "is no HAR file: `log.entries` is no list", _MEND)
    return entries


def _lines(text: str, subject: str) -> Iterator[Any]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                yield json.loads(line)
            except ValueError as error:
                raise InputError(f"{subject}:{number}", f"not JSON: {error}", _MEND) from None


def _exchange(row: Mapping[str, Any]) -> tuple[str, Exchange]:
    sent, came = row["request"], row["response"]
    url = str(sent["url"])
    origin, target = split_url(url) if urlsplit(url).scheme else ("", url)
    headers = tuple(_headers(sent))
    posted = sent.get("postData") or {}
    body = _posted(posted)
    if body is not None and posted.get("mimeType") and not any(name.lower() == "content-type" for name, _ in headers):
        headers = (*headers, ("Content-Type", str(posted["mimeType"])))
    content = came.get("content") or {}
    text = str(content.get("text") or "")
    answer = base64.b64decode(text) if content.get("encoding") == "base64" else text.encode()
    fields = tuple(_headers(came))
    if content.get("mimeType") and not any(name.lower() == "content-type" for name, _ in fields):
        fields = (*fields, ("content-type", str(content["mimeType"])))
    request = Request(str(sent["method"]).upper(), target, headers, body)
    return origin, Exchange("", request, Response(int(came["status"]), fields, answer))


def _posted(posted: Mapping[str, Any]) -> bytes | None:
    if posted.get("text"):
        return str(posted["text"]).encode()
    if posted.get("params") and str(posted.get("mimeType", "")).startswith(FORM):
        from urllib.parse import urlencode

        return urlencode([(str(one["name"]), str(one.get("value", ""))) for one in posted["params"]]).encode()
    return None


def _headers(message: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for one in message.get("headers") or ():
        name = str(one["name"])
        if not name.startswith(":") and name.lower() not in _TRANSPORT:  # those of HTTP/2 are no fields (RFC 9113, 8.3)
            yield name, str(one["value"])
