"""What the rules say about redirects."""

import pytest

from contractkit.model.change import Change, Direction
from contractkit.rules.registry import rule_for

RESPONSE = Direction.RESPONSE


@pytest.mark.parametrize(
    ("change", "rule", "message"),
    [
        (
            Change("response", "presence", "added", "GET /a", "303", RESPONSE, None, "303", facts={"status": "303"}),
            "redirect-status-added",
            "redirect status 303 is new",
        ),
        (
            Change("response", "presence", "removed", "GET /a", "304", RESPONSE, "304", facts={"status": "304"}),
            "redirect-status-removed",
            "status 304 was removed",
        ),
        (
            Change("response", "redirect", "changed", "POST /a", "303", RESPONSE, "307", "303"),
            "redirect-method-changed",
            "redirect status 307 became 303: clients follow it with GET and without the body",
        ),
    ],
)
def test_rule_and_message(change: Change, rule: str, message: str) -> None:
    found = rule_for(change)
    assert (found.id, found.message(change)) == (rule, message)
