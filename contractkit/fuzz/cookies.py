"""Sessions that a cookie carries: users sign in by the form that the contract has for it, and keep what they are given.

A cookie is sent only where the contract asks for it (a security scheme `apiKey` in `cookie`), so that everything else
stays as it is for clients that have none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from contractkit.fuzz.driver import Driver, NoAnswerError
from contractkit.fuzz.edit import with_cookie
from contractkit.fuzz.knowledge import plain
from contractkit.fuzz.message import FORM, Headers, Request, Response, dumped
from contractkit.fuzz.operation import Api, Operation

if TYPE_CHECKING:
    from contractkit.fuzz.identities import User

_USER_NAMES = ("username", "user", "login", "email", "emailaddress", "userid", "name")
_PASSWORD_NAMES = ("password", "passwd", "pass", "pwd")
_SIGNING_IN = re.compile(r"(log|sign)(in|on)|sessions?|auth(enticate)?")


class CookieSessions:
    """The cookies of the users of a run.

    Args:
        api: the contract.
        driver: sends the logins.
        before: the cookies that users were given before, by name.
    """

    def __init__(self, api: Api, driver: Driver, before: Mapping[str, Mapping[str, str]]) -> None:
        self._api = api
        self._driver = driver
        self._jars = {name: dict(cookies) for name, cookies in before.items()}

    @property
    def held(self) -> dict[str, dict[str, str]]:
        """The cookies that users hold now, by name."""
        return {name: dict(cookies) for name, cookies in self._jars.items()}

    @property
    def are_offered(self) -> bool:
        """Whether the contract has a form to sign in by, and operations that take what it gives."""
        return bool(self._forms) and any(one.cookies for one in self._api.operations.values())

    def of(self, user: User, operation: Operation) -> dict[str, str]:
        """Return the cookies that carry a user's session, for an operation that takes them; none for another one.

        Args:
            user: a user with a user name and password, who is signed in if need be.
            operation: what is called.
        """
        if not operation.cookies or not user.username:
            return {}
        if user.name not in self._jars:
            self._jars[user.name] = self.signed_in(user, operation.cookies)
        return {name: value for name, value in self._jars[user.name].items() if name in operation.cookies}

    def begin(self, user: User) -> None:
        """Sign a user in, where the contract has a form for it: what lists sessions then has this kind, too."""
        wanted = frozenset(name for one in self._api.operations.values() for name in one.cookies)
        if self._forms and wanted and user.username and user.name not in self._jars:
            self._jars[user.name] = self.signed_in(user, wanted)

    def signed_in(self, user: User, wanted: frozenset[str]) -> dict[str, str]:
        """Return the cookies of a new session; none where no form of the contract gives them."""
        for operation, _ in self._forms:
            try:
                given = cookies_of(self._driver.send(self.login(user, operation)))
            except NoAnswerError:
                continue
            if any(given.get(name) for name in wanted):
                return {name: value for name, value in given.items() if value is not None}
        return {}

    def keep(self, name: str, response: Response) -> bool:
        """Let a user keep the cookies of an answer; one that is taken back ends the session (RFC 6265, section 5.3).

        Returns:
            Whether the session is another one now, or none.
        """
        given = cookies_of(response)
        if name not in self._jars or not given:
            return False
        if None in given.values():
            del self._jars[name]
        else:
            self._jars[name].update({key: value for key, value in given.items() if value is not None})
        return True

    def forget(self, name: str | None = None) -> bool:
        """Let a user, or all of them, sign in anew; False where that changes nothing."""
        if name is not None:
            return self._jars.pop(name, None) is not None
        self._jars.clear()
        return True

    def signs_in(self, operation: Operation) -> bool:
        """Whether an operation takes a user name and a password, and nothing else."""
        return any(one is operation for one, _ in self._forms)

    def login(self, user: User, operation: Operation) -> Request:
        """Return the request by which a user signs in; `operation` is one that `signs_in`."""
        fields = next(fields for one, fields in self._forms if one is operation)
        values = {name: user.password if plain(name) in _PASSWORD_NAMES else user.username for name in fields}
        kind = operation.bodies[0].media_type.essence
        body = urlencode(values).encode() if kind == FORM else dumped(values)
        return Request("POST", operation.template, (("Content-Type", kind),), body)

    @cached_property
    def _forms(self) -> list[tuple[Operation, tuple[str, ...]]]:
        """The operations that take a user name and a password, and nothing else, from anyone; likely ones first."""
        found = []
        for operation in self._api.operations.values():
            if operation.method != "POST" or operation.security or operation.path_parameters or not operation.bodies:
                continue
            if operation.bodies[0].media_type.essence not in (FORM, "application/json"):
                continue
            node = operation.bodies[0].check.node
            user = [name for name in node.properties if plain(name) in _USER_NAMES]
            password = [name for name in node.properties if plain(name) in _PASSWORD_NAMES]
            if user and password and set(node.required) <= {user[0], password[0]}:
                found.append((operation, (user[0], password[0])))
        return sorted(found, key=lambda one: _likelihood(one[0]))


def _likelihood(operation: Operation) -> tuple[bool, bool, str]:
    sets = any("set-cookie" in map(str.lower, spec.headers) for spec in operation.responses.values())
    named = _SIGNING_IN.fullmatch(plain(operation.template.rpartition("/")[2])) is not None
    return not sets, not named, operation.template


def cookies_of(response: Response) -> dict[str, str | None]:
    """Return the cookies that an answer sets, None for one that it takes back (RFC 6265, section 5.2)."""
    found: dict[str, str | None] = {}
    for name, value in response.headers:
        if name.lower() != "set-cookie":
            continue
        try:
            parsed = SimpleCookie(value)
        except CookieError:
            continue
        for key, morsel in parsed.items():
            age, expires = morsel["max-age"], morsel["expires"]
            gone = age == "0" or age.startswith("-") or expires.startswith("Thu, 01 Jan 1970") or not morsel.value
            found[key] = None if gone else morsel.coded_value
    return found


def with_cookies(request: Request, cookies: Mapping[str, str]) -> tuple[Request, Headers]:
    """Return a request without its own values of some cookies, and the header field that carries all of them.

    Its other cookies move to that header field: a request has one only (RFC 6265, section 5.4).
    """
    if not cookies:
        return request, ()
    own = [(name, value) for name, value in request.cookies if name not in cookies]
    text = "; ".join(f"{name}={value}" for name, value in (*own, *cookies.items()))
    for name, _ in request.cookies:
        request = with_cookie(request, name, None)
    return request, (("Cookie", text),)
