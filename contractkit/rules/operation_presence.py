"""An operation (a method of a path) was removed or added.

A client that calls an operation which is gone gets 404 or 405, whatever it sends. Where the base marked it as `draft`
or `alpha` (`x-stability-level`), it had promised nothing: that is `risky`.

Instead: mark the operation `deprecated` with an `x-sunset` date, answer it with `Deprecation` and `Sunset` headers, and
remove it once its calls have stopped. A renamed path is a removal for clients: keep the old one or redirect with 308.
"""

from __future__ import annotations

from typing import Any

from contractkit.model.change import Change
from contractkit.model.finding import Severity
from contractkit.rules.examples import documents
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import shown

_DONE: dict[str, Any] = {"responses": {"200": {"description": "done"}}}
_ONE = {"paths": {"/orders": {"get": _DONE}}}
_DRAFT = {"paths": {"/orders": {"get": _DONE, "post": {**_DONE, "x-stability-level": "draft"}}}}
_GONE = "no value is needed: every call of it fails"
_TWO = {"paths": {"/orders": {"get": _DONE, "post": _DONE}}}


def _removed(change: Change) -> str:
    text = f"`{change.operation}` was removed"
    if sunset := change.facts.get("sunset_before"):
        return f"{text}; its end was announced for {sunset}"
    if change.facts.get("deprecated_before"):
        return f"{text}; it was deprecated, no end was announced"
    return f"{text} without having been deprecated"


def _was_not_promised(change: Change) -> bool:
    return change.facts.get("stability_before") in ("draft", "alpha")


def _was_promised(change: Change) -> bool:
    return not _was_not_promised(change)


RULES = (
    Rule(
        id="operation-removed",
        summary="an operation is gone",
        severity=Severity.BREAKING,
        selects=(Selection("operation", ("presence",), ("removed",), where=_was_promised),),
        message=_removed,
        breaks=documents(_TWO, _ONE),
        holds=documents(_ONE, _TWO),
        mirror="operation-added",
        no_witness=_GONE,
    ),
    Rule(
        id="unstable-operation-removed",
        summary="an operation is gone that was a draft or alpha",
        severity=Severity.RISKY,
        selects=(Selection("operation", ("presence",), ("removed",), where=_was_not_promised),),
        message=lambda change: f"{_removed(change)}; it was marked {shown(change.facts['stability_before'])}",
        breaks=documents(_DRAFT, _ONE),
        holds=documents(_DRAFT, _DRAFT),
        no_mirror="`operation-added` covers operations of every level",
        no_witness=_GONE,
    ),
    Rule(
        id="operation-added",
        summary="an operation is new",
        severity=Severity.SAFE,
        selects=(Selection("operation", ("presence",), ("added",)),),
        message=lambda change: f"`{change.operation}` is new",
        breaks=documents(_ONE, _TWO),
        holds=documents(_TWO, _TWO),
        mirror="operation-removed",
        no_witness="no client built on the base calls it",
    ),
)
