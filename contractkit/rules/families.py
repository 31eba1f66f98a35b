"""Makes the rules of schema keywords that behave alike in both directions.

A keyword tells which values are allowed. Where it becomes tighter in a request, a client built on the base may send
what the server now refuses; where it becomes looser in a response, the server may send what that client cannot take.
Whether a given change does so is the proof's to say: the rule gives it a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from contractkit.model.change import Change, Direction
from contractkit.model.finding import Severity
from contractkit.rules.examples import Example, Fragment, request_values, response_values
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import place, shown, turned


def kebab(keyword: str) -> str:
    """Return `minLength` as `min-length`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", keyword).lower()


def keyword_rules(
    keyword: str,
    *,
    tight: Fragment,
    loose: Fragment,
    name: str = "",
    severity: Severity = Severity.BREAKING,
    no_witness: str = "",
    message: Callable[[Change], str] | None = None,
    harmless: tuple[Fragment, Fragment] | None = None,
) -> tuple[Rule, Rule]:
    """Return the rules `request-KEYWORD-changed` and `response-KEYWORD-changed`.

    Args:
        keyword: the aspect of the change.
        tight: a schema that allows less, for the examples.
        loose: a schema that allows more, with the same aspect differing.
        name: stands for the keyword in ids, where the keyword itself would not read well.
        severity: what a change means that no proof decides; `safe` for a keyword whose breaks are told by the rules of
            the schemas inside it.
        no_witness: why no value can show the change.
        message: replaces the sentence about the keyword's values.
        harmless: a tighter and a looser schema for the examples that hold, where the others the other way round break.
    """
    name = name or kebab(keyword)
    ids = {Direction.REQUEST: f"request-{name}-changed", Direction.RESPONSE: f"response-{name}-changed"}

    def rule(direction: Direction, other: Direction, breaks: Example, holds: Example) -> Rule:
        return Rule(
            id=ids[direction],
            summary=f"`{keyword}` of a value in a {direction} was added, removed or changed",
            severity=severity,
            selects=(Selection("schema", (keyword,), direction=direction),),
            message=message or (lambda change: turned(change, f"`{keyword}`")),
            breaks=breaks,
            holds=holds,
            mirror=ids[other],
            no_witness=no_witness,
        )

    sent, received = Direction.REQUEST, Direction.RESPONSE
    if severity is Severity.SAFE:
        respelled = {"allOf": [tight]}
        return (
            rule(sent, received, request_values(tight, loose), request_values(tight, respelled)),
            rule(received, sent, response_values(loose, tight), response_values(tight, respelled)),
        )
    narrow, wide = harmless or (tight, loose)
    return (
        rule(sent, received, request_values(loose, tight), request_values(narrow, wide)),
        rule(received, sent, response_values(tight, loose), response_values(wide, narrow)),
    )


def bound_rules(keyword: str, *, of: str, tight: Fragment, loose: Fragment) -> tuple[Rule, ...]:
    """Return the four rules of a numeric bound: increased and decreased, in requests and in responses.

    A bound that appears is one that became tighter, a bound that goes is one that became looser.

    Args:
        keyword: the bound (`minLength`); its first three letters tell which way is tighter.
        of: what is bounded, in words ("the length").
        tight: a schema with the tighter bound, for the examples.
        loose: the same with a looser bound.
    """
    tighter, looser = ("increased", "decreased") if keyword.startswith("min") else ("decreased", "increased")
    name = kebab(keyword)

    def rule(direction: Direction, step: str, breaks: Example, holds: Example) -> Rule:
        other = Direction.RESPONSE if direction is Direction.REQUEST else Direction.REQUEST
        breaking = (direction is Direction.REQUEST) == (step == tighter)
        return Rule(
            id=f"{direction}-{name}-{step}",
            summary=f"{of} in a {direction} ({keyword}) became {'tighter' if step == tighter else 'looser'}",
            severity=Severity.BREAKING if breaking else Severity.SAFE,
            selects=(Selection("schema", (keyword,), direction=direction, where=lambda change: _step(change) == step),),
            message=lambda change: _bound_message(change, keyword),
            breaks=breaks,
            holds=holds,
            mirror=f"{other}-{name}-{step}",
            no_witness=""
            if breaking
            else f"every {'request' if direction is Direction.REQUEST else 'response'} "
            "that was possible is still understood",
        )

    respelled = {"allOf": [tight]}
    return (
        rule(Direction.REQUEST, tighter, request_values(loose, tight), request_values(tight, loose)),
        rule(Direction.REQUEST, looser, request_values(tight, loose), request_values(tight, respelled)),
        rule(Direction.RESPONSE, tighter, response_values(loose, tight), response_values(tight, respelled)),
        rule(Direction.RESPONSE, looser, response_values(tight, loose), response_values(loose, tight)),
    )


def _bound_message(change: Change, keyword: str) -> str:
    if change.action in ("added", "removed"):
        return turned(change, f"`{keyword}`")
    verb = "rose" if _step(change) == "increased" else "fell"
    return f"`{keyword}` of {place(change)} {verb} from {shown(change.before)} to {shown(change.after)}"


def _step(change: Change) -> str:
    """Return `increased` or `decreased`; a bound that is missing lies beyond every number."""
    missing = float("-inf") if change.aspect.startswith("min") else float("inf")
    before, after = (_height(value, missing) for value in (change.before, change.after))
    return "increased" if after > before else "decreased"


def _height(value: object, missing: float) -> tuple[float, int]:
    """Return a bound as something to compare: exclusive ones, written `> 5` or `< 5`, lie just beside the number."""
    sign, text = 0, value
    if isinstance(value, str):
        sign = {">": 1, "<": -1}.get(value[:1], 0)
        text = value.lstrip("<> ")
    try:
        return float(str(text)), sign
    except ValueError:
        return missing, 0
