"""A value in the body is of another type than when it was recorded: a number became a text, a text null.

Clients in typed languages cannot read the answer any more, and others calculate with a text.

Instead: add a field of the new type and keep the old one until its clients are gone.
"""

from contractkit.model.finding import Severity
from contractkit.replay.difference import Difference, RecordedRule
from contractkit.rules.wording import shown


def _message(difference: Difference) -> str:
    before, after = shown(difference.before), shown(difference.after)
    return f"`{difference.name}` was {before} when it was recorded, and is of another type: {after}"


RULE = RecordedRule(
    id="recorded-type-changed",
    summary="a value in a recorded answer is of another type",
    what=("type",),
    severity=Severity.BREAKING,
    message=_message,
    recorded={"status": 200, "body": {"size": 12}},
    breaks={"status": 200, "body": {"size": "12"}},
    holds={"status": 200, "body": {"size": 12.0}},
)
