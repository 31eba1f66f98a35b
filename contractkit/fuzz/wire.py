"""A witness of `diff` as a request that can be sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from contractkit.fuzz.message import BOUNDARY, FORM, MULTIPART, Request, dumped, essence, header, is_json
from contractkit.model.change import Witness
from contractkit.openapi.wire import scalar_text


def request_of(witness: Witness, base_path: str, identity: str | None) -> Request:
    """Return the request that a witness describes.

    Args:
        witness: a request, its `url` relative to the server.
        base_path: what stands before every path where requests are sent to.
        identity: who sends it.
    """
    assert witness.method is not None
    assert witness.url is not None
    headers, body = tuple(witness.headers.items()), None
    if witness.has_body:
        kind = essence(header(headers, "content-type"))
        body = _body(witness, kind)
        if kind == MULTIPART:
            headers = tuple(row for row in headers if row[0].lower() != "content-type")
            headers = (*headers, ("Content-Type", f"{MULTIPART}; boundary={BOUNDARY}"))
    return Request(witness.method, base_path + witness.url, headers, body, identity)


def _body(witness: Witness, media_type: str) -> bytes:
    value = witness.body
    if media_type == FORM and isinstance(value, Mapping):
        return urlencode([(name, scalar_text(one)) for name, one in _fields(value)]).encode()
    if media_type == MULTIPART and isinstance(value, Mapping):
        return b"".join(_part(name, scalar_text(one), name in witness.files) for name, one in _fields(value)) + _LAST
    if isinstance(value, str) and not is_json(media_type):
        return value.encode("utf-8", "surrogatepass")
    return dumped(value)


_LAST = f"--{BOUNDARY}--\r\n".encode()


def _part(name: str, text: str, is_file: bool) -> bytes:
    """Return one part of a multipart body (RFC 7578, section 4.2)."""
    quoted = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    file = '; filename="witness"\r\nContent-Type: application/octet-stream' if is_file else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{quoted}"{file}\r\n\r\n'
    return f"{head}{text}\r\n".encode("utf-8", "surrogatepass")


def _fields(body: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return the fields of a form: the items of a list as repeated fields, what is no text as JSON."""
    return [(name, one) for name, given in body.items() for one in (given if isinstance(given, list) else [given])]
