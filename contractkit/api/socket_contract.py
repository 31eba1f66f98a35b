"""Where the contract of a server's WebSockets comes from: no OpenAPI document says anything of them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from contractkit.model.contract import Contract
from contractkit.model.errors import InputError
from contractkit.model.records import replace

if TYPE_CHECKING:
    from contractkit.fuzz.options import Target
    from contractkit.sources.options import LoadOptions

_DOCUMENT = "asyncapi.json"


def with_sockets(
    promise: Contract,
    own: str | None,
    given: str | None,
    target: Target,
    options: LoadOptions,
    *,
    mend: str = "name one with --contract",
) -> Contract:
    """Return a contract with its WebSockets, as far as they can be known.

    An AsyncAPI document alone goes with the target's own OpenAPI document, which says how users sign in. For a server
    whose contract has no sockets, its `asyncapi.json` is asked for, which `contractkit.websocket.serve_docs` serves.

    Args:
        promise: the contract as it was loaded.
        own: the source of the target's own document, None where that is the contract.
        given: the source of the contract, as the user wrote it.
        target: what is called.
        options: how to load.
        mend: what to do where a server says nothing of its WebSockets.

    Raises:
        InputError: the target's own document cannot be loaded.
    """
    from contractkit.fuzz.options import UrlTarget
    from contractkit.sources.load import load

    if promise.is_asyncapi:
        if own is None or own == given:
            document = {"openapi": "3.1.0", "info": promise.document.get("info", {}), "paths": {}}
            return replace(promise, document=document, sockets=promise.document)
        return replace(load(own, options=options), sockets=promise.document)
    is_stored = (given or "").startswith("@")
    if promise.sockets is not None or is_stored or not isinstance(target, UrlTarget):
        return promise
    url = _beside(target.base_url)
    try:
        found = load(url, options=options)
    except InputError:
        found = None
    if found is not None and found.is_asyncapi:
        return replace(promise, sockets=found.document)
    hint = f"there is no AsyncAPI document at {url}: WebSockets are left out; {mend}"
    return replace(promise, hints=(*promise.hints, hint))


def _beside(base_url: str) -> str:
    """Return the address of the AsyncAPI document: beside the OpenAPI document, or below the server's own path."""
    parts = urlsplit(base_url)
    head, _, last = parts.path.rpartition("/")
    folder = head if last.endswith((".json", ".yaml", ".yml")) else parts.path.rstrip("/")
    return urlunsplit(parts._replace(path=f"{folder}/{_DOCUMENT}", query="", fragment=""))
