"""Users: who sends a request, and the credentials that go with it.

Credentials are headers as given, or a user name and password that are traded for a token where the contract describes
the OAuth2 password flow (RFC 6749, section 4.3). They are never part of a request that is reported: a `Request` names
its user, and the headers are added when it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from contractkit.fuzz.driver import Driver, NoAnswerError
from contractkit.fuzz.message import ABSENT, Headers, Request
from contractkit.fuzz.operation import Api


@dataclass(frozen=True)
class User:
    """One user as configured.

    Attributes:
        name: what reports call the user.
        headers: header fields that carry the credentials.
        username: the user name for the password flow; empty where headers are given.
        password: the password for it.
        scopes: the scopes to ask for; None for whatever the server grants by itself, with all that the contract names.
    """

    name: str
    headers: Headers = ()
    username: str = ""
    password: str = ""
    scopes: tuple[str, ...] | None = None


class LoginError(Exception):
    """A user could not sign in; the message names the user and what the server said."""


@dataclass(frozen=True)
class Token:
    """What the token endpoint answered (RFC 6749, section 5.1).

    Attributes:
        value: the access token.
    """

    value: str


class Identities:
    """The users of a run, signed in when they are first needed.

    Args:
        api: the contract.
        driver: sends the logins.
        users: the users; the first is the one that requests are sent as.
    """

    def __init__(self, api: Api, driver: Driver, users: Sequence[User]) -> None:
        self._api = api
        self._driver = driver
        self.users = {user.name: user for user in users}
        self._tokens: dict[str, Token] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all users, the main one first."""
        return tuple(self.users)

    @property
    def main(self) -> str | None:
        """The name of the user that requests are sent as; None where there are no users."""
        return next(iter(self.users), None)

    def credentials(self, name: str | None) -> Headers:
        """Return the header fields of a user, signing in first where that is needed.

        Raises:
            LoginError: the server refuses.
        """
        if name is None:
            return ()
        user = self.users[name]
        if not user.username:
            return user.headers
        return (*user.headers, ("Authorization", f"Bearer {self.token(name).value}"))

    def token(self, name: str) -> Token:
        """Return the token of a user who signs in by password."""
        if name not in self._tokens:
            self._tokens[name] = self.login(self.users[name])
        return self._tokens[name]

    def signs_in(self, name: str) -> bool:
        """Return whether a user has a user name and password rather than headers."""
        return bool(self.users[name].username)

    def forget(self, name: str) -> bool:
        """Let a user sign in anew, because a token was refused; False where that changes nothing."""
        return self._tokens.pop(name, None) is not None

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
        return Token(value["access_token"])

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
    def _password_flow(self) -> Mapping[str, Any]:
        for scheme in self._api.security_schemes.values():
            flows = scheme.part("flows") if scheme.get("type") == "oauth2" else None
            flow = flows.part("password") if flows is not None else None
            if flow is not None:
                return flow.fields
        return {}


def form_request(target: str, fields: Mapping[str, str]) -> Request:
    """Return a POST request of an urlencoded form."""
    content_type = ("Content-Type", "application/x-www-form-urlencoded")
    return Request("POST", target, (content_type,), urlencode(fields).encode())
