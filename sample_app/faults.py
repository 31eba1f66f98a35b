"""Deliberate faults: the yardstick of contractkit.

A fault is off by default. ``SAMPLE_APP_FAULT=NAME`` switches one on for the whole process, before the app is imported.
The place in the app that deviates asks here, by :func:`is_on` or :func:`pick`, and is the only place that knows the
fault.

``python -m sample_app.faults`` lists them, with ``--json`` for machines.
"""

import argparse
import difflib
import functools
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")

VARIABLE = "SAMPLE_APP_FAULT"


class Kind(StrEnum):
    """What a fault changes."""

    CONTRACT = "contract"
    """The OpenAPI document, and the behaviour with it."""
    PROMISE = "promise"
    """The behaviour only: the document still promises what it always did."""


class Tool(StrEnum):
    """The contractkit command that should see a fault."""

    DIFF = "diff"
    FUZZ = "fuzz"


@dataclass(frozen=True, slots=True)
class Fault:
    """One deliberate deviation.

    Attributes:
        name: what SAMPLE_APP_FAULT is set to.
        kind: whether the document changes or only the behaviour.
        where: the operations that deviate, as ``METHOD /path``.
        client_sees: one sentence from the side of a client that was built before.
        found_by: the command that should report it.
        finding: what that command should say, in words.
    """

    name: str
    kind: Kind
    where: tuple[str, ...]
    client_sees: str
    found_by: Tool
    finding: str


class UnknownFaultError(Exception):
    """SAMPLE_APP_FAULT names a fault that does not exist."""

    def __init__(self, name: str) -> None:
        near = difflib.get_close_matches(name, REGISTRY, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        super().__init__(f"{VARIABLE}: no fault is called {name!r}; {hint}`python -m sample_app.faults` lists them all")


_ALL = (
    Fault(
        name="product-stock-dropped",
        kind=Kind.CONTRACT,
        where=("GET /v2/products", "GET /v2/products/{sku}"),
        client_sees="Products come without `stock`, so a shop front that shows what is left has nothing to show.",
        found_by=Tool.DIFF,
        finding="the required response property `stock` was removed",
    ),
    Fault(
        name="order-quantity-limit-lowered",
        kind=Kind.CONTRACT,
        where=("POST /v2/orders",),
        client_sees="An order of 11 to 100 pieces, fine until now, is refused with 422.",
        found_by=Tool.DIFF,
        finding="the maximum of the request property `quantity` went from 100 down to 10",
    ),
    Fault(
        name="order-country-required",
        kind=Kind.CONTRACT,
        where=("POST /v2/orders",),
        client_sees="Every order without the new field `delivery_country` is refused with 422.",
        found_by=Tool.DIFF,
        finding="the new request property `delivery_country` is required",
    ),
    Fault(
        name="registration-answers-200",
        kind=Kind.CONTRACT,
        where=("POST /v2/users",),
        client_sees="Registration answers 200; a client that waits for 201 takes it for a failure.",
        found_by=Tool.DIFF,
        finding="the success status 201 was removed (200 took its place)",
    ),
    Fault(
        name="product-category-required",
        kind=Kind.CONTRACT,
        where=("GET /v2/products",),
        client_sees="The whole catalogue can no longer be listed: without `category` the answer is 422.",
        found_by=Tool.DIFF,
        finding="the query parameter `category` became required",
    ),
)

REGISTRY: Mapping[str, Fault] = {fault.name: fault for fault in _ALL}


@functools.cache
def active() -> Fault | None:
    """The fault that the environment switches on, None for the clean app.

    Read once: a process has one fault from start to end, so the document and the behaviour cannot drift apart.

    Raises:
        UnknownFaultError: SAMPLE_APP_FAULT is set to a name that is not in the registry.
    """
    name = os.environ.get(VARIABLE, "").strip()
    if not name:
        return None
    if name not in REGISTRY:
        raise UnknownFaultError(name)
    return REGISTRY[name]


def is_on(name: str) -> bool:
    """Whether the fault `name` is the active one. KeyError if the registry does not know `name`."""
    return REGISTRY[name] is active()


def pick(name: str, *, right: T, wrong: T) -> T:
    """`wrong` while the fault `name` is on, else `right`. KeyError if the registry does not know `name`."""
    return wrong if is_on(name) else right


def main(argv: Sequence[str] | None = None) -> int:
    """List the faults on stdout; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m sample_app.faults", description="List the app's deliberate faults."
    )
    parser.add_argument("--json", action="store_true", help="print a JSON list instead of text")
    options = parser.parse_args(argv)
    text = json.dumps([asdict(fault) for fault in _ALL], indent=2) if options.json else "\n".join(map(_told, _ALL))
    try:
        print(text, flush=True)
    except BrokenPipeError:  # the reader (`| head`) has seen enough; what is still buffered goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _told(fault: Fault) -> str:
    return "\n".join(
        (
            f"{fault.name} ({fault.kind})",
            f"  where:        {', '.join(fault.where)}",
            f"  client sees:  {fault.client_sees}",
            f"  {fault.found_by} says:    {fault.finding}",
        )
    )


if __name__ == "__main__":
    sys.exit(main())
