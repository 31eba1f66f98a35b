"""Writes parameter values as they are sent, and tells which fields of a form are files.

Sources: OpenAPI 3.1.1, 4.8.12.3 to 4.8.12.6 (style values and examples), OpenAPI 3.2.0 (style `cookie`), RFC 6570
(levels 1 to 4, the expansions that the styles name), RFC 3986 (percent-encoding).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from contractkit.schema.document import Document

DEFAULT_STYLE = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
"""The style of a parameter that names none, by its place."""

STYLES = {
    "path": frozenset({"simple", "label", "matrix"}),
    "header": frozenset({"simple"}),
    "query": frozenset({"form", "spaceDelimited", "pipeDelimited", "deepObject"}),
    "cookie": frozenset({"form", "cookie"}),
}
"""The styles each place allows."""

_RESERVED = ":/?@!$'()*,;"
"""What `allowReserved` leaves as it is; `&`, `=`, `+` and `#` would end the value, `[` and `]` are no query text."""
_LABEL = {"simple": ",", "label": ".", "matrix": ";"}


def default_explode(style: str) -> bool:
    """Return what `explode` is where it is not given (OpenAPI 3.1.1, 4.8.12.2)."""
    return style in ("form", "cookie")


def serialise(where: str, name: str, value: Any, *, style: str, explode: bool, allow_reserved: bool = False) -> str:
    """Return the text of a value as it stands in the message.

    Args:
        where: `path`, `query`, `header` or `cookie`.
        name: the parameter's name.
        value: a JSON value; nested lists and objects, which no style covers, are written as JSON.
        style: one of `STYLES`; one that the place does not allow is read as the place's default.
        explode: whether the parts of a list or object are written one by one.
        allow_reserved: whether the reserved characters of RFC 3986 stay as they are.

    Returns:
        For a query the pairs between `?` and `&` (`a=1&a=2`), for a path the text of its segment, for a header the
        field's value, for a cookie the pairs of the field `Cookie`. An empty text in a query or cookie means that the
        parameter is absent.
    """
    if style not in STYLES[where]:
        style, explode = DEFAULT_STYLE[where], default_explode(DEFAULT_STYLE[where])
    plain = where == "header" or style == "cookie"
    safe = _RESERVED if allow_reserved else ""

    def encode(item: Any) -> str:
        text = scalar_text(item)
        return text if plain else quote(text, safe=safe, errors="surrogatepass")

    if where in ("path", "header"):
        return _segment(encode, name, value, style, explode)
    return ("; " if where == "cookie" else "&").join(_pairs(encode, name, value, style, explode))


def _segment(encode: Callable[[Any], str], name: str, value: Any, style: str, explode: bool) -> str:
    """Write a path segment or a header value: RFC 6570 3.2.2, 3.2.5 (label), 3.2.7 (matrix)."""
    matrix = style == "matrix"
    lead = "" if style == "simple" else _LABEL[style]
    between = _LABEL[style] if explode else ","
    if isinstance(value, Mapping):
        if explode:
            return _lead(lead, between.join(f"{encode(key)}={encode(item)}" for key, item in value.items()))
        text = ",".join(f"{encode(key)},{encode(item)}" for key, item in value.items())
    elif isinstance(value, list):
        if explode and matrix:
            return _lead(lead, between.join(f"{encode(name)}={encode(item)}" for item in value))
        text = between.join(encode(item) for item in value)
    else:
        text = encode(value)
        if not matrix:
            return lead + text
    if matrix:
        return f";{encode(name)}={text}" if text else f";{encode(name)}"
    return _lead(lead, text)


def _lead(lead: str, text: str) -> str:
    return lead + text if text else ""


def _pairs(encode: Callable[[Any], str], name: str, value: Any, style: str, explode: bool) -> list[str]:
    """Write query or cookie pairs: RFC 6570 3.2.8 (form) and OpenAPI's own styles."""
    if isinstance(value, Mapping):
        if style == "deepObject":
            return [f"{encode(name)}%5B{encode(key)}%5D={encode(item)}" for key, item in value.items()]
        if explode:
            return [f"{encode(key)}={encode(item)}" for key, item in value.items()]
        parts = [text for key, item in value.items() for text in (encode(key), encode(item))]
    elif isinstance(value, list):
        if explode or style == "deepObject":
            return [f"{encode(name)}={encode(item)}" for item in value]
        parts = [encode(item) for item in value]
    elif value is None:
        return []
    else:
        return [f"{encode(name)}={encode(value)}"]
    between = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}.get(style, ",")
    return [f"{encode(name)}={between.join(parts)}"] if parts else []


def scalar_text(value: Any) -> str:
    """Return the text of a value in a parameter: text as it is, the others as JSON writes them."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def file_fields(document: Document, schema: Any) -> tuple[str, ...]:
    """Return the names of a form's fields that carry files (OpenAPI 3.0.4, 4.7.14; 3.1.1, 4.8.14).

    Args:
        document: what holds the schema.
        schema: that of a body of type `multipart/form-data`, as it stands there.
    """
    rows: dict[str, bool] = {}
    for part in _applied(document, schema):
        table = part.get("properties")
        for name, field in table.items() if isinstance(table, Mapping) else ():
            rows[str(name)] = rows.get(str(name), False) or _is_file(document, field)
    return tuple(sorted(name for name, is_file in rows.items() if is_file))


def _applied(document: Document, schema: Any) -> list[Mapping[str, Any]]:
    """Return a schema and what it applies to the same value, alternatives among it; each once."""
    found: dict[int, Mapping[str, Any]] = {}
    waiting = [schema]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, Mapping) or id(one) in found:
            continue
        found[id(one)] = one
        if isinstance(ref := one.get("$ref"), str):
            waiting.append(document.lookup(ref))
        for keyword in ("allOf", "anyOf", "oneOf"):
            waiting += listed if isinstance(listed := one.get(keyword), list) else []
    return list(found.values())


def _is_file(document: Document, schema: Any) -> bool:
    """Whether a field is a file, or a list of some."""
    whole = _applied(document, schema)
    items = [one for part in whole for one in _applied(document, part.get("items"))]
    return any(map(_says_file, whole + items))


def _says_file(schema: Mapping[str, Any]) -> bool:
    if schema.get("format") == "binary" or schema.get("type") == "file":
        return True
    media = schema.get("contentMediaType")
    # JSON inside a text (pydantic's `Json`) and what is encoded as text are sent as text.
    return isinstance(media, str) and "contentEncoding" not in schema and not media.endswith(("/json", "+json"))
