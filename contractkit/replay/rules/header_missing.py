"""A header field of the answer that was there when it was recorded is not there any more.

Who follows `Location`, revalidates by `ETag` or pages by `Link` cannot go on.

Instead: keep sending it.
"""

from contractkit.model.finding import Severity
from contractkit.replay.difference import Difference, RecordedRule


def _message(difference: Difference) -> str:
    return f"the header field `{difference.name}` was recorded, and is missing"


RULE = RecordedRule(
    id="recorded-header-missing",
    summary="a header field of a recorded answer is missing",
    what=("header-missing",),
    severity=Severity.BREAKING,
    message=_message,
    recorded={"status": 201, "headers": {"location": "/orders/1"}, "body": {}},
    breaks={"status": 201, "headers": {}, "body": {}},
    holds={"status": 201, "headers": {"location": "/orders/1", "server": "new"}, "body": {}},
)
