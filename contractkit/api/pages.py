"""The pages of rules and checks together, by id."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contractkit.report.pages import RulePage


def describe(rule_id: str) -> RulePage | None:
    """Return the page of a rule of `diff` or a check of `fuzz`; None where there is neither."""
    from contractkit.report.pages import RulePage, rule_page

    if (found := rule_page(rule_id)) is not None:
        return found
    from contractkit.fuzz.check import checks

    check = checks().get(rule_id)
    return None if check is None else RulePage(check.id, check.summary, check.page, check.severity)
