"""The body is of another media type than when it was recorded.

Clients choose how to read a body by its media type, if they do not take it for granted.

Instead: answer as before who does not ask for the new type (`Accept`).
"""

from contractkit.model.finding import Severity
from contractkit.replay.difference import Difference, RecordedRule
from contractkit.rules.wording import shown


def _message(difference: Difference) -> str:
    before, after = shown(difference.before), shown(difference.after)
    return f"the media type was {before} when it was recorded, and is {after}"


RULE = RecordedRule(
    id="recorded-media-type-changed",
    summary="a recorded answer has another media type",
    what=("media-type",),
    severity=Severity.BREAKING,
    message=_message,
    recorded={"status": 200, "headers": {"content-type": "application/json"}, "body": {"a": 1}},
    breaks={"status": 200, "headers": {"content-type": "application/hal+json"}, "body": {"a": 1}},
    holds={"status": 200, "headers": {"content-type": "application/json"}, "body": {"a": 1}},
)
