"""A header field of the answer has another value than when it was recorded, or was not there.

Caches, browsers and clients act on header fields. Those that speak of the connection or the server are not compared,
and neither are `ETag` and `Last-Modified` where the body differs, whose changes they follow.

Instead: keep the value, or approve the change.
"""

from contractkit.model.finding import Severity
from contractkit.replay.difference import Difference, RecordedRule
from contractkit.rules.wording import shown


def _message(difference: Difference) -> str:
    if difference.what == "new-header":
        return f"the header field `{difference.name}` is {shown(difference.after)} and was not recorded"
    before, after = shown(difference.before), shown(difference.after)
    return f"the header field `{difference.name}` was {before} when it was recorded, and is {after}"


RULE = RecordedRule(
    id="recorded-header-changed",
    summary="a header field of a recorded answer has another value",
    what=("header", "new-header"),
    severity=Severity.RISKY,
    message=_message,
    recorded={"status": 200, "headers": {"cache-control": "max-age=60"}, "body": {}},
    breaks={"status": 200, "headers": {"cache-control": "no-store"}, "body": {}},
    holds={"status": 200, "headers": {"cache-control": "max-age=60", "date": "today"}, "body": {}},
)
