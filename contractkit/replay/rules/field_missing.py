"""A member of the body that was there when it was recorded is not there any more.

Optional or not in the contract: who read it finds nothing.

Instead: keep sending it, with the value that meant "nothing" before where there is nothing to say.
"""

from contractkit.model.finding import Severity
from contractkit.replay.difference import Difference, RecordedRule


def _message(difference: Difference) -> str:
    return f"`{difference.name}` was recorded, and is missing"


RULE = RecordedRule(
    id="recorded-field-missing",
    summary="a member of a recorded answer is missing",
    what=("missing",),
    severity=Severity.BREAKING,
    message=_message,
    recorded={"status": 200, "body": {"sku": "TEA-001", "stock": 3}},
    breaks={"status": 200, "body": {"sku": "TEA-001"}},
    holds={"status": 200, "body": {"stock": 3, "sku": "TEA-001"}},
)
