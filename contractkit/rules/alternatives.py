"""The alternatives of a value changed (`anyOf`, `oneOf`, `discriminator`).

An alternative that goes from a request refuses clients that send it. An alternative that comes to a response sends
clients something they have no branch for; generated clients of a discriminated union refuse an unknown tag. With
`oneOf`, a new alternative that overlaps an old one makes values that matched one now match two, and be refused.

Instead: go on accepting old alternatives; send new ones only to clients that ask for them; prefer `anyOf` with a
discriminator to bare `oneOf`.
"""

from __future__ import annotations

from contractkit.model.finding import Severity
from contractkit.rules.families import keyword_rules

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


RULES = (
    *keyword_rules(
        "anyOf",
        tight={"anyOf": [_range(_TEXT), _range(_COUNT)]},
        loose=_range({"anyOf": [_TEXT, _COUNT]}),
    ),
    *keyword_rules(
        "oneOf",
        tight={"oneOf": [{"type": "number"}, _COUNT, _TEXT]},
        loose={"oneOf": [_COUNT, _TEXT]},
        harmless=({"oneOf": [_COUNT, _TEXT]}, {"oneOf": [_COUNT, _TEXT, {"type": "array", "items": _TEXT}]}),
    ),
    *keyword_rules(
        "discriminator",
        tight=_tagged("cat"),
        loose=_tagged("cat", "dog"),
        severity=Severity.SAFE,
        no_witness="a tag that is missing or not known is told at the property that holds it",
    ),
)
