"""A request witness as a `curl` line that can be pasted into a shell."""

from __future__ import annotations

from collections.abc import Mapping

from contractkit.model.change import Witness
from contractkit.model.contract import Contract
from contractkit.report.jsontext import line_of

DEFAULT_SERVER = "http://127.0.0.1:8000"


def server_url(contract: Contract) -> str:
    """Return the address that requests to this contract's API are shown with, without a slash at its end.

    The first of `servers` where it is absolute, with its variables set to their defaults (OpenAPI 3.1, 4.8.5); a
    relative one stands below `http://127.0.0.1:8000`.
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
    url = quote(url, safe="%/:@?&=+$,;!~*'()#[]").rstrip("/")
    if urlsplit(url).scheme in ("http", "https"):
        return url
    return DEFAULT_SERVER + ("" if not url or url.startswith("/") else "/") + url


def curl_line(witness: Witness, server: str) -> str | None:
    """Return the request as one line for a POSIX shell, or None where no shell can send it.

    Args:
        witness: a request; its `url` is relative to the server.
        server: the server's address, as `server_url` gives it.
    """
    if witness.method is None or witness.url is None:
        return None
    url = server + witness.url
    import shlex

    words = ["curl"]
    if any(character in url for character in "[]{}"):
        words.append("--globoff")
    if witness.method == "HEAD":
        words.append("--head")
    elif witness.method != "GET" or witness.has_body:
        words += ["-X", witness.method]
    words.append(url)
    media_type = _media_type(witness.headers)
    for name, value in witness.headers.items():
        if media_type == "multipart/form-data" and name.lower() == "content-type":
            continue  # curl writes it, with the boundary
        words += ["-H", f"{name}: {value}" if value else f"{name};"]
    if any(not word.isprintable() for word in words):
        return None  # a line break or NUL would end the header, or the argument
    if witness.has_body:
        words += _body_words(witness.body, media_type)
    if any("\0" in word for word in words):
        return None
    return " ".join(shlex.quote(word) for word in words)


def _media_type(headers: Mapping[str, str]) -> str:
    for name, value in headers.items():
        if name.lower() == "content-type":
            return value.partition(";")[0].strip().lower()
    return "application/json"


def _body_words(body: object, media_type: str) -> list[str]:
    if isinstance(body, Mapping) and media_type == "application/x-www-form-urlencoded":
        from urllib.parse import urlencode

        return ["--data-raw", urlencode(_fields(body))]
    if isinstance(body, Mapping) and media_type == "multipart/form-data":
        return [word for name, text in _fields(body) for word in ("--form-string", f"{name}={text}")]
    if isinstance(body, str) and not _is_json(media_type):
        return ["--data-raw", body]
    return ["--data-raw", _json(body)]


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
