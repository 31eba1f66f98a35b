"""Deliberate faults: the yardstick of contractkit.

A fault is off by default. ``SAMPLE_APP_FAULT=NAME`` switches one on for the whole process, before the app is imported.
The place in the app that deviates asks here, by :func:`is_on` or :func:`pick`, and is the only place that knows the
fault.

``python -m sample_app.faults`` lists them, with ``--json`` for machines.
"""

import asyncio
import difflib
import functools
import os
from collections.abc import Mapping
from typing import TypeVar

from sample_app.faults.access import ACCESS_FAULTS
from sample_app.faults.answers import ANSWER_FAULTS
from sample_app.faults.contract import CONTRACT_FAULTS
from sample_app.faults.model import Fault, Kind, Tool
from sample_app.faults.sockets import SOCKET_FAULTS
from sample_app.faults.state import STATE_FAULTS

__all__ = ["REGISTRY", "VARIABLE", "Fault", "Kind", "Tool", "UnknownFaultError", "active", "dawdle", "is_on", "pick"]

T = TypeVar("T")

VARIABLE = "SAMPLE_APP_FAULT"
REGISTRY: Mapping[str, Fault] = {
    fault.name: fault for fault in (*CONTRACT_FAULTS, *ANSWER_FAULTS, *ACCESS_FAULTS, *STATE_FAULTS, *SOCKET_FAULTS)
}

_DAWDLE_SECONDS = 2.0


class UnknownFaultError(Exception):
    """SAMPLE_APP_FAULT names a fault that does not exist."""

    def __init__(self, name: str) -> None:
        near = difflib.get_close_matches(name, REGISTRY, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        super().__init__(f"{VARIABLE}: no fault is called {name!r}; {hint}`python -m sample_app.faults` lists them all")


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


async def dawdle(name: str, *, when: bool) -> None:
    """Waste two seconds in a case that the fault `name` slows down, while it is on; else nothing."""
    if is_on(name) and when:
        await asyncio.sleep(_DAWDLE_SECONDS)
