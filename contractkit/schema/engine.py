"""The one door to the schema package: contract points in, changes with their proofs out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from contractkit.model.change import Change, Direction, Witness
from contractkit.schema.document import Document, Side


class Mode(StrEnum):
    """How a value is written on the wire."""

    JSON = "json"
    TEXT = "text"
    """A parameter, header or cookie: scalars are text, `null` cannot be written, an empty list is an absence."""
    FORM = "form"
    """A form body: an object whose fields are text."""


@dataclass(frozen=True, slots=True)
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
    """

    operation: str
    location: str
    direction: Direction
    base: Any
    revision: Any
    witness: Callable[[Any, str], Witness]
    mode: Mode = Mode.JSON


class SchemaEngine:
    """Compares the schemas of two documents; one instance serves one comparison."""

    def __init__(self, base: Document, revision: Document) -> None:
        self.base = base
        self.revision = revision

    def changes(self, points: Sequence[Point]) -> list[Change]:
        """Return the changes of all points: one per changed place of a component and direction, not one per use."""
        raise NotImplementedError

    def sample(self, side: Side, schema: Any, direction: Direction, mode: Mode = Mode.JSON) -> tuple[bool, Any]:
        """Return `(True, value)` with a small value that the schema accepts, or `(False, None)`."""
        raise NotImplementedError
