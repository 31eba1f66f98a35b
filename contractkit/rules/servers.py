"""The `servers` changed: their base path, their host, or something else about them.

Clients choose the server they call and many have its address in their own configuration, so a changed host breaks no
client by itself. A changed base path moves every address below the same host; clients that took the base path from the
document, or keep it in their code, call addresses that are gone. That cannot be told from the document: `risky`.

Instead: go on answering under the old base path, or redirect.
"""

from __future__ import annotations

from contractkit.model.finding import Severity
from contractkit.model.verdict import Bump
from contractkit.rules.examples import Example, documents
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import turned

_NO_DIRECTION = "a server has no direction"


def _servers(before: str, after: str) -> Example:
    paths = {"paths": {"/orders": {"get": {"responses": {"200": {"description": "done"}}}}}}
    return documents({**paths, "servers": [{"url": before}]}, {**paths, "servers": [{"url": after}]})


RULES = (
    Rule(
        id="server-base-path-changed",
        summary="the base path of the servers changed",
        severity=Severity.RISKY,
        selects=(Selection("server", ("base-path",)),),
        message=lambda change: turned(change, "the base path"),
        breaks=_servers("https://example.com/v1", "https://example.com/v2"),
        holds=_servers("https://example.com/v1", "https://example.com/v1/"),
        no_mirror=_NO_DIRECTION,
        no_witness="clients choose the server; no request shows it",
    ),
    Rule(
        id="server-host-changed",
        summary="the host of the servers changed",
        severity=Severity.SAFE,
        selects=(Selection("server", ("host",)),),
        message=lambda change: turned(change, "the host"),
        breaks=_servers("https://a.example.com/v1", "https://b.example.com/v1"),
        holds=_servers("https://a.example.com/v1", "https://a.example.com/v1"),
        no_mirror=_NO_DIRECTION,
        no_witness="clients choose the server",
        bump=Bump.PATCH,
    ),
    Rule(
        id="server-changed",
        summary="something else about the servers changed",
        severity=Severity.SAFE,
        selects=(Selection("server", ("other",)),),
        message=lambda change: turned(change, "servers"),
        breaks=documents(
            {"servers": [{"url": "https://example.com"}]},
            {"servers": [{"url": "https://example.com", "description": "Production"}]},
        ),
        holds=_servers("https://example.com", "https://example.com"),
        no_mirror=_NO_DIRECTION,
        no_witness="clients choose the server",
        bump=Bump.PATCH,
    ),
)
