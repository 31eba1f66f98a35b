"""What a check is, and which there are."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

from contractkit.fuzz.claim import Claim
from contractkit.fuzz.message import Exchange
from contractkit.fuzz.operation import Api, Operation
from contractkit.fuzz.validity import Validity, validity
from contractkit.model.finding import Severity

if TYPE_CHECKING:
    from contractkit.fuzz.scene import Scene


@dataclass(frozen=True)
class Judged:
    """One exchange with what it is judged by.

    Attributes:
        api: the contract.
        operation: the operation that was called.
        exchange: request and response.
    """

    api: Api
    operation: Operation
    exchange: Exchange

    @cached_property
    def validity(self) -> Validity:
        """Whether the request, as it was sent, matches the contract."""
        return validity(self.operation, self.exchange.request)


@dataclass(frozen=True)
class Check:
    """One promise.

    Attributes:
        id: its name, as reports and options say it.
        summary: one line: what an app promises.
        severity: what a broken promise means for clients.
        breaks: the source of a FastAPI app, called `app`, that breaks it and nothing else.
        holds: the source of an app that keeps it.
        judge: looks at one exchange.
        review: looks at all exchanges of an operation together.
        play: sends requests of its own for one operation.
        needs_users: how many users it takes.
        last: whether its turn is after all others of a unit, because it lets the app's clock run on.
        of_sockets: whether it is about WebSockets, and about nothing else.
        slow: whether what it finds takes seconds each time.
    """

    id: str
    summary: str
    breaks: str
    holds: str
    severity: Severity = Severity.BREAKING
    judge: Callable[[Judged], Iterable[Claim]] | None = None
    review: Callable[[Api, Operation, Sequence[Exchange]], Iterable[Claim]] | None = None
    play: Callable[[Scene], Iterable[Claim]] | None = None
    needs_users: int = 0
    last: bool = False
    of_sockets: bool = False
    slow: bool = False

    @property
    def page(self) -> str:
        """The page of documentation: the docstring of its module."""
        function = self.judge or self.review or self.play
        module = inspect.getmodule(function)
        return inspect.cleandoc(module.__doc__ or "") if module is not None else ""


@cache
def checks() -> Mapping[str, Check]:
    """Return all checks by id, sorted."""
    from contractkit.fuzz import checks as package

    found: dict[str, Check] = {}
    for module in pkgutil.iter_modules(package.__path__):
        for value in vars(importlib.import_module(f"{package.__name__}.{module.name}")).values():
            if isinstance(value, Check):
                found[value.id] = value
    return dict(sorted(found.items()))
