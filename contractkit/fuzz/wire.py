"""A witness of `diff` as a request that can be sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from contractkit.fuzz.message import BOUNDARY, FORM, MULTIPART, Request, dumped, essence, header, is_json
from contractkit.model.change import Witness
from contractkit.openapi.endpoint import Endpoint
from contractkit.openapi.part import Part
from contractkit.openapi.wire import scalar_text


def request_of(witness: Witness, sender: Endpoint, base_path: str, identity: str | None) -> Request:
    """Return the request that a witness describes.

    Args:
        witness: a request, its `url` relative to the server.
        sender: the operation that clients send it to, whose document says which fields of a form are files.
        base_path: what stands before every path where requests are sent to.
        identity: who sends it.
    """
    assert witness.method is not None
    assert witness.url is not None
    headers, body = tuple(witness.headers.items()), None
    if witness.has_body:
        kind = essence(header(headers, "content-type"))
        body = _body(witness.body, kind, sender)
        if kind == MULTIPART:
            headers = tuple(row for row in headers if row[0].lower() != "content-type")
            headers = (*headers, ("Content-Type", f"{MULTIPART}; boundary={BOUNDARY}"))
    return Request(witness.method, base_path + witness.url, headers, body, identity)


def _body(value: Any, media_type: str, sender: Endpoint) -> bytes:
    if media_type == FORM and isinstance(value, Mapping):
        return urlencode([(name, scalar_text(one)) for name, one in _fields(value)]).encode()
    if media_type == MULTIPART and isinstance(value, Mapping):
        files = _files(sender)
        return b"".join(_part(name, scalar_text(one), name in files) for name, one in _fields(value)) + _LAST
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


def _files(sender: Endpoint) -> frozenset[str]:
    """Return the names of the fields that carry files (OpenAPI 3.0.4, 4.7.14; 3.1.1, 4.8.14)."""
    body = sender.operation.part("requestBody")
    media = None if body is None else body.table("content").get(MULTIPART)
    schema = None if media is None else media.part("schema")
    rows = {} if schema is None else schema.table("properties")
    return frozenset(name for name, row in rows.items() if _is_file(row) or _is_file(row.part("items")))


def _is_file(schema: Part | None) -> bool:
    return schema is not None and ("contentMediaType" in schema or schema.get("format") == "binary")
