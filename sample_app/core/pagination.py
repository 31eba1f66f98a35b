"""Pages of a list: the parameters, and the envelope around the items."""

from typing import Any, Generic, TypeVar

from pydantic import Field
from starlette.datastructures import URL

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


LINK: dict[str, Any] = {
    "Link": {"description": "The pages around this one (RFC 8288).", "required": True, "schema": {"type": "string"}}
}


def link_header(url: URL, *, total: int, limit: int, offset: int) -> str:
    """The Link header of a page: the first page, the one before, the next, and the last, as far as there are such.

    Args:
        url: the URL that was asked for.
        total: how many items the whole list has.
        limit: the page size.
        offset: how many items stand before this page.
    """
    last = (total - 1) // limit * limit if total else 0
    pages = {"first": 0, "prev": max(offset - limit, 0), "next": offset + limit, "last": last}
    if offset == 0:
        del pages["prev"]
    if offset + limit >= total:
        del pages["next"]
    links = []
    for relation, start in pages.items():
        page = url.include_query_params(limit=limit, offset=start)
        links.append(f'<{page.path}?{page.query}>; rel="{relation}"')
    return ", ".join(links)
