"""Warnings and hints about the two documents, as lines for stderr."""

from __future__ import annotations

from collections.abc import Iterable

from contractkit.model.verdict import SideInfo, Verdict
from contractkit.report.terminal import visible

_SHOWN = 10
_LONGEST_PLACE = 160


def notice_lines(verdict: Verdict, *, verbose: bool = False) -> list[str]:
    """Return one line for each warning and hint of both sides; beyond 10 of a kind only their number.

    Args:
        verdict: holds the two sides.
        verbose: show all of them.
    """
    sides = (verdict.base, verdict.revision)
    warnings = [f"warning: {line}" for side in sides for line in _warnings(side)]
    hints = [f"hint: {hint}" for side in sides for hint in side.hints]
    return [*_limited(warnings, "warnings", verbose), *_limited(hints, "hints", verbose)]


def _warnings(side: SideInfo) -> Iterable[str]:
    for notice in side.warnings:
        place = notice.place if notice.place.startswith("#") or not notice.place else f"#{notice.place}"
        yield f"{side.source}{short_place(place)}: {notice.text}"


def short_place(place: str) -> str:
    """Return a pointer with its middle left out where it is longer than a line of a wide terminal."""
    return place if len(place) <= _LONGEST_PLACE else f"{place[:100]}…{place[-40:]}"


def _limited(lines: list[str], noun: str, verbose: bool) -> list[str]:
    unique = list(dict.fromkeys(visible(line) for line in lines))
    if verbose or len(unique) <= _SHOWN:
        return unique
    return [*unique[:_SHOWN], f"and {len(unique) - _SHOWN} more {noun}, --verbose shows all"]
