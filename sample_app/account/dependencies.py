"""Who is signed in by a cookie, and whether a form comes from our own page."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Form, Request
from fastapi.security import APIKeyCookie

from sample_app.account.errors import ForgedRequestError
from sample_app.account.repository import BrowserSessionRepository, NoteRepository
from sample_app.account.schemas import SignInForm
from sample_app.account.service import AccountService, Visitor
from sample_app.auth.dependencies import AuthServiceDep
from sample_app.core.dependencies import RequestLimitsDep, SessionDep
from sample_app.core.rate_limits import Limit

COOKIE = "session"

_cookie = APIKeyCookie(
    name=COOKIE, scheme_name="SessionCookie", description="Set by `POST /account/session`.", auto_error=False
)
CookieDep = Annotated[str | None, Depends(_cookie)]


async def get_account_service(session: SessionDep, auth: AuthServiceDep) -> AccountService:
    return AccountService(auth=auth, sessions=BrowserSessionRepository(session), notes=NoteRepository(session))


AccountServiceDep = Annotated[AccountService, Depends(get_account_service)]


async def get_visitor(cookie: CookieDep, account: AccountServiceDep) -> Visitor:
    return await account.known_visitor(cookie)


async def get_visitor_or_none(cookie: CookieDep, account: AccountServiceDep) -> Visitor | None:
    return await account.visitor(cookie)


VisitorDep = Annotated[Visitor, Depends(get_visitor)]
OptionalVisitorDep = Annotated[Visitor | None, Depends(get_visitor_or_none)]


async def limit_sign_in(form: Annotated[SignInForm, Form()], limits: RequestLimitsDep) -> SignInForm:
    """The form of a sign-in, counted together with the attempts at `POST /auth/token`."""
    await limits.enforce(Limit.SIGN_IN, limits.address, form.username)
    return form


async def refuse_other_sites(request: Request) -> None:
    """Refuse a form that a page of another site has sent: browsers say where a request comes from.

    Clients that are no browsers say nothing, and have no cookies of a user to abuse. This comes before the CSRF
    token, and also guards signing in, for which there is no token yet.

    Raises:
        ForgedRequestError: the request comes from elsewhere.
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    own = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if site not in ("same-origin", "none") or not own:
        raise ForgedRequestError("Send the form from the account page itself.")
