"""What a client sends never becomes a header of its own, or a script in a page.

A line break that a service copies from a parameter into a header lets the sender of a link write headers and bodies for
the one who follows it (response splitting, CWE-113); markup that it copies into an HTML page runs in the browser of who
opens it (cross-site scripting, CWE-79). Templates that escape, and URLs that are built by a library, prevent both.

Claimed is only what comes back as it was sent, in a header, or in a body that browsers take for a document.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode

from contractkit.fuzz.check import Check
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.edit import with_json, with_segment
from contractkit.fuzz.message import FORM, Exchange, Request, leaves
from contractkit.fuzz.operation import Operation
from contractkit.fuzz.scene import Scene
from contractkit.fuzz.validity import kinds
from contractkit.fuzz.variants import with_parameter
from contractkit.schema.node import STRING

_SCRIPT = "<img src=x onerror=contractkit()>"
_HEADER = "X-Contractkit"
_SPLIT = f"a\r\n{_HEADER}: injected"
_DOCUMENTS = frozenset({"text/html", "application/xhtml+xml", "image/svg+xml"})
_PLACES = 8


def play(scene: Scene) -> Iterator[Claim]:
    """Send a script and a line break in each text."""
    base = scene.accepted()
    if base is None:
        return
    for place, requests in itertools.islice(_marked(scene.operation, base.request), _PLACES):
        for request in requests:
            exchange = scene.send(scene.operation, request)
            if _splits(exchange):
                message = f"a line break in {place} comes back in a header, and begins another one"
                yield scene.claim(f"header {place}", message, [exchange], place=place)
                return
            if _runs(exchange):
                message = f"markup in {place} comes back as it is in an HTML document ({exchange.response.status})"
                yield scene.claim(f"script {place}", message, [exchange], place=place)
                return


def _splits(exchange: Exchange) -> bool:
    return any(name.lower() == _HEADER.lower() or "\n" in value for name, value in exchange.response.headers)


def _runs(exchange: Exchange) -> bool:
    return exchange.response.media_type in _DOCUMENTS and _SCRIPT in exchange.response.text


def _marked(operation: Operation, base: Request) -> Iterator[tuple[str, list[Request]]]:
    """Yield the places of texts, with the requests that have a marker there."""
    for spec in operation.parameters:
        if not kinds(spec.check.node) & STRING or spec.check.node.enum is not None:
            continue
        if spec.where == "query":
            yield spec.place, [with_parameter(base, spec, marker) for marker in (_SPLIT, _SCRIPT)]
        elif spec.where == "path" and spec.whole:
            yield spec.place, [with_segment(base, spec.index, marker) for marker in (_SPLIT, _SCRIPT)]
        elif spec.where in ("header", "cookie"):  # there a line break ends the header on its way
            yield spec.place, [with_parameter(base, spec, _SCRIPT)]
    for pointer, value in leaves(base.json):
        if isinstance(value, str):
            yield f"body{pointer}", [with_json(base, pointer, marker) for marker in (_SPLIT, _SCRIPT)]
    if base.media_type == FORM:
        fields = dict(parse_qsl((base.body or b"").decode("latin-1"), keep_blank_values=True))
        for name in fields:
            forms = [urlencode({**fields, name: marker}).encode() for marker in (_SPLIT, _SCRIPT)]
            yield f"body/{name}", [Request(base.method, base.target, base.headers, one, base.identity) for one in forms]


_APP = """
from html import escape

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

app = FastAPI()


@app.get("/greeting", response_class=HTMLResponse)
def greet(name: str = "you") -> str:
    return f"<!doctype html><title>Tea</title><p>Hello SHOWN</p>"
"""

CHECK = Check(
    id="injection",
    summary="what is sent becomes no header and no script",
    play=play,
    breaks=_APP.replace("SHOWN", "{name}"),
    holds=_APP.replace("SHOWN", "{escape(name)}"),
)
