"""Lists in answers: the items of a page, and how many there are in all."""

from __future__ import annotations

from typing import Any

from contractkit.fuzz.knowledge import plain
from contractkit.fuzz.message import ABSENT, Exchange


def items_of(exchange: Exchange) -> list[Any] | None:
    """Return the items of a page: the body itself, or its only list; None where there is no such list."""
    answer = exchange.response.json
    if not exchange.response.is_success or answer is ABSENT:
        return None
    if isinstance(answer, list):
        return answer
    lists = [value for value in answer.values() if isinstance(value, list)] if isinstance(answer, dict) else []
    return lists[0] if len(lists) == 1 else None


def total_of(exchange: Exchange) -> int | None:
    """Return how many items there are in all, as far as a page says so."""
    answer = exchange.response.json
    if isinstance(answer, dict):
        for name, value in answer.items():
            if plain(str(name)) in ("total", "totalcount") and isinstance(value, int) and not isinstance(value, bool):
                return value
    return None
