"""Keeps secrets and personal values out of cassettes: they are masked before anything is written.

Whatever a name says is secret (passwords, tokens, keys, cookies) or personal (addresses, telephone numbers, ...) is
masked in answers. In requests a secret of a configured user becomes a placeholder that is filled in when it is sent,
any other one a stand-in, and so does a personal value: replayed are stand-ins, never people.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from contractkit.fuzz.identities import User
from contractkit.fuzz.message import escaped
from contractkit.fuzz.talk import BYTES, decoded
from contractkit.replay.marks import MASKED

PERSONAL = (
    *("email", "e_mail", "phone", "mobile", "telephone", "fax", "first_name", "last_name", "full_name", "given_name"),
    *("family_name", "surname", "birthday", "birth_date", "date_of_birth", "ssn", "passport", "iban", "card_number"),
    *("street", "address_line", "ip_address"),
)
"""Names of personal fields; a name that holds one of them is personal, too."""
SECRET = re.compile(
    r"passw|secret|credential|(^|[_-])(token|jwt|signature|otp|cvc|cvv|pin)$|(access|refresh|id|session|csrf|api|private)"
    r"[_-]?(token|key)|^session[_-]?id$|^authorization$|^(set-)?cookie$",
    re.IGNORECASE,
)
SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token"})
_JWT = re.compile(r"\beyJ[\w-]{6,}\.[\w-]{6,}\.[\w-]*")
_SHORTEST = 4
_STAND_IN = "stand-in"
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?!\d)")
_BIRTHDAY = "1985-05-15"
"""A day that is one: an app refuses the 55th."""
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Masks:
    """What is masked.

    Args:
        users: the configured users, whose passwords and header values are secrets.
        personal: names of further personal fields.
    """

    def __init__(self, users: Sequence[User] = (), personal: Iterable[str] = ()) -> None:
        secrets: dict[str, str] = {}
        self._given: dict[str, str] = {}
        for user in users:
            for name, value in [("password", user.password), *user.headers]:
                for key, text in ((name.lower(), value), (f"{name.lower()}.value", value.partition(" ")[2])):
                    if len(text) >= _SHORTEST and text not in secrets:
                        place = f"{{{{{user.name}.{key}}}}}"
                        secrets[text] = secrets[quote_plus(text)] = place
                        self._given[place] = text
        self._secrets = dict(sorted(secrets.items(), key=lambda one: -len(one[0])))
        names = "|".join(_words(name) for name in (*PERSONAL, *personal) if _words(name))
        self._personal = re.compile(rf"(^|_)({names})s?(_|$)")
        self._hidden: dict[str, bool] = {}
        self._people: dict[str, str] = {}

    def is_hidden(self, name: str) -> bool:
        """Return whether values of a name are secret or personal."""
        if name not in self._hidden:
            self._hidden[name] = SECRET.search(name) is not None or self._is_personal(name)
        return self._hidden[name]

    def _is_personal(self, name: str) -> bool:
        return self._personal.search(_words(name)) is not None

    def text(self, text: str) -> str:
        """Return a text with placeholders for the users' secrets, and without tokens that can be read (RFC 7519)."""
        for secret, place in self._secrets.items():
            if secret in text:
                text = text.replace(secret, place)
        return _JWT.sub(MASKED, text) if "eyJ" in text else text

    def revealed(self, text: str, written: Callable[[str], str] = str) -> str:
        """Return a text with the users' secrets in their places.

        Args:
            text: what a cassette holds.
            written: how a secret is written in it (percent-encoded in forms).
        """
        for place, secret in self._given.items():
            if place in text:
                text = text.replace(place, written(secret))
        return text

    def answer(self, value: Any) -> tuple[Any, list[str]]:
        """Return a JSON value of an answer with its secret and personal values masked, and the pointers of those."""
        found: list[str] = []
        return self._answer(value, "", "", found), found

    def _answer(self, value: Any, name: str, at: str, found: list[str]) -> Any:
        if isinstance(value, dict):
            return {
                key: self._answer(item, str(key), f"{at}/{escaped(str(key))}", found) for key, item in value.items()
            }
        if isinstance(value, list):
            return [self._answer(item, name, f"{at}/{index}", found) for index, item in enumerate(value)]
        if value is None or isinstance(value, bool) or value == "":
            return value
        if self.is_hidden(name):
            found.append(at)
            return MASKED
        if isinstance(value, str) and (self.text(value) != value or (name == BYTES and self._are_hidden(value))):
            found.append(at)
            return MASKED
        return value

    def _are_hidden(self, text: str) -> bool:
        """Return whether a binary message holds something that is masked where it stands as text or JSON."""
        held = decoded(text)
        if self.text(held) != held:
            return True
        try:
            return bool(self.answer(json.loads(held))[1])
        except (ValueError, RecursionError):
            return False

    def request(self, value: Any, name: str = "") -> Any:
        """Return a JSON value of a request with placeholders for secrets and stand-ins for people."""
        if isinstance(value, dict):
            return {key: self.request(item, str(key)) for key, item in value.items()}
        if isinstance(value, list):
            return [self.request(item, name) for item in value]
        return self._sent(name, value) if isinstance(value, str) else value

    def form(self, body: str) -> str:
        """Return an urlencoded body, masked."""
        rows = [(name, self._sent(name, value)) for name, value in parse_qsl(body, keep_blank_values=True)]
        return _form(rows)

    def query(self, target: str) -> str:
        """Return a target with its query masked; one without anything to mask stays as it was written."""
        path, mark, query = target.partition("?")
        rows = parse_qsl(query, keep_blank_values=True)
        hidden = [(name, self._sent(name, value)) for name, value in rows]
        return target if hidden == rows else f"{path}{mark}{_form(hidden)}"

    def headers(
        self, headers: Iterable[tuple[str, str]], cookies: frozenset[str] = frozenset()
    ) -> Iterator[tuple[str, str]]:
        """Yield the header fields of a request, masked.

        Args:
            headers: the fields.
            cookies: names of cookies that are parameters of the contract: they are masked by their names alone, all
                others always.
        """
        for name, value in headers:
            text = self.text(value)
            if name.lower() == "cookie":
                yield name, "; ".join(self._cookie(one, cookies) for one in text.split(";"))
            elif name.lower() in SECRET_HEADERS and "{{" not in text and not text.startswith("Bearer not-"):
                yield name, _STAND_IN
            else:
                yield name, text

    def _cookie(self, pair: str, known: frozenset[str]) -> str:
        name, _, value = pair.strip().partition("=")
        kept = value.startswith("{{") or (name in known and not self.is_hidden(name))
        return f"{name}={value if kept else _STAND_IN}"

    def _sent(self, name: str, value: str) -> str:
        text = self.text(value)
        if name == BYTES and self.text(held := decoded(value)) != held:
            return base64.b64encode(self.text(held).encode()).decode()
        if text != value or not value or value.startswith("{{"):
            return text
        if SECRET.search(name):
            return self._person(value, "Stand-in-{}-secret")
        if self._is_personal(name):
            if _EMAIL.fullmatch(value):
                return self._person(value, "person-{}@example.com")
            if _DATE.match(value):
                return _DATE.sub(_BIRTHDAY, value)
            # Letters and digits of the same number stand for it, so that it has the form that is asked for.
            return re.sub(r"\d", "5", re.sub(r"[^\W\d_]", "x", value))
        return text

    def _person(self, value: str, form: str) -> str:
        """Return the stand-in of a value: one for each, so that what was the same stays the same."""
        return self._people.setdefault(value, form.format(len(self._people) + 1))


def _words(name: str) -> str:
    """Return a name as words in lower case: `firstName`, `First-Name` and `first_name` are one."""
    return "_".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name)).lower()


def _form(rows: Iterable[tuple[str, str]]) -> str:
    """Return fields as an urlencoded text, placeholders left as they are."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in rows)


def _quoted(text: str) -> str:
    parts = re.split(r"(\{\{[^{}]*\}\})", text)
    return "".join(part if index % 2 else quote_plus(part) for index, part in enumerate(parts))
