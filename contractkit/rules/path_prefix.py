"""Paths moved by the same prefix: `/x...` are now `/api/x...`, or the other way round.

Clients built on the base call addresses that are no longer there and get 404 for all of them. It is one decision and
one mend, so it is one finding and not one for each operation, which says how many moved where some stayed. Base paths
in `servers` count: where base path and path give the same address as before, nothing moved.

Instead: keep the old prefix and redirect (308 keeps method and body), or serve both for a while.
"""

from __future__ import annotations

from typing import Any

from contractkit.model.change import Change
from contractkit.model.finding import Severity
from contractkit.rules.examples import documents
from contractkit.rules.rule import Rule, Selection

_DONE: dict[str, Any] = {"get": {"responses": {"200": {"description": "done"}}}}


def _paths(prefix: str) -> dict[str, Any]:
    return {"paths": {f"{prefix}/{name}": _DONE for name in ("orders", "products", "users")}}


def _message(change: Change) -> str:
    before, after = change.before or "/", change.after or "/"
    moved, below = change.facts.get("moved"), change.facts.get("below")
    who = "all" if moved == below else f"{moved} of {below}"
    return f"{who} paths below `{before}` moved to `{after}`"


RULES = (
    Rule(
        id="path-prefix-moved",
        summary="paths moved by the same prefix",
        severity=Severity.BREAKING,
        selects=(Selection("path", ("prefix",)),),
        message=_message,
        breaks=documents(_paths(""), _paths("/api")),
        holds=documents({**_paths("/api"), "servers": [{"url": "/"}]}, {**_paths(""), "servers": [{"url": "/api"}]}),
        no_mirror="a move has no direction: there and back are both moves",
        no_witness="no value is needed: the old addresses are gone",
    ),
)
