"""A value in the body is another one than when it was recorded.

The contract allows both, and still clients see something else: a total that is counted otherwise, items in another
order, one item too many. Values that differed when the same version was played twice (times, identifiers) are compared
by their type and shape only. In an answer that refuses it is `risky`: its words are mostly for people.

Instead: keep what is answered to the same requests, or approve the change with a reason, which tells it to everybody.
"""

from contractkit.model.finding import Severity
from contractkit.replay.difference import Difference, RecordedRule
from contractkit.rules.wording import shown


def _message(difference: Difference) -> str:
    if difference.after is None and difference.place.endswith("[]"):
        return f"`{difference.name}` held {shown(difference.before)} when it was recorded, and does not now"
    if difference.before is None and difference.place.endswith("[]"):
        return f"`{difference.name}` holds {shown(difference.after)}, which was not recorded"
    before, after = shown(difference.before), shown(difference.after)
    return f"`{difference.name}` was {before} when it was recorded, and is {after}"


RULE = RecordedRule(
    id="recorded-body-changed",
    summary="a value in a recorded answer is another one",
    what=("value",),
    severity=Severity.BREAKING,
    in_refusals=Severity.RISKY,
    message=_message,
    recorded={"status": 200, "body": {"total": 2, "items": ["a", "b"]}},
    breaks={"status": 200, "body": {"total": 3, "items": ["a", "b"]}},
    holds={"status": 200, "body": {"items": ["a", "b"], "total": 2.0}},
)
