"""From claims to findings: one a cause, with a stable id, and without secrets."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus

from contractkit.fuzz.claim import Claim
from contractkit.fuzz.identities import User
from contractkit.fuzz.message import ABSENT, LEVELS, Exchange, Request, Response, is_deep
from contractkit.fuzz.session import NO_ANSWER
from contractkit.fuzz.talk import BYTES, decoded
from contractkit.model.fuzz import FuzzFinding, Step
from contractkit.model.jsontext import typed_text

_HEX_DIGITS = 16
_SHORTEST_SECRET = 4
_SHOWN = 4_000
_TOKEN_NAMES = re.compile(r"(access|refresh|id|session|csrf|api)_?-?(token|key)|^token$|secret|passw", re.IGNORECASE)
MASK = "***"


def findings_of(
    claims: Iterable[Claim], users: Sequence[User], cookies: Mapping[str, frozenset[str]] | None = None
) -> tuple[FuzzFinding, ...]:
    """Return the findings of confirmed claims, those of one cause as one, sorted; see `Veil`."""
    grouped: dict[tuple[str, str, str], list[Claim]] = {}
    for claim in claims:
        grouped.setdefault(claim.key, []).append(claim)
    veil = Veil(users, cookies)
    found = [_finding(rows, veil) for rows in grouped.values()]
    return tuple(sorted(found, key=lambda one: (one.operation, one.location, one.check, one.id)))


def _finding(claims: list[Claim], veil: Veil) -> FuzzFinding:
    claims = sorted(claims, key=lambda one: (one.operation, len(one.steps)))
    claim = claims[0]
    operation = "" if claim.grouped else claim.operation
    file, line = _source(claim)
    return FuzzFinding(
        id=fingerprint(claim.check, operation, claim.cause),
        check=claim.check,
        severity=max((one.severity for one in claims), key=lambda one: one.rank),
        operation=operation,
        operations=tuple(sorted({one.operation for one in claims})),
        location=claim.place,
        message=veil.text(claim.message),
        mend=claim.mend,
        steps=tuple(veil.step(step) for step in claim.steps),
        file=file,
        line=line,
    )


def fingerprint(check: str, operation: str, cause: str) -> str:
    """Return the id of a finding: `ck1-` and 16 hexadecimal digits of check, operation and cause."""
    text = typed_text(["fuzz", check, operation, cause])
    return "ck1-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HEX_DIGITS]


def _source(claim: Claim) -> tuple[str | None, int | None]:
    response = claim.steps[-1].response
    place = response.crash.place if response.crash is not None else (response.origin or "").partition(" in ")[0]
    file, _, line = place.rpartition(":")
    return (file, int(line)) if file and line.isdigit() else (None, None)


class Veil:
    """Keeps secrets out of what is reported.

    Args:
        users: the users, whose passwords and header values are secrets.
        cookies: the names of the cookies that carry the credentials of operations, by their keys.
    """

    def __init__(self, users: Sequence[User], cookies: Mapping[str, frozenset[str]] | None = None) -> None:
        self._cookies = cookies or {}
        secrets = [user.password for user in users] + [value for user in users for _, value in user.headers]
        secrets += [part for secret in list(secrets) for part in secret.split(" ")[1:]]
        secrets += [quote_plus(secret) for secret in secrets]
        kept = sorted({secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}, key=len, reverse=True)
        self._secrets = re.compile("|".join(re.escape(secret) for secret in kept)) if kept else None
        self._users = {user.name: user for user in users}

    def text(self, text: str) -> str:
        """Return a text with the secrets in it masked."""
        return text if self._secrets is None else self._secrets.sub(MASK, text)

    def hides(self, text: str) -> bool:
        """Return whether a secret stands in a text."""
        return self._secrets is not None and self._secrets.search(text) is not None

    def step(self, exchange: Exchange) -> Step:
        """Return an exchange as reports show it."""
        request, response = exchange.request, exchange.response
        return Step(
            method=request.method,
            url=self.text(request.target),
            headers={name: self.text(value) for name, value in request.headers},
            credentials=self._credentials(request.identity, self._cookies.get(exchange.operation, frozenset())),
            user=request.identity,
            has_body=request.body is not None,
            body=self._request_body(request),
            raw=self._raw(request),
            status=None if response.status == NO_ANSWER else response.status,
            answer_headers={name: self._header(name, value) for name, value in response.headers},
            answer=self._answer(response),
        )

    def _credentials(self, name: str | None, cookies: frozenset[str]) -> dict[str, str]:
        """Return the header fields of a user with placeholders in place of what is secret."""
        user = self._users.get(name or "")
        if user is None:
            return {}
        variable = re.sub(r"\W", "_", user.name).upper()
        found = {key: f"${variable}_{re.sub(r'[^A-Za-z0-9]', '_', key).upper()}" for key, _ in user.headers}
        for key, value in user.headers:
            if key.lower() == "authorization" and " " in value:
                found[key] = f"{value.partition(' ')[0]} ${variable}_TOKEN"
        if user.username and cookies:
            texts = [f"{one}=${variable}_{re.sub(r'[^A-Za-z0-9]', '_', one).upper()}" for one in sorted(cookies)]
            found["Cookie"] = "; ".join(texts)
        elif user.username:
            found["Authorization"] = f"Bearer ${variable}_TOKEN"
        return found

    def _request_body(self, request: Request) -> Any:
        if request.body is None:
            return None
        if request.json is not ABSENT and not is_deep(request.json):
            return self._json(request.json, tokens=False)
        return self.text(request.body[:_SHOWN].decode("utf-8", "backslashreplace"))

    def _raw(self, request: Request) -> bytes | None:
        if request.body is None or (request.json is not ABSENT and not is_deep(request.json)):
            return None
        return self.text(request.body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")

    def _answer(self, response: Response) -> Any:
        if response.json is not ABSENT and len(response.body) <= _SHOWN * 8:
            return self._json(response.json, tokens=True)
        return self.text(response.body[:_SHOWN].decode("utf-8", "backslashreplace"))

    def _header(self, name: str, value: str) -> str:
        if name.lower() == "set-cookie":
            key, _, rest = value.partition("=")
            return f"{key}={MASK}" + (";" + rest.partition(";")[2] if ";" in rest else "")
        return self.text(value)

    def _json(self, value: Any, *, tokens: bool, name: str = "", levels: int = LEVELS) -> Any:
        if isinstance(value, dict | list) and not levels:
            return "…"
        if isinstance(value, dict):
            rows = value.items()
            return {key: self._json(item, tokens=tokens, name=str(key), levels=levels - 1) for key, item in rows}
        if isinstance(value, list):
            return [self._json(item, tokens=tokens, name=name, levels=levels - 1) for item in value]
        if isinstance(value, str):
            if name == BYTES and self.hides(decoded(value)):
                return MASK
            return MASK if tokens and value and _TOKEN_NAMES.search(name) else self.text(value)
        return value
