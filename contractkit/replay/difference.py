"""A difference between what was recorded and what is answered now, and the rule that it is judged by."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from contractkit.model.finding import Severity


@dataclass(frozen=True)
class Difference:
    """One difference at one place.

    Attributes:
        what: `status`, `value`, `type`, `missing`, `new`, `media-type`, `header`, `header-missing` or `no-answer`.
        place: where: `200.body.items[].price`; the items of a list are one place.
        name: what is there, for sentences.
        before: what was recorded (JSON); a mark where only its shape is known.
        after: what is answered.
        refused: whether the recorded answer is a refusal (4xx, 5xx).
    """

    what: str
    place: str
    name: str
    before: Any = None
    after: Any = None
    refused: bool = False


@dataclass(frozen=True, kw_only=True)
class RecordedRule:
    """What a kind of difference means.

    Attributes:
        id: its name, as reports and levels say it; it is part of every id of a finding.
        summary: half a sentence for lists.
        what: the kinds of differences it speaks about.
        severity: what it means for clients.
        in_refusals: what it means in an answer that refuses.
        message: makes one sentence of a difference.
        recorded: an answer as it was recorded, for an example: `status`, `headers`, `body`.
        breaks: an answer on which exactly this rule is reported.
        holds: an answer close by on which nothing is.
    """

    id: str
    summary: str
    what: tuple[str, ...]
    severity: Severity
    message: Callable[[Difference], str]
    recorded: Mapping[str, Any]
    breaks: Mapping[str, Any]
    holds: Mapping[str, Any]
    in_refusals: Severity | None = None

    @property
    def page(self) -> str:
        """The page of documentation: the docstring of its module."""
        return inspect.cleandoc(inspect.getmodule(self.message).__doc__ or "")

    def severity_of(self, difference: Difference) -> Severity:
        """Return what a difference means for clients."""
        return self.in_refusals if difference.refused and self.in_refusals is not None else self.severity


@cache
def recorded_rules() -> Mapping[str, RecordedRule]:
    """Return all rules by id, sorted; every module of `contractkit.replay.rules` that has a `RULE` is one."""
    from contractkit.replay import rules as package

    names = [f"{package.__name__}.{module.name}" for module in pkgutil.iter_modules(package.__path__)]
    found: list[RecordedRule] = [importlib.import_module(name).RULE for name in names]
    return {rule.id: rule for rule in sorted(found, key=lambda one: one.id)}


@cache
def rule_of(what: str) -> RecordedRule:
    """Return the rule that speaks about a kind of difference."""
    return next(rule for rule in recorded_rules().values() if what in rule.what)
