"""The body has a member that was not there when it was recorded.

Clients that pass over what they do not know read the answer as before, so it is `safe`. A project whose clients are
stricter, or that wants to see at once what an answer gives away, sets another level for it:
`[[tool.contractkit.levels]]` with `rules = ["recorded-field-new"]` and `level = "fail"`.

Instead: record again when the member is meant to be there.
"""

from contractkit.model.finding import Severity
from contractkit.replay.difference import Difference, RecordedRule


def _message(difference: Difference) -> str:
    return f"`{difference.name}` was not there when it was recorded"


RULE = RecordedRule(
    id="recorded-field-new",
    summary="an answer has a member that was not recorded",
    what=("new",),
    severity=Severity.SAFE,
    message=_message,
    recorded={"status": 200, "body": {"sku": "TEA-001"}},
    breaks={"status": 200, "body": {"sku": "TEA-001", "stock": 3}},
    holds={"status": 200, "body": {"sku": "TEA-001"}},
)
