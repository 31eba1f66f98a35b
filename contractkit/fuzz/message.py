"""Requests and responses as they stand on the wire: what is sent, judged, reduced, replayed and reported."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from contractkit.model.change import SOCKET

Headers = tuple[tuple[str, str], ...]

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
BOUNDARY = "contractkit-boundary"
"""Of all multipart bodies that are made here, so that the same seed gives the same bytes."""

OPENED = 101
"""The status of an answer that opens a WebSocket (RFC 6455, section 4.2.2)."""

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
"""The methods that only read (RFC 9110, section 9.2.1)."""


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"

    def __reduce__(self) -> str:
        return "ABSENT"  # one object in every process: it is told by identity


ABSENT: Any = _Absent()
"""Stands for a value that is not there, where None means JSON null."""
LEVELS = 100
"""Levels of a value that is shown, or compared place by place."""


@dataclass(frozen=True)
class Request:
    """One HTTP request, or one conversation over a WebSocket: its handshake, with what is said in it as the body.

    Attributes:
        method: the method in upper case; `WS` for a conversation, whose body `contractkit.fuzz.talk` writes.
        target: path and query, percent-encoded, as sent (RFC 9112, section 3.2.1).
        headers: header fields, without those that carry an identity's credentials.
        body: the bytes of the body, None for none.
        identity: the name of the user whose credentials go with it when it is sent; None for nobody's.
    """

    method: str
    target: str
    headers: Headers = ()
    body: bytes | None = None
    identity: str | None = None

    @property
    def path(self) -> str:
        """The path, percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The query without its question mark, percent-encoded."""
        return self.target.partition("?")[2]

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The query as decoded names and values."""
        return tuple(_pairs(self.query))

    @property
    def media_type(self) -> str:
        """The media type of the body without parameters, in lower case; empty where none is named."""
        return essence(header(self.headers, "content-type"))

    @cached_property
    def json(self) -> Any:
        """The JSON value of the body; ABSENT where there is no body, or none that is JSON."""
        if self.body is None or not (self.is_talk or is_json(self.media_type)):
            return ABSENT
        return _parsed(self.body)

    @property
    def is_talk(self) -> bool:
        """Whether it is a conversation over a WebSocket."""
        return self.method == SOCKET

    @cached_property
    def cookies(self) -> tuple[tuple[str, str], ...]:
        """The cookies that are sent (RFC 6265, section 4.2.1)."""
        rows = [row.strip().partition("=") for row in header(self.headers, "cookie").split(";")]
        return tuple((name, value) for name, mark, value in rows if mark)

    def of(self, identity: str | None) -> Request:
        """Return the same request by another user."""
        return replace(self, identity=identity)


@dataclass(frozen=True)
class Crash:
    """An exception that left the app.

    Attributes:
        kind: the name of its class.
        text: its message.
        file: the file of the innermost frame in the app's own code, relative to where it runs; empty if unknown.
        line: the line there.
        function: the function there.
    """

    kind: str
    text: str
    file: str = ""
    line: int = 0
    function: str = ""

    @property
    def place(self) -> str:
        """File and line, as editors understand them; empty if unknown."""
        return f"{self.file}:{self.line}" if self.file else ""


@dataclass(frozen=True)
class Response:
    """One HTTP response.

    Attributes:
        status: the status code; 0 where no answer came.
        headers: header fields in the order in which they came.
        body: the bytes of the body, as far as they were read.
        seconds: from the request to the end of the body.
        crash: the exception that the app raised, in process only.
        cut: whether the body was closed before its end, because it was long or without an end.
        origin: where the app raised the error that became this answer (`file:line`), where it was traced.
    """

    status: int
    headers: Headers = ()
    body: bytes = b""
    seconds: float = 0.0
    crash: Crash | None = None
    cut: bool = False
    origin: str | None = field(default=None, compare=False)

    @property
    def is_success(self) -> bool:
        """Whether the status says that all is well: 2xx, or 101 for a WebSocket that was opened."""
        return 200 <= self.status < 300 or self.status == OPENED

    @property
    def media_type(self) -> str:
        """The media type without parameters, in lower case; empty where none is named."""
        return essence(self.header("content-type"))

    @cached_property
    def json(self) -> Any:
        """The JSON value of the body; ABSENT where it is not JSON or was cut."""
        if not self.body or self.cut or not is_json(self.media_type):
            return ABSENT
        return _parsed(self.body)

    @property
    def text(self) -> str:
        """The body as text; bytes that are no UTF-8 are replaced."""
        return self.body.decode("utf-8", "replace")

    def header(self, name: str) -> str:
        """Return a header field, an empty text where it is absent; several of one name joined by commas."""
        return header(self.headers, name)


@dataclass(frozen=True)
class Exchange:
    """A request and what came back.

    Attributes:
        operation: the key of the operation that it calls; empty where it calls none of the contract's.
        request: what was sent.
        response: what came back.
    """

    operation: str
    request: Request
    response: Response


def header(headers: Iterable[tuple[str, str]], name: str) -> str:
    """Return a header field by its name, which is matched without case; empty where it is absent."""
    return ", ".join(value for key, value in headers if key.lower() == name.lower())


def essence(content_type: str) -> str:
    """Return a media type without its parameters, in lower case."""
    return content_type.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Return whether a media type is JSON (RFC 6839 for `+json`)."""
    return media_type.endswith(("/json", "+json"))


def split_url(url: str) -> tuple[str, str]:
    """Return origin and target of an absolute URL."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return f"{parts.scheme}://{parts.netloc}", target


def dumped(value: Any) -> bytes:
    """Return JSON text in UTF-8; what UTF-8 cannot hold is escaped."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


def leaves(value: Any, path: str = "") -> Iterable[tuple[str, Any]]:
    """Yield the scalars of a JSON value with a pointer to each (RFC 6901)."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from leaves(item, f"{path}/{escaped(str(name))}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, f"{path}/{index}")
    else:
        yield path, value


def escaped(token: str) -> str:
    """Return a name as one token of a JSON pointer (RFC 6901, section 3)."""
    return token.replace("~", "~0").replace("/", "~1")


def starred(pointer: str) -> str:
    """Return a JSON pointer with the indices of lists replaced by `*`: the items of a list are one place."""
    return re.sub(r"/\d+(?=/|$)", "/*", pointer)


def unescaped(token: str) -> str:
    """Return the name that a token of a JSON pointer stands for."""
    return token.replace("~1", "/").replace("~0", "~")


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return ABSENT


def _pairs(query: str) -> Iterable[tuple[str, str]]:
    for row in query.split("&"):
        if row:
            name, _, value = row.partition("=")
            yield unquote_plus(name), unquote_plus(value)


def is_deep(value: Any) -> bool:
    """Whether a value is nested deeper than `LEVELS`."""
    level = [value]
    for _ in range(LEVELS):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True
