"""From differences to findings: one a cause, with a stable id, and without secrets."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from contractkit.fuzz.findings import Veil
from contractkit.model.fuzz import FuzzFinding, Step
from contractkit.model.jsontext import typed_text
from contractkit.replay.difference import Difference, recorded_rules
from contractkit.replay.masking import Masks
from contractkit.replay.replay import Cause, Shown

_HEX_DIGITS = 16


def findings_of(causes: Mapping[Cause, Shown], veil: Veil, masks: Masks) -> tuple[FuzzFinding, ...]:
    """Return the findings, sorted by operation, location, rule and id."""
    found = [_finding(cause, shown, veil, masks) for cause, shown in causes.items()]
    return tuple(sorted(found, key=lambda one: (one.operation, one.location, one.check, one.id)))


def _finding(cause: Cause, shown: Shown, veil: Veil, masks: Masks) -> FuzzFinding:
    name, operation, place = cause
    rule = recorded_rules()[name]
    first = _masked(shown.found[0], masks)
    more = "" if shown.count == 1 else f" (in {shown.count} of the recorded requests)"
    return FuzzFinding(
        id=fingerprint(cause, shown.found),
        check=name,
        severity=max((rule.severity_of(one) for one in shown.found), key=lambda one: one.rank),
        operation=operation,
        operations=(operation,),
        location=place,
        message=veil.text(rule.message(first)) + more,
        mend="",
        steps=tuple(_step(veil.step(exchange), masks) for exchange in shown.steps),
        before=first.before,
        after=first.after,
    )


def fingerprint(cause: Cause, found: list[Difference]) -> str:
    """Return the id of a finding: `ck1-` and 16 hexadecimal digits of its cause and of all values before and after."""
    values = sorted({typed_text([one.before, one.after]) for one in found})
    text = typed_text(["replay", *cause, values])
    return "ck1-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HEX_DIGITS]


def _masked(difference: Difference, masks: Masks) -> Difference:
    """Return a difference without what must not be written: the value of a new secret is one."""
    name = difference.name.rpartition(".")[2].replace("[]", "")
    values = ({name: one} for one in (difference.before, difference.after))
    before, after = (masks.answer(one)[0][name] for one in values)
    return replace(difference, before=before, after=after)


def _step(step: Step, masks: Masks) -> Step:
    answer: Any = step.answer
    return replace(step, answer=masks.answer(answer)[0] if isinstance(answer, dict | list) else answer)
