"""The same request is answered with another status than when it was recorded.

Clients branch on the status before they read anything else: what was created is an error now, or what was refused is
taken. The rest of such an answer is not compared.

Instead: keep the status of what clients send already; answer otherwise only what could not be sent before.
"""

from contractkit.model.finding import Severity
from contractkit.replay.difference import Difference, RecordedRule


def _message(difference: Difference) -> str:
    if difference.what == "no-answer":
        return f"no answer comes, where {difference.before} was recorded"
    return f"the status is {difference.after}, where {difference.before} was recorded"


RULE = RecordedRule(
    id="recorded-status-changed",
    summary="a recorded request is answered with another status",
    what=("status", "no-answer"),
    severity=Severity.BREAKING,
    message=_message,
    recorded={"status": 200, "body": {"sku": "TEA-001"}},
    breaks={"status": 404, "body": {"detail": "no such product"}},
    holds={"status": 200, "body": {"sku": "TEA-001"}},
)
