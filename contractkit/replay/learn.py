"""Learns from several plays of the same requests which values are another one each time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from contractkit.fuzz.message import escaped, leaves
from contractkit.replay.answer import Answer
from contractkit.replay.carry import names_in
from contractkit.replay.cassette import Cassette, Expected, Step
from contractkit.replay.marks import MASKED, fits, shape_of
from contractkit.replay.template import Learner

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_OFTEN = 10
"""Answers in which a header field was seen to be another one, before that counts as a habit."""
_BY_CHANCE = 0.1
"""For each of them, answers in which it was the same twice, at most."""
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


def with_habits(cassettes: Sequence[Cassette]) -> list[Cassette]:
    """Return cassettes in which a header field that is another one nearly everywhere is so everywhere.

    Of a thousand times in microseconds, some are the same in two plays by chance.
    """
    marks: dict[str, Counter[str]] = {}
    steady: Counter[str] = Counter()
    steps = (step for cassette in cassettes for step in cassette.steps)
    for headers in (step.expected.headers for step in steps if step.expected is not None):
        for name, value in headers.value.items():
            if f"/{escaped(name)}" not in headers.volatile:
                steady[name] += 1
            elif MASKED not in value:
                marks.setdefault(name, Counter())[value] += 1
    habits = {
        name: found.most_common(1)[0][0]
        for name, found in marks.items()
        if found.total() >= _OFTEN and steady[name] <= found.total() * _BY_CHANCE
    }
    return [replace(one, steps=tuple(_with_habits(step, habits) for step in one.steps)) for one in cassettes]


def _with_habits(step: Step, habits: Mapping[str, str]) -> Step:
    if step.expected is None:
        return step
    known = step.expected.headers
    fresh = {
        name: mark
        for name, mark in habits.items()
        if f"/{escaped(name)}" not in known.volatile and fits(mark, known.value.get(name))
    }
    if not fresh:
        return step
    pointers = {f"/{escaped(name)}" for name in fresh}
    headers = replace(known, value={**known.value, **fresh}, volatile=known.volatile | pointers)
    return replace(step, expected=replace(step.expected, headers=headers))


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
