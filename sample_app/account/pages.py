"""The page as HTML. Jinja2 is loaded when the first page is asked for: most processes never show one."""

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import Request, Response

if TYPE_CHECKING:
    from fastapi.templating import Jinja2Templates

# The page needs nothing but itself; whatever slipped through the escaping would not run, and no form would leave us.
_POLICY = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"


@functools.cache
def _templates() -> "Jinja2Templates":
    from fastapi.templating import Jinja2Templates
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = FileSystemLoader(Path(__file__).parent / "templates")
    return Jinja2Templates(env=Environment(loader=folder, autoescape=True, undefined=StrictUndefined))


def account_page(request: Request, **values: Any) -> Response:
    """The account page with these values, all escaped; nobody may store it."""
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
    return _templates().TemplateResponse(request, "account.html", values, headers=headers)
