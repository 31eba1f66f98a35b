"""Finds the rule for a change. Rules are discovered: every module of this package that has `RULES` is one page."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from contractkit.model.change import Change
from contractkit.rules.rule import Rule

UNCLASSIFIED = "unclassified-change"


@cache
def all_rules() -> Mapping[str, Rule]:
    """Return every rule by its id, sorted by id.

    The rule modules are imported here, on the first call: a comparison without changes never pays for them.

    Raises:
        ValueError: two rules have the same id.
    """
    rules: dict[str, Rule] = {}
    for found in _pages().values():
        for rule in found:
            if rule.id in rules:
                raise ValueError(f"two rules are called {rule.id}")
            rules[rule.id] = rule
    return dict(sorted(rules.items()))


def page(rule_id: str) -> str:
    """Return the page of documentation of a rule: what it is, why it breaks clients, what to do instead."""
    import inspect

    for module, rules in _pages().items():
        if any(rule.id == rule_id for rule in rules):
            return inspect.cleandoc(importlib.import_module(module).__doc__ or "")
    raise KeyError(rule_id)


def rule_for(change: Change) -> Rule:
    """Return the rule that speaks about a change; `unclassified-change` where none does."""
    for rule in selecting(change):
        return rule
    return all_rules()[UNCLASSIFIED]


def selecting(change: Change) -> list[Rule]:
    """Return all rules that select a change: one, or none."""
    candidates = _index().get((change.area, change.aspect), ())
    return [rule for rule in candidates if _selects(rule, change)]


def _selects(rule: Rule, change: Change) -> bool:
    return any(
        selection.area == change.area and change.aspect in selection.aspects and selection.matches(change)
        for selection in rule.selects
    )


@cache
def _pages() -> Mapping[str, tuple[Rule, ...]]:
    package = __name__.rpartition(".")[0]
    folder = importlib.import_module(package).__path__
    pages: dict[str, tuple[Rule, ...]] = {}
    for info in sorted(pkgutil.iter_modules(folder), key=lambda info: info.name):
        name = f"{package}.{info.name}"
        rules: tuple[Rule, ...] = getattr(importlib.import_module(name), "RULES", ())
        if rules:
            pages[name] = rules
    return pages


@cache
def _index() -> Mapping[tuple[str, str], tuple[Rule, ...]]:
    index: dict[tuple[str, str], dict[str, Rule]] = {}
    for rule in all_rules().values():
        for selection in rule.selects:
            for aspect in selection.aspects:
                index.setdefault((selection.area, aspect), {})[rule.id] = rule
    return {key: tuple(found.values()) for key, found in index.items()}
