"""The alternatives of a value changed (`anyOf`, `oneOf`, `discriminator`).

An alternative that goes from a request refuses clients that send it. An alternative that comes to a response sends
clients something they have no branch for; generated clients of a discriminated union refuse an unknown tag. With
`oneOf`, a new alternative that overlaps an old one makes values that matched one now match two, and be refused. What
breaks only because one side has a discriminator and its models list no tags is `risky`: not every receiver looks at it.

Instead: go on accepting old alternatives; send new ones only to clients that ask for them; prefer `anyOf` with a
discriminator to bare `oneOf`.
"""

from __future__ import annotations

from contractkit.model.change import Change, Direction
from contractkit.model.finding import Severity
from contractkit.rules.families import keyword_rules
from contractkit.rules.wording import listed, place, shown, turned

_TEXT = {"type": "string"}
_COUNT = {"type": "integer"}


def _range(kind: object) -> dict[str, object]:
    return {"type": "object", "required": ["from", "to"], "properties": {"from": kind, "to": kind}}


def _tagged(*tags: str) -> dict[str, object]:
    return {
        "oneOf": [
            {"type": "object", "required": ["kind"], "properties": {"kind": {"const": tag}}} for tag in ("cat", "dog")
        ],
        "discriminator": {"propertyName": "kind", "mapping": {tag: f"#/components/schemas/{tag}" for tag in tags}},
    }


def _message(change: Change) -> str:
    if "alternative" not in change.facts:
        if change.aspect != "discriminator" and change.action in ("added", "removed"):
            one, verb = (change.after, "got") if change.action == "added" else (change.before, "lost")
            return f"{place(change)} {verb} the alternative {_said(one)}"
        return turned(change, f"`{change.aspect}`")
    request = change.direction is Direction.REQUEST
    name = change.facts["alternative"]
    value = f"`{name}`" if name else _said(change.before if request else change.after)
    if change.facts.get("lone"):
        return f"{place(change)} may {'no longer' if request else 'now'} be {value}"
    # What two alternatives of a `oneOf` take is refused just as what none takes.
    alone = " alone" if change.aspect == "oneOf" else ""
    if request:
        return f"{place(change)} may no longer be {value}: no alternative of `{change.aspect}` takes all of it{alone}"
    return f"{place(change)} may now be {value}: no alternative of `{change.aspect}` took all of it{alone}"


def _said(schema: object) -> str:
    """Return an alternative without a name in words: the one that it refers to, its type, or itself."""
    if schema is True:
        return "any value"
    if isinstance(schema, str):
        return f"`{schema}`"
    if isinstance(schema, dict) and set(schema) - {"title", "description"} == {"$ref"}:
        return f"`{str(schema['$ref']).rpartition('/')[2]}`"
    if isinstance(schema, dict) and set(schema) - {"title", "description"} == {"type"}:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        *first, last = [_KINDS.get(str(name), "") for name in names] or [""]
        if last and all(first):
            return f"{', '.join(first)} or {last}" if first else last
    return shown(schema)


_KINDS = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a boolean",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def _tags_message(change: Change) -> str:
    sides = [one if isinstance(one, dict) else {} for one in (change.before, change.after)]
    before, after = (one.get("mapping") for one in sides)
    rest = [{**one, "mapping": None} for one in sides]
    if not isinstance(before, dict) or not isinstance(after, dict) or rest[0] != rest[1]:
        return turned(change, "`discriminator`")
    elsewhere = [tag for tag in before if tag in after and before[tag] != after[tag]]
    new, gone = ([tag for tag in one if tag not in other] for one, other in ((after, before), (before, after)))
    tags = {
        f"has the new tag{'s' * (len(new) > 1)}": new,
        f"no longer has the tag{'s' * (len(gone) > 1)}": gone,
        "leads elsewhere by": elsewhere,
    }
    told = [f"{verb} {listed(sorted(names))}" for verb, names in tags.items() if names]
    return f"`discriminator` of {place(change)} {', '.join(told)}"


RULES = (
    *keyword_rules(
        "anyOf",
        tight={"anyOf": [_range(_TEXT), _range(_COUNT)]},
        loose=_range({"anyOf": [_TEXT, _COUNT]}),
        message=_message,
    ),
    *keyword_rules(
        "oneOf",
        tight={"oneOf": [{"type": "number"}, _COUNT, _TEXT]},
        loose={"oneOf": [_COUNT, _TEXT]},
        message=_message,
        harmless=({"oneOf": [_COUNT, _TEXT]}, {"oneOf": [_COUNT, _TEXT, {"type": "array", "items": _TEXT}]}),
    ),
    *keyword_rules(
        "discriminator",
        tight=_tagged("cat"),
        loose=_tagged("cat", "dog"),
        severity=Severity.SAFE,
        message=_tags_message,
        no_witness="a tag that is missing or not known is told at the property that holds it",
    ),
)
