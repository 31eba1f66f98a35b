"""A claim: what a check says of an exchange or a sequence, before it has been tried again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from contractkit.fuzz.message import Exchange
from contractkit.model.finding import Severity

_LONG = 20_000
"""Bytes of an answer beyond which it is not kept for what depends on it."""


@dataclass(frozen=True)
class Claim:
    """A broken promise.

    Attributes:
        check: the id of the check.
        operation: the key of the operation that broke it.
        cause: what tells one cause from another; the same for every request that meets the same one. Never text that
            differs between runs.
        message: one sentence for a person.
        steps: the exchanges that show it, in order; the last one is where it shows.
        place: where in the answer or the request: `200.body/items/0/price`, `query.limit`.
        severity: what it means for clients.
        grouped: whether it is a trait of the framework that shows on every route: one finding for the whole app.
        mend: what to do about it.
        seen_in: the check and the operation of the play in which it was seen, where that was none of its own.
        scenario: the check that must run again to confirm it; empty where sending `steps` again is enough.
    """

    check: str
    operation: str
    cause: str
    message: str
    steps: tuple[Exchange, ...]
    place: str = ""
    severity: Severity = Severity.BREAKING
    grouped: bool = False
    mend: str = ""
    scenario: str = field(default="", compare=False)
    seen_in: tuple[str, str] | None = field(default=None, compare=False)

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two claims one finding."""
        return self.check, "" if self.grouped else self.operation, self.cause


def slim(log: Sequence[Exchange], claims: Sequence[Claim]) -> list[Exchange]:
    """Return a log without the long bodies of answers, but for those that claims hold."""
    held = {id(step) for claim in claims for step in claim.steps}
    return [
        one
        if len(one.response.body) <= _LONG or id(one) in held
        else replace(one, response=replace(one.response, body=b""))
        for one in log
    ]
