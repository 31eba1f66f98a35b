"""What a report says about a rule or check beside its findings: half a sentence, and its page."""

from __future__ import annotations

from dataclasses import dataclass

from contractkit.model.finding import Severity


@dataclass(frozen=True, slots=True)
class RulePage:
    """A rule of `diff` or a check of `fuzz`, as `contractkit rules show` has it.

    Attributes:
        id: its id.
        summary: half a sentence.
        text: the page: what is found, why it breaks clients, what to do instead.
        severity: what it means where no proof decides.
    """

    id: str
    summary: str
    text: str
    severity: Severity


def rule_page(rule_id: str) -> RulePage | None:
    """Return the page of a rule of `diff`; None where there is no such rule."""
    from contractkit.rules.registry import all_rules, page

    rule = all_rules().get(rule_id)
    return None if rule is None else RulePage(rule.id, rule.summary, page(rule.id), rule.severity)
