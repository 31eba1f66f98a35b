"""What a comparison saw, as exact lines of text."""

from collections.abc import Callable
from typing import Any

import pytest

from contractkit.diff.walk import Comparison, compare
from contractkit.model.change import Change
from contractkit.model.contract import Contract

Document = dict[str, Any]


def line(change: Change) -> str:
    """`GET /a request query.q: parameter required added`."""
    where = " ".join(part for part in (change.operation, change.direction or "", change.location) if part)
    return f"{where}: {change.area} {change.aspect} {change.action}"


@pytest.fixture
def comparison() -> Callable[[Document, Document], Comparison]:
    return lambda base, revision: compare(Contract("base", base), Contract("revision", revision))


@pytest.fixture
def seen(comparison: Callable[[Document, Document], Comparison]) -> Callable[[Document, Document], list[str]]:
    """All changes, each as one line, and nothing that was not noticed."""

    def lines(base: Document, revision: Document) -> list[str]:
        found = comparison(base, revision)
        notices = [f"notice {one.place}" for one in (*found.base_warnings, *found.revision_warnings)]
        return [line(change) for change in found.changes] + notices

    return lines


@pytest.fixture
def only(comparison: Callable[[Document, Document], Comparison]) -> Callable[[Document, Document], Change]:
    """The one change there is."""

    def change(base: Document, revision: Document) -> Change:
        (one,) = comparison(base, revision).changes
        return one

    return change
