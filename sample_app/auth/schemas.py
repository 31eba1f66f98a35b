"""Signing in, on the wire."""

from typing import Literal

from pydantic import Field

from sample_app.core.schemas import ApiModel


class LoginForm(ApiModel):
    """The form of the OAuth2 password flow (RFC 6749, section 4.3.2)."""

    grant_type: Literal["password"] = Field(default="password", description="The flow; there is this one only.")
    username: str = Field(description="The user name.", min_length=1, max_length=64, examples=["alice"])
    password: str = Field(description="The password.", min_length=1, max_length=128, examples=["Correct-horse-7"])
    scope: str = Field(default="", description="Accepted, not used yet.", max_length=200)


class RefreshTokenIn(ApiModel):
    """A refresh token to be traded in or revoked."""

    refresh_token: str = Field(description="As it was given out.", min_length=1, max_length=200)


class TokenPair(ApiModel):
    """An access token to call with, and a refresh token to get the next pair (RFC 6749, section 5.1)."""

    access_token: str = Field(description="Goes into the Authorization header.")
    refresh_token: str = Field(description="Good for one use.")
    token_type: Literal["bearer"] = Field(description="How the access token is sent.")
    expires_in: int = Field(description="Lifetime of the access token in seconds.", ge=1, examples=[900])
