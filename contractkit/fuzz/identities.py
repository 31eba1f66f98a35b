"""Users: who sends a request, and the credentials that go with it.

Credentials are headers as given, or a user name and password that are traded for a token where the contract describes
the OAuth2 password flow (RFC 6749, section 4.3). They are never part of a request that is reported: a `Request` names
its user, and the headers are added when it is sent.
"""

from __future__ import annotations

import base64
import contextlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from contractkit.fuzz.cookies import CookieSessions
from contractkit.fuzz.driver import Driver, NoAnswerError
from contractkit.fuzz.message import ABSENT, FORM, Headers, Request
from contractkit.fuzz.operation import Api, Operation


@dataclass(frozen=True)
class User:
    """One user as configured.

    Attributes:
        name: what reports call the user.
        headers: header fields that carry the credentials.
        username: the user name for the password flow; empty where headers are given.
        password: the password for it.
        scopes: the scopes to ask for; None for whatever the server grants by itself, with all that the contract names.
        tenant: whom the user belongs to; users of different tenants share nothing. Empty where nothing is said.
    """

    name: str
    headers: Headers = ()
    username: str = ""
    password: str = ""
    scopes: tuple[str, ...] | None = None
    tenant: str = ""


class LoginError(Exception):
    """A user could not sign in; the message names the user and what the server said."""


@dataclass(frozen=True)
class Token:
    """What the token endpoint answered (RFC 6749, section 5.1).

    Attributes:
        value: the access token.
        lifetime: the seconds after which it must not be good any more, counted from when it was given; None where the
            server does not say.
        scopes: what it may be used for; None where neither the answer nor the token says.
        is_jwt: whether it can be read (RFC 7519) and says itself when it expires.
    """

    value: str
    lifetime: float | None = None
    scopes: frozenset[str] | None = None
    is_jwt: bool = False


@dataclass(frozen=True)
class SignedIn:
    """What users were given when they signed in to a server, which is good there for its other runs too.

    Attributes:
        tokens: by the name of the user.
        cookies: by the name of the user, those of their sessions.
    """

    tokens: Mapping[str, Token] = field(default_factory=dict)
    cookies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class Identities:
    """The users of a run, signed in when they are first needed.

    Attributes:
        sessions: what their browsers keep.

    Args:
        api: the contract.
        driver: sends the logins.
        users: the users; the first is the one that requests are sent as.
        before: what they were given by an earlier run on the same server.
    """

    def __init__(self, api: Api, driver: Driver, users: Sequence[User], before: SignedIn | None = None) -> None:
        before = before or SignedIn()
        self._api = api
        self._driver = driver
        self.users = {user.name: user for user in users}
        self._tokens = dict(before.tokens)
        self._narrow: dict[tuple[str, str], Token] = {}
        self._failed: dict[str, LoginError] = {}
        self._untried = {*before.tokens, *before.cookies}
        self.sessions = CookieSessions(api, driver, before.cookies)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all users, the main one first."""
        return tuple(self.users)

    @property
    def main(self) -> str | None:
        """The name of the user that requests are sent as; None where there are no users."""
        return next(iter(self.users), None)

    def others(self, count: int) -> list[str]:
        """Return the names of users besides the main one, so many of them at most, who can be signed in."""
        found = []
        for name in self.names[1:]:
            with contextlib.suppress(LoginError):
                self.credentials(name)
                found.append(name)
        return found[:count]

    def credentials(self, name: str | None) -> Headers:
        """Return the header fields of a user, signing in first where that is needed.

        Raises:
            LoginError: the server refuses.
        """
        if name is None:
            return ()
        user = self.users[name]
        if not user.username or (self.token_target is None and self.sessions.are_offered):
            return user.headers
        return (*user.headers, ("Authorization", f"Bearer {self._held(name).value}"))

    def cookies(self, name: str | None, operation: Operation | None) -> dict[str, str]:
        """Return the cookies of a user's session that go to an operation, signing in first where that is needed."""
        return {} if name is None or operation is None else self.sessions.of(self.users[name], operation)

    def shown(self, name: str, operation: Operation) -> Headers:
        """Return the header fields that a user shows an operation, cookies included, signing in first where needed.

        Raises:
            LoginError: the server refuses.
        """
        cookies = self.cookies(name, operation)
        return tuple(("Cookie", f"{key}={value}") for key, value in cookies.items()) or self.credentials(name)

    def token(self, name: str) -> Token:
        """Return a token that a user who signs in by password was given in this run, not in one before.

        Raises:
            LoginError: the server refuses; it is not asked twice.
        """
        if self.may_be_over(name):
            self.forget(name)
        return self._held(name)

    def _held(self, name: str) -> Token:
        if name in self._failed:
            raise self._failed[name]
        if name not in self._tokens:
            if name == self.main:
                self.sessions.begin(self.users[name])
            try:
                self._tokens[name] = self.login(self.users[name])
            except LoginError as error:
                self._failed[name] = error
                raise
        return self._tokens[name]

    def bearer(self, token: Token) -> Headers:
        """Return the header fields that carry a token, and nothing else of a user's (RFC 6750, section 2.1)."""
        return (("Authorization", f"Bearer {token.value}"),)

    def narrow(self, name: str, scope: str) -> Token:
        """Return a token that a user asks for with a single scope.

        Raises:
            LoginError: the server refuses.
        """
        if (name, scope) not in self._narrow:
            self._narrow[name, scope] = self.login(replace(self.users[name], scopes=(scope,)))
        return self._narrow[name, scope]

    def is_sign_in(self, operation: Operation) -> bool:
        """Return whether an operation is one that users sign in by."""
        is_token = operation.method == "POST" and operation.template == self.token_target
        return is_token or self.sessions.signs_in(operation)

    def signs_in(self, name: str) -> bool:
        """Return whether a user has a user name and password rather than headers."""
        return bool(self.users[name].username)

    @property
    def signed_in(self) -> SignedIn:
        """What the users hold now."""
        return SignedIn(dict(self._tokens), self.sessions.held)

    def may_be_over(self, name: str) -> bool:
        """Whether a user holds what an earlier run was given, and did not sign in since: it may be good no more."""
        return name in self._untried

    def forget(self, name: str) -> bool:
        """Let a user sign in anew, because a token was refused; False where that changes nothing."""
        self._untried.discard(name)
        is_new = self.sessions.forget(name)
        self._failed.pop(name, None)
        return self._tokens.pop(name, None) is not None or is_new

    def forget_all(self) -> None:
        """Let all users sign in anew, because time has passed."""
        self._tokens.clear()
        self._failed.clear()
        self._narrow.clear()
        self.sessions.forget()

    def login(self, user: User) -> Token:
        """Trade a user name and password for a token.

        Raises:
            LoginError: the contract describes no password flow, or the server refuses.
        """
        target = self.token_target
        if target is None:
            raise LoginError(
                f"{user.name}: the contract describes no OAuth2 password flow to sign in by; give the user headers"
            )
        scopes = self.known_scopes if user.scopes is None else user.scopes
        fields = {"grant_type": "password", "username": user.username, "password": user.password}
        if scopes:
            fields["scope"] = " ".join(scopes)
        try:
            answer = self._driver.send(form_request(target, fields))
            if not answer.is_success and user.scopes is None and scopes:
                del fields["scope"]  # not everybody may have every scope: what the server grants by itself, then
                answer = self._driver.send(form_request(target, fields))
        except NoAnswerError as error:
            raise LoginError(f"{user.name}: the login got no answer ({error})") from error
        value = answer.json
        if not answer.is_success or not isinstance(value, dict) or not isinstance(value.get("access_token"), str):
            said = answer.text[:200] if value is ABSENT or not answer.is_success else "no access_token in the answer"
            raise LoginError(f"{user.name}: the login at {target} was answered {answer.status}: {said}")
        return token_of(value)

    @property
    def token_target(self) -> str | None:
        """Where the password flow's token endpoint is; None where the contract describes none on this server."""
        flow = self._password_flow
        url = flow.get("tokenUrl")
        if not isinstance(url, str):
            return None
        path = urlsplit(urljoin(f"http://host{self._api.base_path}/", url)).path
        # FastAPI writes the URL as the app gave it, usually without the base path.
        candidates = [path, self._api.base_path + "/" + urlsplit(url).path.lstrip("/"), urlsplit(url).path]
        return next((one for one in candidates if self._api.find("POST", one) is not None), candidates[0])

    @property
    def known_scopes(self) -> tuple[str, ...]:
        """The scopes that the contract names for the password flow."""
        scopes = self._password_flow.get("scopes")
        return tuple(str(name) for name in scopes) if isinstance(scopes, Mapping) else ()

    @property
    def password_scheme(self) -> str | None:
        """The name of the security scheme that the password flow belongs to."""
        return self._password[0]

    @property
    def _password_flow(self) -> Mapping[str, Any]:
        return self._password[1]

    @cached_property
    def _password(self) -> tuple[str | None, Mapping[str, Any]]:
        for name, scheme in self._api.security_schemes.items():
            flows = scheme.part("flows") if scheme.get("type") == "oauth2" else None
            flow = flows.part("password") if flows is not None else None
            if flow is not None:
                return name, flow.fields
        return None, {}


def token_of(answer: Mapping[str, Any]) -> Token:
    """Return the token in the answer of a token endpoint, with what the answer and the token itself say of it."""
    value = str(answer["access_token"])
    claims = _claims(value)
    promised, expires, issued = (
        _number(one) for one in (answer.get("expires_in"), claims.get("exp"), claims.get("iat"))
    )
    lifetimes = [] if promised is None else [promised]
    if expires is not None:
        lifetimes.append(expires - (time.time() if issued is None else issued))
    # The claim for scopes (RFC 8693, section 4.2), what is used for it elsewhere, the answer (RFC 6749, section 5.1).
    said = (claims.get("scope"), claims.get("scopes"), claims.get("scp"), answer.get("scope"))
    granted = next((found for found in map(_scopes, said) if found is not None), None)
    return Token(value, max(lifetimes, default=None), granted, expires is not None)


def _claims(token: str) -> Mapping[str, Any]:
    """Return what a signed JWT says (RFC 7519, section 3), unverified; nothing for what is none."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        found = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _scopes(value: Any) -> frozenset[str] | None:
    if isinstance(value, str):
        return frozenset(value.split())
    return frozenset(map(str, value)) if isinstance(value, list) else None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def form_request(target: str, fields: Mapping[str, str]) -> Request:
    """Return a POST request of an urlencoded form."""
    return Request("POST", target, (("Content-Type", FORM),), urlencode(fields).encode())
