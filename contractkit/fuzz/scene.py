"""What a check that sends requests of its own has at hand: one operation, the session, and ways to get on with it."""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contractkit.fuzz.claim import Claim
from contractkit.fuzz.identities import LoginError, form_request
from contractkit.fuzz.knowledge import Scalar
from contractkit.fuzz.maker import Maker
from contractkit.fuzz.message import Exchange, Headers, Request
from contractkit.fuzz.operation import Api, Operation
from contractkit.fuzz.resources import Resource
from contractkit.fuzz.session import Session
from contractkit.model.finding import Severity

if TYPE_CHECKING:
    from contractkit.fuzz.talks import Talks

_POPULATED = 8
"""Resources of which members are made for a report."""
_MEMBERS = 3


@dataclass
class Scene:
    """One play of one check on one operation.

    A play is the same for the same seed, so that playing it again on a fresh app tells whether its claim holds.

    Attributes:
        check: the id of the check that plays.
        operation: the operation that it is about.
        session: sends the requests.
        maker: makes requests that the app takes.
        seed: for all random choices.
        talks: gives what makes conversations, where there are WebSockets.
    """

    check: str
    operation: Operation
    session: Session
    maker: Maker
    seed: int
    talks: Callable[[], Talks]

    @property
    def api(self) -> Api:
        """The contract."""
        return self.session.api

    @property
    def user(self) -> str | None:
        """The main user, None where there are no users."""
        return self.session.identities.main

    @property
    def strangers(self) -> tuple[str, ...]:
        """The other users, but for those who cannot sign in."""
        identities = self.session.identities
        found = []
        for name in identities.names[1:]:
            with contextlib.suppress(LoginError):
                identities.credentials(name)
                found.append(name)
        return tuple(found)

    @property
    def resource(self) -> Resource | None:
        """The resource that the operation works on."""
        return self.maker.resources.of(self.operation)

    @property
    def around(self) -> Resource | None:
        """The resource that the operation works on, or whose member its path leads through: `/files/{id}/meta`."""
        found = self.resource
        if found is None and self.operation.path_parameters:
            resources = [*self.maker.resources.parents(self.operation)]
            last = self.operation.path_parameters[-1].name
            return resources[-1] if resources and resources[-1].parameter == last else None
        return found

    @property
    def rng(self) -> random.Random:
        """A source of choices, the same each time the scene is played."""
        return random.Random(f"{self.seed} {self.check} {self.operation.key}")

    def send(self, operation: Operation | None, request: Request, credentials: Headers | None = None) -> Exchange:
        """Send a request; see `Session.send`."""
        return self.session.send(operation, request, credentials)

    def accepted(self, operation: Operation | None = None, *, attempt: int = 0) -> Exchange | None:
        """Return an exchange in which the app took a valid request of the main user; see `Maker.accepted`."""
        return self.maker.accepted(operation or self.operation, self.user, attempt=attempt)

    def sign_in(self, name: str | None = None) -> Exchange | None:
        """Let a user, by default the main one, sign in once more by the password flow; return the exchange.

        Its token is nobody's otherwise, so a check may use it up. None where that is not possible.
        """
        identities = self.session.identities
        name, target = name or self.user, identities.token_target
        if name is None or target is None or not identities.signs_in(name):
            return None
        user = identities.users[name]
        fields = {"grant_type": "password", "username": user.username, "password": user.password}
        scopes = " ".join(identities.known_scopes if user.scopes is None else user.scopes)
        for form in ({**fields, "scope": scopes}, fields) if scopes else (fields,):
            exchange = self.send(self.api.find("POST", target), form_request(target, form))
            answer = exchange.response.json
            if exchange.response.is_success and isinstance(answer, dict) and answer.get("access_token"):
                return exchange
        return None

    def credentials_of(self, signed_in: Exchange) -> Headers:
        """Return the header fields that carry the token of a sign-in (RFC 6750, section 2.1)."""
        return (("Authorization", f"Bearer {signed_in.response.json['access_token']}"),)

    def opened_by(self, credentials: Headers) -> Exchange | None:
        """Return an exchange of an operation that asks for the password flow's token, and takes these credentials."""
        scheme = self.session.identities.password_scheme
        for operation in self.api.operations.values():
            asks = bool(operation.security) and all(scheme in one for one in operation.security)
            if operation.method != "GET" or operation.path_parameters or not asks:
                continue
            accepted = self.accepted(operation)
            if accepted is not None:
                opened = self.send(operation, accepted.request.of(None), credentials)
                if opened.response.is_success:
                    return opened
        return None

    def takeable(self) -> Request | None:
        """Return a valid request of the operation that the app would take now, None where it takes none.

        It is what a check sends with other credentials. What was taken before is one, but for a DELETE, after which
        there is nothing left to delete: that gets another member.
        """
        operation, resource = self.operation, self.resource
        if resource is not None and operation is resource.delete and resource.create is not None:
            made = self.make(resource)
            return None if made is None else self.member(operation, made)
        accepted = self.accepted()
        return None if accepted is None else accepted.request

    def taken(self, request: Request, credentials: Headers) -> Exchange | None:
        """Send a request with other credentials than its user's; return what was taken (2xx), None for a refusal.

        A POST that is refused for another reason is followed by others like it: the name that it gives may be taken.
        """
        further = self.maker.further(self.operation, self.user) if self.operation.method == "POST" else ()
        for one in itertools.chain([request], further):
            exchange = self.send(self.operation, one.of(None), credentials)
            if exchange.response.is_success:
                return exchange
            if exchange.response.status in (401, 403):
                return None
        return None

    def make(
        self, resource: Resource, *, attempt: int = 0, identity: str | None = None
    ) -> tuple[Exchange, Scalar] | None:
        """Create a member, as the main user by default; return the exchange and the member's id."""
        name = identity or self.user
        self.maker.prepare(resource.create, name) if resource.create is not None else None
        return self.maker.make(resource, name, attempt=attempt)

    def populate(self) -> None:
        """Make a few members of other resources: what a report or a statistic is about."""
        others = [
            one for one in self.maker.resources.all.values() if one.create is not None and "{" not in one.collection
        ]
        for resource in others[:_POPULATED]:
            for attempt in range(_MEMBERS):
                self.make(resource, attempt=attempt)

    def member(
        self,
        operation: Operation | None,
        made: tuple[Exchange, Scalar],
        identity: str | None = None,
        *,
        full: bool = False,
        chosen: Request | None = None,
    ) -> Request | None:
        """Return a valid request of a member operation for a member that was made; by the main user by default."""
        if operation is None:
            return None
        return self.maker.on_member(operation, made[0], made[1], identity or self.user, full=full, chosen=chosen)

    def claim(
        self,
        cause: str,
        message: str,
        steps: Sequence[Exchange],
        *,
        place: str = "",
        severity: Severity = Severity.BREAKING,
        operation: Operation | None = None,
        mend: str = "",
    ) -> Claim:
        """Return a claim of this scene's check."""
        key = (operation or self.operation).key
        return Claim(
            self.check, key, cause, message, tuple(steps), place, severity, mend=mend, scenario=self.operation.key
        )
