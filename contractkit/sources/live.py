"""The contract of an app that is in this process already, as in tests."""

from __future__ import annotations

from typing import Any, Protocol

from contractkit.model.contract import Contract, Notice
from contractkit.model.errors import InputError


class App(Protocol):
    """An app that knows its OpenAPI document, such as FastAPI's."""

    def openapi(self) -> dict[str, Any]:
        """Return the document."""
        ...


def contract_of(app: App, source: str = "the app", *, sockets: bool = False) -> Contract:
    """Return the contract of an app as it is now; what it cannot say in JSON is told as by the app's own server.

    An app that has no paths before its startup is started for a moment.

    Args:
        app: the app itself.
        source: what to call it in reports and errors.
        sockets: ask it for its WebSockets, too.

    Raises:
        InputError: it is no app, or gives no OpenAPI document.
    """
    from contractkit.sources.child import RefusedError, document_of, origins_of, sockets_of
    from contractkit.sources.jsondoc import parse_json
    from contractkit.sources.openapi import check_openapi
    from contractkit.sources.refs import bundle
    from contractkit.sources.text import may_lead_out

    try:
        text, hints = document_of(app)
        about, hints = sockets_of(app, hints) if sockets else ("null", hints)
    except RefusedError as refused:
        raise InputError(source, refused.problem, refused.mend, detail=refused.detail) from None
    value, unread = parse_json(text, source)
    document, notices = check_openapi(value, source)
    more: tuple[Notice, ...] = bundle(document, source) if may_lead_out(text) else ()
    warnings, origins = (*unread, *notices, *more), origins_of(app)
    beside, _ = parse_json(about, source)
    return Contract(source, document, warnings, tuple(hints), origins=origins, sockets=beside)
