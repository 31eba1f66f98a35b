"""Pages by cursor: for lists that grow while somebody reads them.

A page begins after the last item that the client has seen, so items that come meanwhile neither move the others nor
show one twice, and a page far down costs no more than the first one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Generic, Protocol, Self, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import Field

from sample_app.core.schemas import ApiModel

T = TypeVar("T")

CURSOR_PATTERN = "^[0-9]{1,16}-[0-9a-f]{32}$"
_CURSOR = "1782864000000000-0b5f1c2e3d4a4b6c8d7e9f0a1b2c3d4e"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Listed(Protocol):
    """What stands in such a list. The id decides between two of the same moment."""

    @property
    def id(self) -> Any: ...
    @property
    def created_at(self) -> Any: ...


R = TypeVar("R", bound=Listed)


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a list: that of the item of this moment and id."""

    created_at: datetime
    id: UUID

    @classmethod
    def of(cls, item: Listed) -> Self:
        return cls(created_at=item.created_at, id=item.id)

    @classmethod
    def parse(cls, cursor: str) -> Self:
        """The place that a cursor stands for, which must match `CURSOR_PATTERN`."""
        microseconds, digits = cursor.split("-")
        return cls(created_at=_EPOCH + int(microseconds) * _MICROSECOND, id=UUID(digits))

    def __str__(self) -> str:
        return f"{(self.created_at - _EPOCH) // _MICROSECOND}-{self.id.hex}"


class CursorPage(ApiModel, Generic[T]):
    """A part of a list, and where it goes on."""

    items: list[T] = Field(description="The items of this page.")
    next_cursor: str | None = Field(
        description="Send it as `cursor` for the next page; nothing after the last one.",
        pattern=CURSOR_PATTERN,
        examples=[_CURSOR],
    )


class PageByCursor:
    """The page that a client asks for: the parameters of every list that is read by cursor.

    Attributes:
        limit: how many items at most.
        after: the place of the last item that the client has seen; None at the beginning.
    """

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=100, description="At most this many items.")] = 20,
        cursor: Annotated[
            str | None,
            Query(
                pattern=CURSOR_PATTERN,
                description="Where to go on: the `next_cursor` of the page before.",
                examples=[_CURSOR],
            ),
        ] = None,
    ) -> None:
        self.limit = limit
        self.after = None if cursor is None else Position.parse(cursor)

    @property
    def lookahead(self) -> int:
        """How many items to look up: one more than are shown tells whether there is a next page."""
        return self.limit + 1

    def cut(self, found: Sequence[R]) -> tuple[Sequence[R], str | None]:
        """What to show of the items found, and the cursor of the next page."""
        shown = found[: self.limit]
        return shown, str(Position.of(shown[-1])) if len(found) > self.limit else None
