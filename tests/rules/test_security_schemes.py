"""What the rules say about a security scheme that itself changed."""

import pytest

from contractkit.model.change import Change
from contractkit.model.finding import Severity
from contractkit.rules.registry import rule_for
from contractkit.rules.rule import severity_of

ADDED, CHANGED = ("security-flow-added", Severity.SAFE), ("security-flow-changed", Severity.RISKY)
FLOWS = [
    ("added", "refreshUrl", ADDED, '`refreshUrl` of security scheme `o` is new: "b"'),
    ("added", "oauth2MetadataUrl", ADDED, '`oauth2MetadataUrl` of security scheme `o` is new: "b"'),
    ("added", "tokenUrl", CHANGED, '`tokenUrl` of security scheme `o` is new: "b"'),
    ("added", None, ADDED, 'flow "b" of security scheme `o` is new'),
    ("removed", "refreshUrl", CHANGED, '`refreshUrl` of security scheme `o` was removed: "a"'),
    ("removed", None, CHANGED, 'flow "a" of security scheme `o` was removed'),
    ("changed", "refreshUrl", CHANGED, '`refreshUrl` of security scheme `o` changed from "a" to "b"'),
]


@pytest.mark.parametrize(("action", "field", "judged", "message"), FLOWS)
def test_a_flow_and_its_addresses(action: str, field: str | None, judged: tuple[str, Severity], message: str) -> None:
    before, after = None if action == "added" else "a", None if action == "removed" else "b"
    facts = {"name": "o", "flow": "password", **({"field": field} if field else {})}
    change = Change("security", "flow", action, location="scheme.o.password", before=before, after=after, facts=facts)
    rule = rule_for(change)
    assert (rule.id, severity_of(rule, change), rule.message(change)) == (*judged, message)
