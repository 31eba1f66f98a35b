"""What a user can do on the account page."""

import secrets
from dataclasses import dataclass

from sample_app.account.errors import ForgedRequestError, NotSignedInError
from sample_app.account.models import BrowserSession, Note
from sample_app.account.repository import BrowserSessionRepository, NoteRepository
from sample_app.auth.service import AuthService
from sample_app.auth.tokens import digest
from sample_app.users.models import User

_NOTES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is signed in, and the token that each form of theirs must bring."""

    user: User
    session: BrowserSession

    @property
    def csrf_token(self) -> str:
        return self.session.csrf_token


@dataclass(frozen=True, slots=True)
class AccountService:
    auth: AuthService
    sessions: BrowserSessionRepository
    notes: NoteRepository

    async def sign_in(self, username: str, password: str, *, replaced: str | None) -> str:
        """The cookie of a new session. It is always a new one, so that nobody can prepare one for somebody else.

        Args:
            username: who signs in.
            password: and how they prove it.
            replaced: the cookie that the browser had before, whose session ends.

        Raises:
            WrongCredentialsError: no such user, or not this password.
        """
        user = await self.auth.check_password(username, password)
        if (before := await self._session(replaced)) is not None:
            await self.auth.end(before.login_id)
        login = await self.auth.begin_browser_login(user)
        cookie = secrets.token_urlsafe(32)
        await self.sessions.add(
            BrowserSession(
                login_id=login.id,
                tenant_id=user.tenant_id,
                digest=digest(cookie),
                csrf_token=secrets.token_urlsafe(32),
            )
        )
        return cookie

    async def visitor(self, cookie: str | None) -> Visitor | None:
        """Who is signed in by a cookie; None if it is not good, or there is none.

        From here on the request works for the visitor's tenant alone.
        """
        if (session := await self._session(cookie)) is None:
            return None
        self.auth.enter_tenant(session.tenant_id)
        user = await self.auth.user_of_login(session.login_id)
        return Visitor(user, session) if user is not None else None

    async def _session(self, cookie: str | None) -> BrowserSession | None:
        return await self.sessions.get(digest(cookie)) if cookie is not None else None

    async def known_visitor(self, cookie: str | None) -> Visitor:
        """Who is signed in by a cookie.

        Raises:
            NotSignedInError: nobody is.
        """
        if (visitor := await self.visitor(cookie)) is None:
            raise NotSignedInError("The session has ended, or there was none.")
        return visitor

    async def notes_of(self, visitor: Visitor, *, containing: str) -> list[Note]:
        """The newest notes of the user that contain a text."""
        return await self.notes.newest(visitor.user.id, containing=containing, limit=_NOTES_SHOWN)

    async def write_note(self, visitor: Visitor, text: str, *, csrf_token: str) -> None:
        """Keep a note.

        Raises:
            ForgedRequestError: the token is not the one of this session.
        """
        _refuse_forgery(visitor, csrf_token)
        await self.notes.add(Note(tenant_id=visitor.user.tenant_id, user_id=visitor.user.id, text=text))

    async def sign_out(self, visitor: Visitor, *, csrf_token: str) -> None:
        """End the session.

        Raises:
            ForgedRequestError: the token is not the one of this session.
        """
        _refuse_forgery(visitor, csrf_token)
        await self.auth.end(visitor.session.login_id)


def _refuse_forgery(visitor: Visitor, csrf_token: str) -> None:
    # Bytes, because texts beyond ASCII cannot be compared in constant time.
    if not secrets.compare_digest(visitor.csrf_token.encode(), csrf_token.encode()):
        raise ForgedRequestError("Load the account page again and send its form.")
