"""What answers have told: identifiers and other values, by name and by the collection that they came from.

A random `order_id` names no order. Requests that are made of values the app itself gave reach what lies behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from contractkit.fuzz.browser import forms_of
from contractkit.fuzz.message import ABSENT, Exchange, leaves, unescaped
from contractkit.fuzz.operation import Api, Operation, ParameterSpec

_KEPT = 24
"""Values kept for a name; the first ones and the latest."""
_MAX_LEAVES = 400
_MAX_TEXT = 200

GENERIC = frozenset({"id", "key", "name", "slug", "uuid"})
"""Names that tell the members of any collection apart, and say nothing of which."""

Scalar = str | int


class Knowledge:
    """Values seen in successful answers.

    Args:
        api: the contract, to understand Location headers.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._by_name: dict[str, dict[Scalar, None]] = {}
        self._by_place: dict[tuple[str, str], dict[Scalar, None]] = {}
        self._hidden: dict[tuple[str | None, str], dict[str, str]] = {}
        self._lasting: set[tuple[str | None, str]] = set()
        self._spent: dict[tuple[str | None, str], dict[str, str]] = {}

    def learn(self, operation: Operation, exchange: Exchange) -> None:
        """Remember the values of a successful answer."""
        response = exchange.response
        if not response.is_success:
            return
        collection = collection_of(operation.template)
        if response.json is not ABSENT:
            for count, (pointer, value) in enumerate(leaves(response.json)):
                if count >= _MAX_LEAVES:
                    break
                name = name_of(pointer)
                if name and is_scalar(value):
                    self._keep(collection, name, value)
        for place, name, value in self._located(exchange):
            self._keep(place, name, value)
        for form in forms_of(exchange):
            target = self._api.find(form.method, form.path)
            if target is not None and form.hidden:
                key = (exchange.request.identity, target.key)
                if self._spent.pop(key, None) == form.hidden:
                    self._lasting.add(key)
                self._hidden[key] = form.hidden

    def hidden(self, operation: Operation, identity: str | None) -> dict[str, str]:
        """Return the hidden fields of the form by which a user sends an operation, as a page showed it last."""
        return self._hidden.get((identity, operation.key), {})

    def spend(self, operation: Operation, identity: str | None) -> None:
        """A form was sent: unless they stay the same, its hidden fields are used up."""
        key = (identity, operation.key)
        if key in self._hidden and key not in self._lasting:
            self._spent[key] = self._hidden.pop(key)

    def forget_forms(self, identity: str) -> None:
        """Drop the forms that a user was shown, because the session is another one."""
        for key in [key for key in self._hidden if key[0] == identity]:
            del self._hidden[key]

    def note(self, collection: str, parameter: str, value: Scalar) -> None:
        """Remember that a path parameter behind a collection may have a value."""
        self._keep(collection, parameter, value)

    def forget(self, value: Scalar) -> None:
        """Drop a value, because what it named is gone."""
        for table in (self._by_name, self._by_place):
            for values in table.values():
                for one in [one for one in values if str(one) == str(value)]:
                    del values[one]

    def for_parameter(self, operation: Operation, spec: ParameterSpec) -> list[Scalar]:
        """Return values for a parameter: first those of its own collection, then those of its name."""
        found: dict[Scalar, None] = {}
        if spec.where == "path":
            place = prefix_of(operation.template, spec.name)
            for name in names_for(spec.name, place):
                found.update(self._by_place.get((place, name), {}))
        found.update(self._by_name.get(plain(spec.name), {}))
        return list(found)

    def for_name(self, name: str) -> list[Scalar]:
        """Return values seen under a name anywhere."""
        return list(self._by_name.get(plain(name), {}))

    def _keep(self, collection: str, name: str, value: Scalar) -> None:
        folded = plain(name)
        for values in (
            self._by_name.setdefault(folded, {}),
            self._by_place.setdefault((collection, folded), {}),
        ):
            values[value] = None
            if len(values) > _KEPT:
                del values[list(values)[_KEPT // 2]]

    def _located(self, exchange: Exchange) -> Iterator[tuple[str, str, Scalar]]:
        location = exchange.response.header("location")
        if not location:
            return
        path = urlsplit(location).path
        for operation in self._api.operations.values():
            match = operation.pattern.match(path)
            if match and operation.method == "GET":
                for spec, text in zip(operation.path_parameters, match.groups(), strict=False):
                    yield prefix_of(operation.template, spec.name), spec.name, unquote(text)


def collection_of(template: str) -> str:
    """Return the collection that a path is about: the path up to its last fixed segment."""
    segments = template.split("/")
    while segments and segments[-1].startswith("{"):
        segments.pop()
    return "/".join(segments)


def prefix_of(template: str, name: str) -> str:
    """Return what stands before a parameter in a path template: the collection that its value is a member of."""
    return template.partition("{" + name + "}")[0].rstrip("/")


def names_for(parameter: str, collection: str) -> list[str]:
    """Return the names under which answers may give a path parameter's value, the likeliest first."""
    folded = plain(parameter)
    singular = plain(collection.rpartition("/")[2])
    singular = singular[:-3] + "y" if singular.endswith("ies") else singular.removesuffix("s")
    names = [folded]
    if folded.endswith("id"):
        names.append("id")
    if folded in GENERIC and singular:
        names.append(singular + folded)
    return names


@lru_cache(maxsize=4_096)
def plain(name: str) -> str:
    """Return a name without case and separators: `order_id`, `orderId` and `Order-ID` are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def is_scalar(value: object) -> bool:
    """Return whether a value may name something: a text of moderate length, or an integer."""
    if isinstance(value, str):
        return 0 < len(value) <= _MAX_TEXT
    return isinstance(value, int) and not isinstance(value, bool)


def name_of(pointer: str) -> str:
    """Return the property that a leaf belongs to; the items of a list of scalars belong to the list's."""
    for token in reversed(pointer.split("/")):
        if token and not token.isdigit():
            return unescaped(token)
    return ""
