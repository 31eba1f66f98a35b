"""How a parameter is written changed: its `style`, `explode` and their kin, or plain text against a media type.

Clients write `?tag=a&tag=b` where the server now reads `?tag=a,b`: it sees one strange tag, or refuses the request. A
change that writes the same text (explode on a single value) is no change. Which characters may stand raw, and whether
a value may be empty, matters to some clients only: `risky`.

Instead: read both ways of writing on the server.
"""

from __future__ import annotations

from typing import Any

from contractkit.model.finding import Severity
from contractkit.rules.examples import Example, parameters
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import turned

_NO_DIRECTION = "both ways of the change are breaks: the two sides write and read differently"
_NO_WITNESS = "no value is needed: the same value is written in another way"


def _tags(before: dict[str, Any], after: dict[str, Any]) -> Example:
    return parameters([{"name": "tag", "in": "query", **before}], [{"name": "tag", "in": "query", **after}])


_LIST = {"schema": {"type": "array", "items": {"type": "string"}}}
_OBJECT = {"type": "object", "properties": {"a": {"type": "string"}}}

RULES = (
    Rule(
        id="parameter-style-changed",
        summary="the same value of a parameter or header is written differently",
        severity=Severity.BREAKING,
        selects=tuple(Selection(area, ("style", "explode", "name")) for area in ("parameter", "header")),
        message=lambda change: turned(change, f"`{change.aspect}`"),
        breaks=_tags({**_LIST, "explode": True}, {**_LIST, "explode": False}),
        holds=_tags({"schema": {"type": "string"}, "explode": True}, {"schema": {"type": "string"}, "explode": False}),
        no_mirror=_NO_DIRECTION,
        no_witness=_NO_WITNESS,
    ),
    Rule(
        id="parameter-content-changed",
        summary="a parameter or header became text in a media type, or another one",
        severity=Severity.BREAKING,
        selects=tuple(Selection(area, ("content",)) for area in ("parameter", "header")),
        message=lambda change: turned(change, "the media type"),
        breaks=_tags({"schema": _OBJECT}, {"content": {"application/json": {"schema": _OBJECT}}}),
        holds=_tags(
            {"content": {"application/json": {"schema": _OBJECT}}},
            {"content": {"application/json; charset=utf-8": {"schema": _OBJECT}}},
        ),
        no_mirror=_NO_DIRECTION,
        no_witness=_NO_WITNESS,
    ),
    Rule(
        id="parameter-characters-changed",
        summary="the values of a parameter may hold other characters, or be empty",
        severity=Severity.RISKY,
        selects=tuple(Selection(area, ("allowReserved", "allowEmptyValue")) for area in ("parameter", "header")),
        message=lambda change: turned(change, f"`{change.aspect}`"),
        breaks=_tags(
            {"schema": {"type": "string"}, "allowReserved": True},
            {"schema": {"type": "string"}, "allowReserved": False},
        ),
        holds=_tags({"schema": {"type": "string"}}, {"schema": {"type": "string"}, "allowReserved": False}),
        no_mirror=_NO_DIRECTION,
        no_witness="most values are written the same",
    ),
)
