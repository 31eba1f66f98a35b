"""The name of one request, by which an answer, a problem document and the log belong together."""

import re
from uuid import uuid4

from fastapi import Request
from starlette.datastructures import Headers

HEADER = "X-Request-ID"

# What may stand in a log and a header as it is; anything else is not repeated.
_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")


def request_id_from(headers: Headers) -> str:
    """The id that a proxy or a client gave the request, if it is a sane one; else a new one."""
    given = headers.get(HEADER, "")
    return given if _SANE.fullmatch(given) else uuid4().hex


def request_id_of(request: Request) -> str:
    """The id of a request on its way through the app."""
    request_id: str = request.state.request_id
    return request_id
