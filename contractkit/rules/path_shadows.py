"""A new path takes requests that an operation with a parameter answered: `/orders/latest` beside `/orders/{id}`.

Where a text of the new path is one that the parameter took, clients that sent it reach another operation now: the path
without a parameter is matched first (OpenAPI 3.1.1, 4.8.8.2), and the order of the routes decides in some servers. This
shadow falls on one value alone, and nobody may ever have sent it: `risky`. Where the parameter never took the text
(`latest` for an integer), nothing is reported but the new operation.

Instead: choose a path that no template takes (`/latest-order`), or a text that the parameter refuses.
"""

from __future__ import annotations

from typing import Any

from contractkit.model.change import Change
from contractkit.model.finding import Severity
from contractkit.rules.examples import documents
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import shown

_DONE: dict[str, Any] = {"responses": {"200": {"description": "done"}}}


def _paths(schema: dict[str, Any], *more: str) -> dict[str, Any]:
    order = {"name": "id", "in": "path", "required": True, "schema": schema}
    paths = {"/orders/{id}": {"get": {**_DONE, "parameters": [order]}}}
    return {"paths": {**paths, **{path: {"get": _DONE} for path in more}}}


def _message(change: Change) -> str:
    texts = " and ".join(f"{shown(text)} as `{name}`" for name, text in change.facts.get("texts", {}).items())
    return f"requests with {texts or 'some values'} are answered by `{change.facts.get('by', change.after)}` now"


RULES = (
    Rule(
        id="path-shadows-template",
        summary="a new path takes requests that an operation with a path parameter answered",
        severity=Severity.RISKY,
        selects=(Selection("operation", ("shadow",), ("added",)),),
        message=_message,
        breaks=documents(_paths({"type": "string"}), _paths({"type": "string"}, "/orders/latest")),
        holds=documents(_paths({"type": "integer"}), _paths({"type": "integer"}, "/orders/latest")),
        no_witness="nothing is refused: another operation answers",
        no_mirror="where the path goes again, `operation-removed` tells it",
    ),
)
