"""The headers of conditional requests (RFC 9110, section 13), as a route asks for them."""

from typing import Annotated, Any

from fastapi import Header

IfMatch = Annotated[str | None, Header(description="Go on only if it has one of these ETags.")]
IfNoneMatch = Annotated[str | None, Header(description="ETags of what the client has.")]

ETAG: dict[str, Any] = {
    "ETag": {"description": "Names this state of it.", "required": True, "schema": {"type": "string"}}
}
