"""What recorded traffic says to the findings of a comparison: which of them would it really have met?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from contractkit.fuzz.check import Judged, checks
from contractkit.fuzz.message import ABSENT, Exchange
from contractkit.fuzz.operation import Api
from contractkit.fuzz.trial import is_at
from contractkit.fuzz.validity import parameters_of, validity
from contractkit.model.change import Change, Direction
from contractkit.model.finding import Finding
from contractkit.model.verdict import Verdict

_RESPONSE_CHECKS = ("response-body", "response-header", "undeclared-media-type", "undeclared-status")
_GONE = "removed"
_STATUS = re.compile(r"([1-5])(\d\d|XX)|default")


class Impact(NamedTuple):
    """What traffic says to one finding.

    Attributes:
        finding: the finding.
        calls: how many recorded requests call its operations.
        touched: in how many of those the request, or its answer, has something at the changed place.
        hit: in how many of them what is there is refused by the revision, or is gone with it.
        example: the first request that is hit, as method and target; None where none is.
    """

    finding: Finding
    calls: int
    touched: int
    hit: int
    example: str | None


class Impacts(NamedTuple):
    """What traffic says to a comparison.

    Attributes:
        rows: what it says to each breaking finding, in their order.
        exchanges: how many recorded requests there are.
        foreign: how many of those call no operation of the base.
    """

    rows: tuple[Impact, ...]
    exchanges: int
    foreign: int


def impacts(verdict: Verdict, findings: Sequence[Finding], traffic: Sequence[Exchange]) -> Impacts:
    """Return what recorded traffic says to findings.

    A request is held against the revision's contract at the changed place, and so is an answer: an answer of the base
    that the revision does not allow any more was what clients got, and do not get now.

    Args:
        verdict: the comparison, whose base is the version that answered.
        findings: those of its findings that are asked for.
        traffic: the requests and answers.
    """
    base, revision = Api(verdict.base.contract), Api(verdict.revision.contract)
    by_operation: dict[str, list[Exchange]] = {}
    foreign = 0
    for exchange in traffic:
        operation = base.find(exchange.request.method, exchange.request.path)
        if operation is None:
            foreign += 1
        else:
            by_operation.setdefault(operation.key, []).append(exchange)
    rows = []
    for finding in findings:
        change = finding.change
        keys = change.operations or (change.operation,)
        calls = [(key, exchange) for key in keys for exchange in by_operation.get(key, ())]
        told = [(exchange, *_told(change, key, exchange, base, revision)) for key, exchange in calls]
        hit = [exchange for exchange, _, is_hit in told if is_hit]
        example = f"{hit[0].request.method} {hit[0].request.path}" if hit else None
        rows.append(Impact(finding, len(calls), sum(touched for _, touched, _ in told), len(hit), example))
    return Impacts(tuple(rows), len(traffic), foreign)


def _told(change: Change, key: str, exchange: Exchange, base: Api, revision: Api) -> tuple[bool, bool]:
    """Return whether an exchange has something at the place of a change, and whether that is refused or gone."""
    now = revision.operations.get(key)
    if now is None:
        return True, True
    if change.direction is Direction.RESPONSE:
        touched = _answers_at(exchange, change.location)
        if not touched or change.action == _GONE:
            return touched, touched
        claims = (claim for name in _RESPONSE_CHECKS for claim in _judged(name, Judged(revision, now, exchange)))
        return True, any(is_at(claim.place, change.location) for claim in claims)
    hit = any(is_at(breach.place, change.location) for breach in validity(now, exchange.request).breaches)
    return hit or _sends_at(base, key, exchange, change.location), hit


def _judged(name: str, judged: Judged) -> Sequence[Any]:
    judge = checks()[name].judge
    return [] if judge is None else [*judge(judged)]


def _sends_at(base: Api, key: str, exchange: Exchange, location: str) -> bool:
    where, _, rest = location.partition(".")
    if where == "body" or where.startswith("body["):
        return exchange.request.body is not None and _has(exchange.request.json, location.removeprefix("body"))
    sent = parameters_of(base.operations[key], exchange.request)
    return any(spec.where == where and spec.name == rest and values is not None for spec, values in sent)


def _answers_at(exchange: Exchange, location: str) -> bool:
    """Return whether an answer has something at a place such as `200.body.items[].price` or `2XX.header.ETag`."""
    status, _, rest = location.partition(".")
    match = _STATUS.fullmatch(status)
    if match is None:
        return False
    came = str(exchange.response.status)
    if match[1] and not (came.startswith(match[1]) and match[2] in ("XX", came[1:])):
        return False
    if rest.startswith("header."):
        return bool(exchange.response.header(rest.removeprefix("header.")))
    return not rest.startswith("body") or _has(exchange.response.json, rest.removeprefix("body"))


def _has(value: Any, path: str) -> bool:
    """Return whether a JSON value has something at a place such as `.items[].price`."""
    values = [value]
    for token in re.findall(r"\[\]|[^.\[\]]+", path):
        if token == "[]":
            values = [item for one in values if isinstance(one, list) for item in one]
        else:
            values = [one[token] for one in values if isinstance(one, dict) and token in one]
    return any(one is not ABSENT for one in values)
