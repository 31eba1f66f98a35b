"""Ways in which an app can break its own contract, chosen from the contract and done to its messages.

Nothing of the app itself is touched: `broken.py` stands around it and changes what goes in or comes out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from contractkit.mutants.survey import Operation, Spot, Survey, whole

BODY, STATUS, HEADER, REQUEST = "body", "status", "header", "request"
_DROP = {"drop": True}


@dataclass(frozen=True)
class Breakage:
    """One thing that a broken app does.

    Attributes:
        kind: such as `field-dropped`.
        method: of the operation, in upper case.
        path: its path template.
        where: the operation and the place, in words.
        part: what is changed: `body`, `status` or `header` of an answer of success, or the body of a `request`.
        steps: the way into the body: names and `[]`; for a header its name.
        change: for a body `{"drop": True}` or `{"value": ...}`, for a status `{"status": 203}`, for a request the
            limits that no longer hold, as JSON Schema has them.
    """

    kind: str
    method: str
    path: str
    where: str
    part: str
    steps: tuple[str, ...]
    change: Mapping[str, Any]

    @property
    def operation(self) -> str:
        """The operation, `GET /orders/{id}`."""
        return f"{self.method} {self.path}"

    def text(self) -> str:
        """Return it as JSON; see `read`."""
        return json.dumps(asdict(self))

    @staticmethod
    def read(text: str) -> Breakage:
        """Return the breakage that a text holds."""
        fields = json.loads(text)
        return Breakage(**{**fields, "steps": tuple(fields["steps"])})


@dataclass(frozen=True)
class BehaviourKind:
    """One kind of broken behaviour: its name, what the app does, and where a contract lets it be seen."""

    name: str
    says: str
    find: Callable[[Survey], Iterable[Breakage]]


def breakages(document: Mapping[str, Any], *, seed: int, each: int, kinds: Sequence[BehaviourKind]) -> list[Breakage]:
    """Return up to `each` breakages of every kind, at places of the contract that are drawn by the seed."""
    survey, chosen = Survey(document), list[Breakage]()
    for kind in kinds:
        found = list(kind.find(survey))
        rng = Random(f"{seed} {kind.name}")
        chosen += found if len(found) <= each else rng.sample(found, each)
    return chosen


def _answered(kind: str, change: Callable[[Spot, bool], Mapping[str, Any] | None]) -> Callable[[Survey], Any]:
    """Make the finder of what becomes of a property of an answer; the change is told whether it is promised."""

    def find(survey: Survey) -> Iterator[Breakage]:
        by_place = {spot.at: spot for spot in survey.response}
        for spot in survey.response:
            owner = by_place.get(spot.owner) if spot.owner is not None else None
            if owner is None or not owner.plain:
                continue
            made = change(spot, spot.name in owner.schema.get("required", ()))
            if made is not None:
                yield _breakage(kind, spot.operation, spot.where, BODY, spot.steps[2:], made)

    return find


def _breakage(
    kind: str, operation: Operation, where: str, part: str, steps: tuple[str, ...], change: Mapping[str, Any]
) -> Breakage:
    return Breakage(kind, operation.method.upper(), operation.path, where, part, steps, change)


def _other_value(spot: Spot, promised: bool) -> Mapping[str, Any] | None:
    if not promised or not spot.plain or spot.type not in ("string", "integer", "number", "boolean", "array"):
        return None
    return {"value": 7 if spot.type == "string" else "contractkit"}


def _null(spot: Spot, promised: bool) -> Mapping[str, Any] | None:
    is_null = spot.nullable or spot.schema.get("nullable") is True
    return {"value": None} if promised and spot.plain and spot.type not in ("", "null") and not is_null else None


def _statuses(survey: Survey) -> Iterator[Breakage]:
    for operation, code, _, _ in survey.successes:
        responses = operation.fields["responses"]
        if not {"2XX", "default", "203"} & set(map(str, responses)):
            yield _breakage("status-changed", operation, f"{operation.key} {code}", STATUS, (), {"status": 203})


def _headers(survey: Survey) -> Iterator[Breakage]:
    for operation, code, _, fields in survey.successes:
        headers = fields.get("headers")
        for name, header in headers.items() if isinstance(headers, Mapping) else ():
            if isinstance(header, Mapping) and header.get("required") is True:
                where = f"{operation.key} {code} {name}"
                yield _breakage("header-dropped", operation, where, HEADER, (str(name),), _DROP)


def _limits(survey: Survey) -> Iterator[Breakage]:
    for spot in survey.request:
        known = {key: whole(spot.schema.get(key)) for key in ("minimum", "maximum", "minLength", "maxLength")}
        limits: dict[str, Any] = {key: value for key, value in known.items() if value is not None}
        if limits.get("minLength") == 0:
            del limits["minLength"]
        if spot.plain and limits and len(spot.steps) > 1 and not {"pattern", "format"} & set(spot.schema):
            yield _breakage("limit-lifted", spot.operation, spot.where, REQUEST, spot.steps[1:], limits)


BEHAVIOURS = (
    BehaviourKind(
        "field-dropped",
        "an answer lacks a property that is always there",
        _answered("field-dropped", lambda _, promised: _DROP if promised else None),
    ),
    BehaviourKind("type-changed", "an answer has a value of another type", _answered("type-changed", _other_value)),
    BehaviourKind("null-answered", "an answer has null where it never is", _answered("null-answered", _null)),
    BehaviourKind("status-changed", "a success comes with a status that is not declared", _statuses),
    BehaviourKind("header-dropped", "an answer lacks a header that is always there", _headers),
    BehaviourKind("limit-lifted", "a value beyond its limits is taken", _limits),
)
"""The kinds of broken behaviour."""
