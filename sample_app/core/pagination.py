"""Pages of a list: the parameters, and the envelope around the items."""

from typing import Generic, TypeVar

from pydantic import Field

from sample_app.core.schemas import ApiModel

T = TypeVar("T")


class Page(ApiModel, Generic[T]):
    """A part of a list, with what a client needs to ask for the next one."""

    items: list[T] = Field(description="The items of this page.")
    total: int = Field(description="How many items the whole list has.", ge=0, examples=[4])
    limit: int = Field(description="The page size asked for.", ge=1, le=100, examples=[20])
    offset: int = Field(description="How many items stand before this page.", ge=0, examples=[0])


class PageQuery(ApiModel):
    """The page that a client asks for: the base of the query parameters of every list."""

    limit: int = Field(default=20, ge=1, le=100, description="At most this many items.")
    offset: int = Field(default=0, ge=0, le=1_000_000, description="Leave out this many items first.")
