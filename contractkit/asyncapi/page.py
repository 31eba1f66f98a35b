"""A page for people about the sockets of an AsyncAPI document: one file without scripts, which loads nothing."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from html import escape
from importlib.resources import files
from typing import Any, NamedTuple

from contractkit.asyncapi.channels import ref_to
from contractkit.asyncapi.reader import Reader

_ACTIONS = (("receive", "From the client"), ("send", "From the server"))
_HANDSHAKE = (("query", "query"), ("headers", "header"), ("x-cookies", "cookie"))


class Page(NamedTuple):
    """A page and the policy that it is to be sent with.

    Attributes:
        html: the page.
        policy: the value of `Content-Security-Policy` (CSP Level 3): its own style, and nothing else.
    """

    html: str
    policy: str


def page_of(document: Mapping[str, Any], document_url: str) -> Page:
    """Return the page of an AsyncAPI document.

    Args:
        document: the document; whatever it says is shown as text.
        document_url: where the document itself is to be had, for a link.
    """
    style = files("contractkit.asyncapi").joinpath("page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    reader = Reader(document)
    info = reader.fields(document.get("info"), "/info")
    title = f"{info.get('title', '')} {info.get('version', '')}: WebSockets"
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title><style>{style}</style></head><body>",
        f"<h1>{escape(title)}</h1>",
        *_text(info),
        f'<p><a href="{escape(document_url)}">The AsyncAPI document</a></p>',
        *_sockets(reader),
        *_models(reader),
        "</body></html>",
    ]
    return Page("\n".join(lines) + "\n", f"{policy}; frame-ancestors 'none'")


def _text(holder: Mapping[str, Any]) -> list[str]:
    text = holder.get("description") or holder.get("summary")
    return [f'<p class="text">{escape(str(text))}</p>'] if text else []


def _sockets(reader: Reader) -> Iterator[str]:
    operations = [row for _, _, row in reader.table(reader.document.get("operations"), "/operations")]
    channels = reader.fields(reader.document.get("channels"), "/channels")
    if not channels:
        yield "<p>The app has no WebSocket.</p>"
    for name, value in channels.items():
        place = f"/channels/{name}"
        _, target = reader.target(value, place)
        channel = reader.fields(value, place)
        yield f"<h2><code>{escape(str(channel.get('address', name)))}</code></h2>"
        yield from _text(channel)
        yield from _table(
            "Parameters", ("Where", "Name", "Required", "What", "Description"), _parameters(reader, channel)
        )
        own = [one for one in operations if reader.target(one.get("channel"), "")[1] is target]
        if "messages" not in channel:
            yield "<p>Its messages are not described.</p>"
        for action, words in _ACTIONS if "messages" in channel else ():
            refs = [ref for one in own if one.get("action") == action for ref in one.get("messages", ())]
            yield from _table(words, ("Message", "What", "Type"), (_message(reader, ref) for ref in refs))
        codes = reader.fields(channel.get("x-close-codes"), place)
        rows = ((escape(str(code)), escape(str(why))) for code, why in codes.items())
        yield from _table("Closed with", ("Code", "Why"), rows)


def _parameters(reader: Reader, channel: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, _, row in reader.table(channel.get("parameters"), ""):
        yield _parameter("address", name, row.get("x-schema", {"type": "string"}), True, row)
    bindings = reader.fields(channel.get("bindings"), "")
    binding = reader.fields(bindings.get("ws"), "")
    for field, where in _HANDSHAKE:
        table = reader.fields(binding.get(field), "")
        for name, _, row in reader.table(table.get("properties"), ""):
            yield _parameter(where, name, row, name in table.get("required", ()), row)


def _parameter(where: str, name: str, schema: Any, required: bool, texts: Mapping[str, Any]) -> tuple[str, ...]:
    about = escape(str(texts.get("description", "")))
    return where, f"<code>{escape(name)}</code>", "yes" if required else "no", _kind(schema), about


def _message(reader: Reader, ref: Any) -> tuple[str, ...]:
    place, _ = reader.target(ref, "")
    message = reader.fields(ref, place)
    name = str(message.get("name") or place.rpartition("/")[2])
    media_type = message.get("contentType") or reader.document.get("defaultContentType", "application/json")
    return f"<code>{escape(name)}</code>", _kind(message.get("payload", True)), escape(str(media_type))


def _models(reader: Reader) -> Iterator[str]:
    """Give the schemas that have a name: their fields, and the whole as JSON."""
    components = reader.fields(reader.document.get("components"), "/components")
    schemas = reader.fields(components.get("schemas"), "/components/schemas")
    if schemas:
        yield "<h2>Models</h2>"
    for name, schema in schemas.items():
        yield f'<h3 id="model-{escape(str(name))}">{escape(str(name))}</h3>'
        if isinstance(schema, Mapping):
            yield from _text(schema)
            yield from _table("", ("Field", "Required", "What", "Description"), _fields(schema))
        whole = escape(json.dumps(schema, indent=2, ensure_ascii=False))
        yield f"<details><summary>JSON Schema</summary><pre>{whole}</pre></details>"


def _fields(schema: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    properties = schema.get("properties")
    for name, field in properties.items() if isinstance(properties, Mapping) else ():
        texts = field if isinstance(field, Mapping) else {}
        required = "yes" if name in schema.get("required", ()) else "no"
        yield f"<code>{escape(str(name))}</code>", required, _kind(field), escape(str(texts.get("description", "")))


def _kind(schema: Any) -> str:
    """Return in few words what a schema allows, as HTML; the JSON Schema tells the rest."""
    if not isinstance(schema, Mapping):
        return "nothing" if schema is False else "anything"
    ref = str(schema.get("$ref", ""))
    name = ref.rpartition("/")[2]
    if ref and ref_to(name)["$ref"] == ref:
        return f'<a href="#model-{escape(name)}">{escape(name)}</a>'
    if "const" in schema:
        return f"<code>{escape(json.dumps(schema['const'], ensure_ascii=False))}</code>"
    if isinstance(values := schema.get("enum"), list):
        return ", ".join(f"<code>{escape(json.dumps(value, ensure_ascii=False))}</code>" for value in values)
    for key in ("anyOf", "oneOf"):
        if isinstance(rows := schema.get(key), list):
            return " or ".join(dict.fromkeys(_kind(row) for row in rows))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', True))}"
    kind = schema.get("format") or schema.get("type") or "anything"
    return escape(" or ".join(map(str, kind)) if isinstance(kind, list) else str(kind))


def _table(title: str, heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    """Give a table of cells that are HTML already; nothing where there are no rows."""
    found = list(rows)
    if not found:
        return
    if title:
        yield f"<h3>{title}</h3>"
    yield "<table><tr>" + "".join(f"<th>{head}</th>" for head in heads) + "</tr>"
    for row in found:
        yield "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>"
    yield "</table>"
