"""The two kinds of token: signed access tokens and random refresh tokens."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import jwt

from sample_app import faults
from sample_app.auth.scopes import Scope, format_scopes, parse_scopes
from sample_app.core.clock import utc_now

_ALGORITHM = "HS256"
_ISSUER = "sample-app"


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What an access token says: whose it is, by which login, and what it may be used for."""

    user_id: UUID
    tenant_id: str
    login_id: UUID
    scopes: frozenset[Scope]


@dataclass(frozen=True, slots=True)
class AccessTokens:
    """Signs and reads access tokens (JWT, RFC 7519).

    Attributes:
        secret: the key, at least 32 bytes.
        lifetime: how long a new token is valid.
    """

    secret: str
    lifetime: timedelta

    def issue(self, claims: AccessClaims) -> str:
        now = utc_now()
        payload = {
            "iss": _ISSUER,
            "sub": str(claims.user_id),
            "tenant": claims.tenant_id,
            "sid": str(claims.login_id),
            "scope": format_scopes(claims.scopes),  # RFC 9068, section 2.2.3
            "iat": now,
            "exp": now + self.lifetime,
            "jti": uuid4().hex,
        }
        return jwt.encode(payload, self.secret, algorithm=_ALGORITHM)

    def read(self, token: str) -> AccessClaims | None:
        """The claims of a token that is ours, whole and in time; None if it is not."""
        try:
            payload = jwt.decode(
                token,
                self.secret,
                algorithms=[_ALGORITHM],  # fixed: a token must not choose how it is checked
                issuer=_ISSUER,
                options={
                    "require": ["exp", "iat", "iss", "jti", "scope", "sid", "sub", "tenant"],
                    "verify_signature": not faults.is_on("token-signature-ignored"),
                    "verify_exp": not faults.is_on("expired-token-accepted"),
                },
            )
            return AccessClaims(
                user_id=UUID(payload["sub"]),
                tenant_id=str(payload["tenant"]),
                login_id=UUID(payload["sid"]),
                scopes=parse_scopes(str(payload["scope"])),
            )
        except (jwt.InvalidTokenError, ValueError, AttributeError):  # AttributeError: a claim is no text
            return None


def new_refresh_token() -> str:
    """256 random bits, as text that is safe in a URL."""
    return secrets.token_urlsafe(32)


def digest(refresh_token: str) -> str:
    """What is stored of a refresh token. A plain hash is enough: the token is random, so it cannot be guessed."""
    return hashlib.sha256(refresh_token.encode()).hexdigest()
