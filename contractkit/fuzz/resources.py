"""Resources: which operations create, list, read, change and delete the same kind of thing, told by their paths.

`POST /orders` creates a member of the collection `/orders`; `/orders/{id}` is a member (RFC 3986 paths as REST APIs
use them). What a contract's links say is not needed for that, and rarely there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote, urlsplit

from contractkit.fuzz.knowledge import GENERIC, Scalar, collection_of, is_scalar, names_for, plain, prefix_of
from contractkit.fuzz.message import ABSENT, Exchange
from contractkit.fuzz.operation import Api, Operation


@dataclass(frozen=True)
class Resource:
    """One kind of thing.

    Attributes:
        template: the path template of a member.
        parameter: the name of the path parameter that tells members apart.
        create: POST on the collection, if any.
        list: GET on the collection, if any.
        read: GET on a member.
        replace: PUT on a member.
        update: PATCH on a member.
        delete: DELETE on a member.
    """

    template: str
    parameter: str
    create: Operation | None = None
    list: Operation | None = None
    read: Operation | None = None
    replace: Operation | None = None
    update: Operation | None = None
    delete: Operation | None = None

    @property
    def collection(self) -> str:
        """The path template of the collection."""
        return prefix_of(self.template, self.parameter)

    @property
    def members(self) -> tuple[Operation, ...]:
        """The operations on a member."""
        return tuple(one for one in (self.read, self.replace, self.update, self.delete) if one is not None)

    def id_of(self, exchange: Exchange) -> Scalar | None:
        """Return what tells the member that was just created from others: from Location, the answer or the request."""
        location = exchange.response.header("location")
        member = self.members[0] if self.members else None
        if location and member is not None:
            match = member.pattern.match(urlsplit(location).path)
            if match:
                return unquote(match.groups()[-1])
        for value in (exchange.response.json, exchange.request.json):
            found = identifier(value, self)
            if found is not None:
                return found
        return None


def guessed(exchange: Exchange) -> Scalar | None:
    """Return what may tell a member that was created from others, where its answer does not say so: `/teas/{tea}`.

    Good enough to call the member by, too little to conclude anything from what comes back.
    """
    for value in (exchange.response.json, exchange.request.json):
        if isinstance(value, dict):
            for name in ("id", "name", "key", "slug"):
                if is_scalar(value.get(name)):
                    found: Scalar = value[name]
                    return found
    return None


def identifier(value: Any, resource: Resource) -> Scalar | None:
    """Return what tells a member from others, from its representation; None where it does not say."""
    if value is ABSENT or not isinstance(value, dict):
        return None
    folded = {plain(str(name)): item for name, item in value.items()}
    for name in names_for(resource.parameter, resource.collection):
        if is_scalar(folded.get(name)):
            found: Scalar = folded[name]
            return found
    wrapped = [item for item in value.values() if isinstance(item, dict)]
    return identifier(wrapped[0], resource) if len(wrapped) == 1 and len(value) <= 2 else None


class Resources:
    """All resources of a contract."""

    def __init__(self, api: Api) -> None:
        self._api = api

    @cached_property
    def all(self) -> dict[str, Resource]:
        """The resources by the template of a member."""
        by_path: dict[str, dict[str, Operation]] = {}
        for operation in self._api.operations.values():
            by_path.setdefault(operation.template, {})[operation.method] = operation
        found = {}
        for template in (*by_path, *_begun(by_path)):
            members = by_path.get(template, {})
            segment = template.rpartition("/")[2]
            if not (segment.startswith("{") and segment.endswith("}")) or segment.count("{") != 1:
                continue
            around = by_path.get(template.rpartition("/")[0], {})
            around = around or by_path.get(template.rpartition("/")[0] + "/", {})
            found[template] = Resource(
                template,
                segment[1:-1],
                around.get("POST"),
                around.get("GET"),
                members.get("GET"),
                members.get("PUT"),
                members.get("PATCH"),
                members.get("DELETE"),
            )
        return found

    @cached_property
    def _by_operation(self) -> dict[str, Resource]:
        found: dict[str, Resource] = {}
        for resource in self.all.values():
            for operation in (*resource.members, resource.create, resource.list):
                if operation is not None:
                    found.setdefault(operation.key, resource)
        return found

    @cached_property
    def _by_name(self) -> dict[str, dict[str, Resource]]:
        """The resources by the names that refer to their members alone, and their templates."""
        found: dict[str, dict[str, Resource]] = {}
        for template, resource in self.all.items():
            singular = plain(resource.collection.rpartition("/")[2]).removesuffix("s")
            for name in {plain(resource.parameter), singular + "id"}:
                found.setdefault(name, {})[template] = resource
        return found

    def of(self, operation: Operation) -> Resource | None:
        """Return the resource that an operation works on: as a member operation, by creating or by listing."""
        return self._by_operation.get(operation.key)

    def parents(self, operation: Operation) -> Iterator[Resource]:
        """Yield the resources that an operation's path leads through, the outermost first, its own included."""
        segments = operation.template.split("/")
        for end in range(1, len(segments) + 1):
            template = "/".join(segments[:end])
            if template in self.all:
                yield self.all[template]

    def acted_on(self, operation: Operation) -> Resource | None:
        """Return the resource whose member a POST acts on: `POST /orders/{id}/cancel`; None for all else."""
        holder, _, action = operation.template.rpartition("/")
        found = self.all.get(holder)
        is_action = operation.method == "POST" and bool(action) and "{" not in action
        return found if is_action and found is not None and self.of(operation) is None else None

    def made_by(self, parameter: str, operation: Operation) -> Iterator[Resource]:
        """Yield the resources whose members a name may refer to: `product_id` and `sku` where paths use them so.

        A name that any resource may use (`id`, `name`) refers to the collection of the operation's own last segment.
        """
        name, last = plain(parameter), collection_of(operation.template).rpartition("/")[2]
        for resource in self._by_name.get(name, {}).values():
            if name not in GENERIC or resource.collection.rpartition("/")[2] == last:
                yield resource


def _begun(templates: Iterable[str]) -> Iterator[str]:
    """Yield the templates of members that have no operation themselves, only others below them: `/files/{id}/meta`."""
    known = set(templates)
    for template in templates:
        segments = template.split("/")
        for end in range(2, len(segments)):
            begun = "/".join(segments[:end])
            if segments[end - 1].startswith("{") and begun not in known:
                known.add(begun)
                yield begun
