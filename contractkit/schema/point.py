"""Contract points: the places of two documents where a value is sent."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from contractkit.model.change import Direction, Witness
from contractkit.model.records import field, record
from contractkit.schema.result import FORM, Context


class Mode(StrEnum):
    """How a value is written on the wire."""

    JSON = "json"
    TEXT = "text"
    """A parameter, header or cookie: scalars are text, `null` cannot be written, an empty list is an absence."""
    JOINED = "joined"
    """The same where a list is written as one text: `a,b`."""
    FORM = "form"
    """A form body: an object whose fields are text; those that are objects are JSON (OpenAPI 3.1.1, 4.8.15)."""
    STYLED = "styled"
    """A form body in which the fields of objects are text, too: a `style` says how."""


CONTEXTS = {
    Mode.JSON: Context(),
    Mode.TEXT: Context(text=1),
    Mode.JOINED: Context(text=1, joined=True),
    Mode.FORM: Context(text=FORM, parts=True),
    Mode.STYLED: Context(text=FORM),
}
"""How the schemas at a point of each mode are compared."""


@record(frozen=True, slots=True)
class Point:
    """One contract point: a place of both documents where a value is sent.

    Attributes:
        operation: the operation's key.
        location: the place inside the operation: `body`, `query.limit`, `200.body`, `200.header.ETag`.
        direction: who sends.
        base: the schema as it stands in the base document (object or boolean; `True` where there is none).
        revision: the same in the revision.
        witness: makes the whole request or response from the value sent here and the refusal in words.
        mode: how the value is written.
        facts: what rules may ask of every change found here (`media_type`, `status`, `in`, `name`).
        examples: whole values that the sender's document gives beside the schema.
    """

    operation: str
    location: str
    direction: Direction
    base: Any
    revision: Any
    witness: Callable[[Any, str], Witness]
    mode: Mode = Mode.JSON
    facts: dict[str, Any] = field(default_factory=dict)
    examples: tuple[Any, ...] = ()
