"""A request witness as a `curl` line that can be pasted into a shell.

Credentials stand in it as shell variables (`$TOKEN`, `$USER` and `$PASSWORD`, `$API_KEY`) for the reader to set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from contractkit.model.change import SOCKET, Credential, Witness
from contractkit.model.contract import Contract
from contractkit.report.jsontext import line_of

if TYPE_CHECKING:
    from contractkit.model.fuzz import FuzzVerdict

DEFAULT_SERVER = "http://127.0.0.1:8000"


def server_url(contract: Contract) -> str:
    """Return the address that requests to this contract's API are shown with, without a slash at its end.

    The first of `servers` where it is absolute, with its variables set to their defaults (OpenAPI 3.1, 4.8.5); a
    relative one stands below `http://127.0.0.1:8000`, and one that is no URL counts as none.
    """
    from urllib.parse import quote, urlsplit

    servers = contract.document.get("servers")
    first = servers[0] if isinstance(servers, list) and servers else None
    if not isinstance(first, Mapping) or not isinstance(url := first.get("url"), str):
        return DEFAULT_SERVER
    variables = first.get("variables")
    if isinstance(variables, Mapping):
        for name, variable in variables.items():
            if isinstance(variable, Mapping) and isinstance(default := variable.get("default"), str):
                url = url.replace("{" + str(name) + "}", default)
    url = quote(url, safe="%/:@?&=+$,;!~*'()#[]", errors="replace").rstrip("/")
    try:
        scheme = urlsplit(url).scheme
    except ValueError:  # the brackets of an IPv6 address that is none
        return DEFAULT_SERVER
    if scheme in ("http", "https"):
        return url
    return DEFAULT_SERVER + ("" if not url or url.startswith("/") else "/") + url


def server_of(target: str, verdict: FuzzVerdict) -> str:
    """Return the address that curl lines are written for; their paths are whole, so its own path is left out.

    Args:
        target: what was called.
        verdict: what came of it.
    """
    from urllib.parse import urlsplit

    parts = urlsplit(target if "://" in target else server_url(verdict.contract.contract))
    return f"{parts.scheme}://{parts.netloc}"


def curl_line(witness: Witness, server: str, raw: bytes | None = None) -> str | None:
    """Return the request as one line for a POSIX shell, or None where no shell can send it.

    Args:
        witness: a request; its `url` is relative to the server.
        server: the server's address, as `server_url` gives it.
        raw: the body, where it is to be sent as these bytes whatever its media type is.
    """
    if witness.method in (None, SOCKET) or witness.url is None or not witness.url.startswith("/"):
        return None  # a webhook's or callback's address is the receiver's, and curl sends no messages
    url = server + witness.url
    words = ["curl"]
    if any(character in url for character in "[]{}"):
        words.append("--globoff")
    if witness.method == "HEAD":
        words.append("--head")
    elif witness.method != "GET" or witness.has_body:
        words += ["-X", witness.method]
    media_type = _media_type(witness.headers)
    # curl writes the type of a form in parts itself, with the boundary.
    in_parts = raw is None and isinstance(witness.body, Mapping) and media_type == "multipart/form-data"
    if in_parts and any(not name or "=" in name for name in witness.body):
        return None  # curl ends the name at the first one
    left_out = {"cookie", "content-type"} if in_parts else {"cookie"}
    headers = [
        f"{name}: {value}" if value else f"{name};"
        for name, value in witness.headers.items()
        if name.lower() not in left_out
    ]
    cookies = next((value for name, value in witness.headers.items() if name.lower() == "cookie"), "")
    if raw is not None and len(raw) > MOST_BYTES:
        return None
    feed, body = "", [] if raw is not None or not witness.has_body else _body_words(witness, media_type)
    if raw is not None:
        feed, body = _raw_words(raw)
        if all(name.lower() != "content-type" for name in witness.headers):
            headers.append("Content-Type:")  # or curl would call it a form
    if any(not word.isprintable() for word in (*words, url, *headers, cookies)) or any("\0" in word for word in body):
        return None  # a line break or NUL would end the header, or the argument
    shown = _Credentials(witness)
    line = [*map(_quoted, words), _expanded([url, *shown.query(url)])]
    line += [word for header in headers for word in ("-H", _quoted(header))]
    if cookie := shown.cookie(cookies):
        line += ["-H", _expanded(cookie)]
    text = feed + " ".join([*line, *shown.options(), *map(_quoted, body)])
    return text if len(text.encode("utf-8", "surrogatepass")) <= _MOST_LINE else None


class _Variable(str):
    """A shell variable as it is written: `$TOKEN`."""

    __slots__ = ()


class _Credentials:
    """Writes the placeholders of a request's credentials, each where its scheme wants it.

    What the witness sends under the name of a credential already is left as it is.
    """

    def __init__(self, witness: Witness) -> None:
        sent = {name.lower() for name in witness.headers}
        keys: list[Credential] = []
        self._others: list[Credential] = []
        for one in witness.credentials:
            if one.where != "certificate" and one.where != "query" and not _TOKEN.fullmatch(one.name):
                continue  # no such header or cookie can be sent
            if one.where == "header" and one.name.lower() in sent:
                continue
            (self._others if one.scheme or one.where == "certificate" else keys).append(one)
        self._keys = [
            (one, _Variable("$API_KEY" if index == 1 else f"$API_KEY_{index}")) for index, one in enumerate(keys, 1)
        ]

    def query(self, url: str) -> Iterator[str]:
        """Yield what follows the URL."""
        from urllib.parse import parse_qsl, quote, urlsplit

        asked = urlsplit(url).query
        sent = {name for name, _ in parse_qsl(asked, keep_blank_values=True)}
        mark = "&" if asked else "?"
        for one, variable in self._keys:
            if one.where == "query" and one.name not in sent:
                yield f"{mark}{quote(one.name, safe='', errors='replace')}="
                yield variable
                mark = "&"

    def cookie(self, cookies: str) -> list[str]:
        """Return the parts of the header `Cookie`: what the witness sends, then placeholders; none for no header."""
        sent = {pair.partition("=")[0].strip() for pair in cookies.split(";")}
        parts = [cookies] if cookies else []
        for one, variable in self._keys:
            if one.where == "cookie" and one.name not in sent:
                parts += [f"{'; ' if parts else ''}{one.name}=", variable]
        return ["Cookie: ", *parts] if parts else []

    def options(self) -> Iterator[str]:
        """Yield the words for what stands in headers of its own, and for a certificate."""
        for one in self._others:
            if one.where == "certificate":
                yield from ("--cert", _expanded([_Variable("$CERTIFICATE")]))
                yield from ("--key", _expanded([_Variable("$CERTIFICATE_KEY")]))
            elif one.scheme in ("basic", "digest"):
                yield from ("--digest",) if one.scheme == "digest" else ()
                yield from ("-u", _expanded([_Variable("$USER"), ":", _Variable("$PASSWORD")]))
            elif _TOKEN.fullmatch(one.scheme):
                yield from ("-H", _expanded([f"{one.name}: {one.scheme.capitalize()} ", _Variable("$TOKEN")]))
        for one, variable in self._keys:
            if one.where == "header":
                yield from ("-H", _expanded([f"{one.name}: ", variable]))


_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A name of a header or cookie (RFC 9110, 5.6.2)."""
MOST_BYTES = 4_000
"""Of a body that is sent as it is: a longer line is for no person."""
_MOST_LINE = 131_071
"""Bytes of a whole line: Linux takes no longer argument (execve(2), MAX_ARG_STRLEN), and only so many of them."""
_DASH = ord("-")
"""What begins with it is an option to `printf`."""
_PRINTF = {ord("%"): "%%", ord("\\"): "\\\\", ord("'"): "\\047"}
"""What the format of the shell's `printf` reads as something else, or its quotes (POSIX.1-2024, printf)."""
_ACTIVE = re.compile(r'[$`"\\!]')
"""What a shell reads inside double quotes too (`!` where it keeps a history)."""


def _quoted(word: str) -> str:
    import shlex

    return shlex.quote(word)


def _expanded(parts: list[str]) -> str:
    """Return one shell word in which the variables are expanded, and nothing else is."""
    import itertools

    runs = [(kind, "".join(run)) for kind, run in itertools.groupby(parts, key=type)]
    if all(kind is str for kind, _ in runs):
        return _quoted("".join(parts))
    if any(kind is str and _ACTIVE.search(run) for kind, run in runs):
        return "".join(_quoted(run) if kind is str else f'"{run}"' for kind, run in runs)
    return f'"{"".join(parts)}"'


def _media_type(headers: Mapping[str, str]) -> str:
    for name, value in headers.items():
        if name.lower() == "content-type":
            return value.partition(";")[0].strip().lower()
    return "application/json"


def _body_words(witness: Witness, media_type: str) -> list[str]:
    body = witness.body
    if isinstance(body, Mapping) and media_type == "application/x-www-form-urlencoded":
        from urllib.parse import urlencode

        return ["--data-raw", urlencode(_fields(body), errors="replace")]
    if isinstance(body, Mapping) and media_type == "multipart/form-data":
        return [word for name, text in _fields(body) for word in _part_words(name, text, name in witness.files)]
    if isinstance(body, str) and not _is_json(media_type):
        return ["--data-raw", body]
    return ["--data-raw", _json(body)]


def _part_words(name: str, text: str, is_file: bool) -> tuple[str, str]:
    """Return curl's words for a part of a form; a part is a file to servers where it has the name of one."""
    if not is_file:
        return "--form-string", f"{name}={text}"
    if not _TOKEN.fullmatch(text):
        text = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "-F", f"{name}={text};filename=witness;type=application/octet-stream"


def _raw_words(raw: bytes) -> tuple[str, list[str]]:
    """Return what feeds these bytes to curl (nothing where they are plain text), and curl's words for them."""
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError:
        text = ""
    if text.isprintable() and (text or not raw):
        return "", ["--data-raw", text]
    written = "".join(
        _PRINTF.get(byte) or (chr(byte) if 0x20 <= byte < 0x7F and (index or byte != _DASH) else f"\\{byte:03o}")
        for index, byte in enumerate(raw)
    )
    return f"printf '{written}' | ", ["--data-binary", "@-"]


def _fields(body: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return the fields of a form: a list as repeated fields, an object as JSON (OpenAPI 3.1, 4.8.15)."""
    return [
        (name, value if isinstance(value, str) else _json(value))
        for name, given in body.items()
        for value in (given if isinstance(given, list) else [given])
    ]


def _is_json(media_type: str) -> bool:
    return media_type.endswith(("/json", "+json"))


def _json(value: object) -> str:
    """Return JSON text; what a terminal would not show as it is, is escaped."""
    text = line_of(value)
    return text if text.isprintable() else line_of(value, ascii_only=True)
