"""Signing in, on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from sample_app import faults
from sample_app.auth.models import Login, LoginKind
from sample_app.auth.scopes import Scope
from sample_app.core.schemas import ApiModel

_ONE_SCOPE = f"({'|'.join(Scope)})"
SCOPES_PATTERN = rf"^({_ONE_SCOPE}( {_ONE_SCOPE})*)?$"


class LoginForm(ApiModel):
    """The form of the OAuth2 password flow (RFC 6749, section 4.3.2)."""

    grant_type: Literal["password"] = Field(default="password", description="The flow; there is this one only.")
    username: str = Field(description="The user name.", min_length=1, max_length=64, examples=["alice"])
    password: str = Field(description="The password.", min_length=1, max_length=128, examples=["Correct-horse-7"])
    scope: str = Field(
        default="",
        description="What the tokens are to be good for, separated by spaces; nothing for all that the role brings.",
        pattern=SCOPES_PATTERN,
        max_length=400,
        examples=["products:read orders:read"],
    )


class RefreshTokenIn(ApiModel):
    """A refresh token to be traded in or revoked."""

    refresh_token: str = Field(description="As it was given out.", min_length=1, max_length=200)


class TokenPair(ApiModel):
    """An access token to call with, and a refresh token to get the next pair (RFC 6749, section 5.1)."""

    access_token: str = Field(description="Goes into the Authorization header.")
    refresh_token: str = Field(description="Good for one use.")
    token_type: Literal["bearer"] = Field(description="How the access token is sent.")
    expires_in: int = Field(description="Lifetime of the access token in seconds.", ge=1, examples=[900])
    scope: str = Field(
        description="What the tokens are good for, separated by spaces.",
        pattern=SCOPES_PATTERN,
        examples=["orders:read products:read"],
    )


class SessionRead(ApiModel):
    """A login that still holds."""

    session_id: UUID = Field(description="Names the session.")
    kind: LoginKind
    scope: str = Field(
        description="What its tokens are good for, separated by spaces; a browser has none.",
        pattern=SCOPES_PATTERN,
        examples=["orders:read products:read"],
    )
    created_at: datetime = Field(description="When the user signed in, in UTC.")
    expires_at: datetime = Field(description="When it ends unless it is refreshed, in UTC.")
    current: bool = Field(
        description="Whether it is the one that asks.",
        serialization_alias=faults.pick("session-current-renamed", right=None, wrong="is_current"),
    )

    @classmethod
    def of(cls, login: Login, *, current: UUID) -> "SessionRead":
        """The login as its user sees it; `current` is the one that asks."""
        read = cls(
            session_id=login.id,
            kind=login.kind,
            scope=login.scope,
            created_at=login.created_at,
            expires_at=login.expires_at,
            current=login.id == current,
        )
        if faults.is_on("browser-session-without-scope") and login.kind is LoginKind.BROWSER:
            return read.model_copy(update={"scope": None})
        return read
