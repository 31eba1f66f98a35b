"""The pages of rules and checks together, by id."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contractkit.report.pages import RulePage


def describe(rule_id: str) -> RulePage | None:
    """Return the page of a rule of `diff` or `replay`, or a check of `fuzz`; None where there is neither."""
    from contractkit.report.pages import RulePage, rule_page

    if (known := rule_page(rule_id)) is not None:
        return known
    from contractkit.fuzz.check import checks
    from contractkit.replay.difference import recorded_rules

    found = checks().get(rule_id) or recorded_rules().get(rule_id)
    return None if found is None else RulePage(found.id, found.summary, found.page, found.severity)
