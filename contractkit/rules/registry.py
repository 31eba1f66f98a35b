"""Finds the rule for a change. Rules are discovered: every module of this package that has `RULES` is one page."""

from __future__ import annotations

import importlib
import itertools
import os
from collections.abc import Mapping
from functools import cache

from contractkit.model.change import Change
from contractkit.rules.rule import Rule

UNCLASSIFIED = "unclassified-change"


@cache
def all_rules() -> Mapping[str, Rule]:
    """Return every rule by its id, sorted by id.

    Raises:
        ValueError: two rules have the same id.
    """
    rules: dict[str, Rule] = {}
    for found in pages().values():
        for rule in found:
            if rule.id in rules:
                raise ValueError(f"two rules are called {rule.id}")
            rules[rule.id] = rule
    return dict(sorted(rules.items()))


def page(rule_id: str) -> str:
    """Return the page of documentation of a rule: what it is, why it breaks clients, what to do instead."""
    import inspect

    for module, rules in pages().items():
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
    return [rule for rule in _candidates(change.area, change.aspect) if _selects(rule, change)]


def _selects(rule: Rule, change: Change) -> bool:
    return any(
        selection.area == change.area and change.aspect in selection.aspects and selection.matches(change)
        for selection in rule.selects
    )


@cache
def pages() -> Mapping[str, tuple[Rule, ...]]:
    """Return the rules of every page by the name of its module, sorted."""
    found = {name: _rules_in(name) for name in _sources()}
    return {name: rules for name, rules in found.items() if rules}


@cache
def _rules_in(module: str) -> tuple[Rule, ...]:
    rules: tuple[Rule, ...] = getattr(importlib.import_module(module), "RULES", ())
    return rules


@cache
def _sources() -> Mapping[str, bytes]:
    """Return the text of every module of this package by its name, sorted; without importing any."""
    package, folder = __name__.rpartition(".")[0], os.path.dirname(__file__)
    found = {}
    for name in sorted(os.listdir(folder)):  # a comparison waits for this: `Path` takes twice as long
        stem, ending = os.path.splitext(name)
        if ending == ".py" and stem != "__init__":
            with open(os.path.join(folder, name), "rb") as file:
                found[f"{package}.{stem}"] = file.read()
    return found


def _pages_that_name(aspect: str) -> list[str]:
    """Return the pages whose texts name an aspect, elsewhere than as a key of the schemas in their examples."""
    name = f'"{aspect}"'.encode()
    as_key = name + b":"
    return [page for page, text in _sources().items() if name in text and text.count(name) > text.count(as_key)]


@cache
def _candidates(area: str, aspect: str) -> tuple[Rule, ...]:
    """Return the rules that may speak about an aspect, sorted by id.

    A page names its aspects, so the pages that do not mention one need no import: that of all takes ten times as long
    as reading them, and most comparisons change little.
    """
    pages = (_rules_in(name) for name in _pages_that_name(aspect))
    rules = {
        rule.id: rule
        for rule in itertools.chain.from_iterable(pages)
        if any(selection.area == area and aspect in selection.aspects for selection in rule.selects)
    }
    return tuple(rule for _, rule in sorted(rules.items()))
