"""The list of allowed values (`enum`, `const`) changed.

A request value that is no longer in the list breaks clients that send it. A response value that is new in the list
breaks clients that switch over the values they know, and generated clients that refuse the rest. A list that appears in
a request refuses all other values; a list that goes from a response promises nothing any more.

Instead: go on accepting old values in requests and map them to the new ones. Tell clients from the start that a list in
a response may grow (a plain string with the known values in its description), or send new values only on a new version.
"""

from __future__ import annotations

from contractkit.model.change import Change, Direction
from contractkit.model.finding import Severity
from contractkit.model.jsontext import typed_text
from contractkit.rules.examples import Example, Fragment, request_values, response_values
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import either, listed, place

_ANY = {"type": "string"}
_TWO = {"type": "string", "enum": ["red", "green"]}
_THREE = {"type": "string", "enum": ["red", "green", "blue"]}


def _only(values: object, others: object) -> list[object]:
    if not isinstance(values, list) or not isinstance(others, list):
        return []
    known = {typed_text(other) for other in others}
    return [value for value in values if typed_text(value) not in known]


def _refused(change: Change) -> list[object]:
    """The values that are sent and refused, where the proof found them; the lists may say them in another way."""
    values = change.facts.get("values")
    return values if isinstance(values, list) else []


def _new(change: Change) -> list[object]:
    if change.direction is Direction.RESPONSE and _refused(change):
        return _refused(change)
    return _only(change.after, change.before)


def _gone(change: Change) -> list[object]:
    if change.direction is Direction.REQUEST and _refused(change):
        return _refused(change)
    return _only(change.before, change.after)


def _appeared(change: Change) -> bool:
    return not isinstance(change.before, list) and not _refused(change)


def _went(change: Change) -> bool:
    return isinstance(change.before, list) and not isinstance(change.after, list) and not _refused(change)


def _lost(change: Change) -> bool:
    """Values went; where others came as well, the direction tells which of the two hurts."""
    both = not _appeared(change) and not _went(change)
    return both and (not _new(change) or (bool(_gone(change)) and change.direction is Direction.REQUEST))


def _gained(change: Change) -> bool:
    return not _appeared(change) and not _went(change) and not _lost(change)


def _replaced(change: Change) -> str:
    gone, new = _gone(change), _new(change)
    if gone and new and change.facts.get("is_one_of_several"):
        gone, new = (gone, []) if change.direction is Direction.REQUEST else ([], new)
    if gone and new:
        return f"{place(change)} may be {either(new)} and no longer {either(gone)}"
    if gone:
        return f"{place(change)} may no longer be {either(gone)}"
    return f"{place(change)} may now be {either(new)} too"


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _limited(change: Change) -> str:
    return f"{place(change)}, not listed before, must now be {either(_as_list(change.after))}"


def _freed(change: Change) -> str:
    return f"{place(change)} is no longer limited to {listed(_as_list(change.before))}"


def _rules(direction: Direction) -> tuple[Rule, ...]:
    sent = direction is Direction.REQUEST
    other = Direction.RESPONSE if sent else Direction.REQUEST

    def pair(before: Fragment, after: Fragment) -> Example:
        return request_values(before, after) if sent else response_values(before, after)

    def rule(step: str, summary: str, tighter: bool, before: Fragment, after: Fragment) -> Rule:
        where, message = _STEPS[step]
        breaking = sent is tighter
        return Rule(
            id=f"{direction}-enum-{step}",
            summary=summary,
            severity=Severity.BREAKING if breaking else Severity.SAFE,
            selects=(Selection("schema", ("enum",), direction=direction, where=where),),
            message=message,
            breaks=pair(before, after),
            holds=pair(after, before) if breaking else pair(_TWO, {"enum": ["green", "red"]}),
            mirror=f"{other}-enum-{step}",
            no_witness="" if breaking else "every value that may be sent was known before",
        )

    return (
        rule("value-removed", f"a {direction} value may no longer be one of those listed", True, _THREE, _TWO),
        rule("value-added", f"a {direction} value may be one that was not listed", False, _TWO, _THREE),
        rule("added", f"a {direction} value that was free is limited to a list", True, _ANY, _TWO),
        rule("removed", f"a {direction} value is no longer limited to a list", False, _TWO, _ANY),
    )


_STEPS = {
    "value-removed": (_lost, _replaced),
    "value-added": (_gained, _replaced),
    "added": (_appeared, _limited),
    "removed": (_went, _freed),
}

RULES = _rules(Direction.REQUEST) + _rules(Direction.RESPONSE)
