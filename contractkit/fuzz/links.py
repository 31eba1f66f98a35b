"""Follows the links that a contract declares at its responses (OpenAPI 3.1.1, 4.8.20).

A link says which values of a request and its answer another operation takes. It is no promise that the caller may call
it, so it only leads to requests; what their answers break, the checks say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from contractkit.fuzz.edit import with_body, with_header, with_query, with_segment
from contractkit.fuzz.message import ABSENT, Exchange, Request, unescaped
from contractkit.fuzz.operation import Api, Operation
from contractkit.openapi.wire import scalar_text

_EMBEDDED = re.compile(r"\{(\$[^{}]*)\}")


@dataclass(frozen=True)
class Followed:
    """Where a link leads.

    Attributes:
        operation: the operation to call.
        values: values of its parameters, by place (empty where the link does not say) and name.
        body: the body, ABSENT where the link says none.
    """

    operation: Operation
    values: Mapping[tuple[str, str], Any]
    body: Any

    def applied(self, request: Request) -> Request:
        """Return a request of the operation with the values that the link gives."""
        for (where, name), value in self.values.items():
            spec = next(
                (one for one in self.operation.parameters if one.name == name and where in ("", one.where)), None
            )
            text = scalar_text(value)
            if spec is None:
                continue
            if spec.where == "path" and spec.whole:
                request = with_segment(request, spec.index, text)
            elif spec.where == "query":
                request = with_query(request, name, text)
            elif spec.where == "header" and text.isprintable():
                request = with_header(request, name, text)
        return request if self.body is ABSENT else with_body(request, self.body)


class Links:
    """The links of a contract.

    Args:
        api: the contract.
    """

    def __init__(self, api: Api) -> None:
        self._api = api

    def are_at(self, operation: Operation) -> bool:
        """Whether the responses of an operation have links."""
        return any("links" in part for part in operation.endpoint.operation.table("responses", patterned=True).values())

    def followed(self, operation: Operation, exchange: Exchange) -> Iterator[Followed]:
        """Yield where the links of an answer lead; one whose values are not all there leads nowhere."""
        spec = operation.response_for(exchange.response.status)
        holder = operation.endpoint.operation.table("responses", patterned=True)
        part = None if spec is None else next((one for key, one in holder.items() if key.upper() == spec.status), None)
        part = holder.get("default") if part is None and spec is not None else part
        for link in part.table("links").values() if part is not None else ():
            target = self._target(link.fields)
            given = link.get("parameters")
            given = given if isinstance(given, Mapping) else {}
            values = {_place(str(name)): _value(text, operation, exchange) for name, text in given.items()}
            body = _value(link.get("requestBody"), operation, exchange) if "requestBody" in link else ABSENT
            is_whole = ABSENT not in values.values() and ("requestBody" not in link or body is not ABSENT)
            if target is not None and is_whole:
                yield Followed(target, values, body)

    def _target(self, link: Mapping[str, Any]) -> Operation | None:
        named = link.get("operationId")
        if isinstance(named, str):
            return self._by_id.get(named)
        reference = link.get("operationRef")
        if isinstance(reference, str) and reference.startswith("#/paths/"):
            path, _, method = reference.removeprefix("#/paths/").rpartition("/")
            template = self._api.base_path + unescaped(unquote(path))
            for operation in self._api.operations.values():
                if operation.template == template and operation.method == method.upper():
                    return operation
        return None

    @cached_property
    def _by_id(self) -> dict[str, Operation]:
        found: dict[str, Operation] = {}
        for operation in self._api.operations.values():
            name = operation.endpoint.operation.get("operationId")
            if isinstance(name, str):
                found.setdefault(name, operation)
        return found


def _place(name: str) -> tuple[str, str]:
    """Return place and name of a parameter as a link names it: `id`, `path.id`."""
    where, mark, rest = name.partition(".")
    return (where, rest) if mark and where in ("path", "query", "header", "cookie") else ("", name)


def _value(text: Any, operation: Operation, exchange: Exchange) -> Any:
    """Return what a constant or runtime expression stands for (OpenAPI 3.1.1, 4.8.20.3), ABSENT for nothing."""
    if not isinstance(text, str):
        return text
    if text.startswith("$"):
        return _expression(text, operation, exchange)
    values = {one: _expression(one, operation, exchange) for one in _EMBEDDED.findall(text)}
    if ABSENT in values.values():
        return ABSENT
    return _EMBEDDED.sub(lambda match: scalar_text(values[match[1]]), text)


def _expression(text: str, operation: Operation, exchange: Exchange) -> Any:
    request, response = exchange.request, exchange.response
    simple = {"$method": request.method, "$url": request.target, "$statusCode": response.status}
    if text in simple:
        return simple[text]
    side, _, source = text.partition(".")
    if side not in ("$request", "$response"):
        return ABSENT
    kind, _, name = source.partition(".")
    if source.startswith("body"):
        return _at(request.json if side == "$request" else response.json, source.removeprefix("body").removeprefix("#"))
    if kind == "header":
        headers = request.headers if side == "$request" else response.headers
        return next((value for key, value in headers if key.lower() == name.lower()), ABSENT)
    if side == "$request" and kind == "query":
        return next((value for key, value in request.pairs if key == name), ABSENT)
    if side == "$request" and kind == "path":
        match = operation.pattern.match(request.path)
        names = re.findall(r"\{([^{}]*)\}", operation.template)
        return unquote(match.groups()[names.index(name)]) if match and name in names else ABSENT
    return ABSENT


def _at(value: Any, pointer: str) -> Any:
    """Return what stands at a JSON pointer (RFC 6901), ABSENT where nothing does."""
    for token in pointer.split("/")[1:]:
        name = unescaped(token)
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return ABSENT
    return value
