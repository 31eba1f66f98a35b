"""Learns from several plays of the same requests which values are another one each time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from contractkit.fuzz.message import leaves
from contractkit.replay.answer import Answer
from contractkit.replay.carry import names_in
from contractkit.replay.cassette import Expected, Step
from contractkit.replay.marks import MASKED, shape_of
from contractkit.replay.template import Learner

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NEAR = timedelta(days=400)
"""How far from now a date is that may be another one tomorrow, where the app's clock is not ours."""


def learned(step: Step, answers: Sequence[Answer | None], now: datetime | None = None) -> Step:
    """Return a step with what its answer is expected to be.

    Args:
        step: the step.
        answers: what came back in each play; None where it was not played.
        now: the time, where the app's clock could not be set; dates near to it are another one another day.
    """
    came = [one for one in answers if one is not None and one.status]
    if len(came) < len(answers) or not came or len({(one.status, one.form) for one in came}) > 1:
        return replace(step, expected=None)
    first, *others = came
    headers = Learner(first.headers, [f"/{key}" for key, value in first.headers.items() if MASKED in value])
    body = Learner(first.body, first.masked)
    for other in others:
        headers.add(other.headers)
        body.add(other.body)
    if now is not None:
        _mark_dates(headers, now)
        _mark_dates(body, now)
    names = {name for part in (headers, body) for _, text in leaves(part.template.value) for name in _names(text)}
    return replace(
        step,
        expected=Expected(first.status, headers.template, first.form, body.template, tuple(sorted(names))),
    )


def _names(text: Any) -> list[str]:
    return [*names_in(text)] if isinstance(text, str) and "{{" in text else []


def _mark_dates(learner: Learner, now: datetime) -> None:
    template = learner.template
    for pointer, text in leaves(template.value):
        if pointer in template.volatile or not isinstance(text, str):
            continue
        shape = shape_of(text)
        if shape in ("<date>", "<date-time>") and _is_near(text, now):
            learner.mark(pointer, shape)


def _is_near(text: str, now: datetime) -> bool:
    found = _DAY.match(text)
    try:
        return found is not None and abs(datetime.fromisoformat(found[0]).replace(tzinfo=UTC) - now) < _NEAR
    except ValueError:
        return False
