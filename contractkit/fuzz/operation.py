"""The operations of a contract as the fuzzer calls them: what each takes, what each may answer, with validators."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from contractkit.fuzz.message import Request, Response, header
from contractkit.model.change import Direction
from contractkit.model.contract import Contract
from contractkit.openapi.endpoint import METHODS, Endpoint, Parameter, endpoints_of, erased, read_parameter
from contractkit.openapi.media import MediaType, parse_media_type
from contractkit.openapi.part import Part, root_of
from contractkit.openapi.servers import DEFAULT, base_paths, servers_of
from contractkit.schema.check import Check
from contractkit.schema.document import Document, Side
from contractkit.schema.lift import Lift

if TYPE_CHECKING:
    from contractkit.fuzz.sockets import Socket

_NOT_MODIFIED = 304
_STATUS = re.compile(r"[1-5](\d\d|XX)|default", re.IGNORECASE)


@dataclass(frozen=True)
class ParameterSpec:
    """A parameter: how it is written, and what it takes.

    Attributes:
        parameter: as the document describes it.
        check: the validator of its value.
        index: for a path parameter, which segment of the path it is, counted from 0 after the first slash; else -1.
        whole: whether a path parameter is all of its segment.
    """

    parameter: Parameter
    check: Check
    index: int = -1
    whole: bool = True

    @property
    def name(self) -> str:
        """Its name as written."""
        return self.parameter.name

    @property
    def where(self) -> str:
        """`path`, `query`, `header` or `cookie`."""
        return self.parameter.where

    @property
    def place(self) -> str:
        """Where it stands, as findings say: `query.limit`."""
        return f"{self.where}.{self.name}"


@dataclass(frozen=True)
class BodySpec:
    """A request or response body of one media type."""

    media_type: MediaType
    schema: Any
    check: Check


@dataclass(frozen=True)
class ResponseSpec:
    """What the contract says of the responses of one status.

    Attributes:
        status: `200`, `2XX` or `default`, in upper case but for `default`.
        bodies: the media types; none means that no body is described.
        headers: the header fields by name, each with whether it is required.
    """

    status: str
    bodies: tuple[BodySpec, ...]
    headers: Mapping[str, ParameterSpec]

    def body_for(self, response: Response) -> BodySpec | None:
        """Return what is declared for the media type of a response's body, None where nothing covers it."""
        return _covering(self.bodies, response.header("content-type"))


def _covering(bodies: Sequence[BodySpec], media_type: str) -> BodySpec | None:
    sent = parse_media_type(media_type)
    return next((one for one in bodies if one.media_type.covers(sent)), None)


@dataclass
class Operation:
    """One operation under test.

    Attributes:
        key: method and path with the parameters' names erased: `GET /orders/{}`.
        method: in upper case.
        template: the path template, base path included, as requests are sent to it.
        endpoint: the operation as it stands in the document.
        parameters: all parameters.
        bodies: the media types of the request body.
        responses: by status.
        security: alternatives; each maps the name of a scheme to the scopes it must hold. Empty for an open operation.
        cookies: names of the cookies that carry its credentials; none where it takes other credentials as well.
    """

    key: str
    method: str
    template: str
    endpoint: Endpoint
    parameters: tuple[ParameterSpec, ...]
    bodies: tuple[BodySpec, ...]
    responses: Mapping[str, ResponseSpec]
    security: tuple[Mapping[str, tuple[str, ...]], ...] = ()
    cookies: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        """Method and path as the document writes them, for people."""
        return f"{self.method} {self.endpoint.path}"

    @property
    def body_required(self) -> bool:
        """Whether a request must have a body."""
        return self.endpoint.body_required

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the paths, percent-encoded, that the template stands for."""
        parts = re.split(r"(\{[^{}]*\})", self.template)
        return re.compile("".join("([^/]*)" if part.startswith("{") else re.escape(part) for part in parts) + r"\Z")

    def body_for(self, request: Request) -> BodySpec | None:
        """Return what is declared for the media type of a request's body, None where nothing covers it."""
        return _covering(self.bodies, header(request.headers, "content-type"))

    def response_for(self, status: int) -> ResponseSpec | None:
        """Return what the contract says of a status: the code itself, its range, or `default`."""
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in self.responses:
                return self.responses[key]
        return None

    def takes(self, status: int) -> bool:
        """Return whether a status says that a request was taken: 2xx, or the redirect that is declared in its place."""
        if 300 <= status < 400 and status != _NOT_MODIFIED:
            return str(status) in self.responses and not any(one.startswith("2") for one in self.responses)
        return 200 <= status < 300

    def parameter(self, where: str, name: str) -> ParameterSpec | None:
        """Return a parameter by place and name."""
        for one in self.parameters:
            if one.where == where and (one.name == name or (where == "header" and one.name.lower() == name.lower())):
                return one
        return None

    @property
    def path_parameters(self) -> list[ParameterSpec]:
        """The path parameters in the order of the path."""
        return sorted((one for one in self.parameters if one.where == "path"), key=lambda one: one.index)


class Api:
    """All operations of a contract.

    Attributes:
        operations: those of HTTP, by key.

    Args:
        contract: the contract.
        base_path: what stands before every path of the document where requests are sent to; None for the base path of
            its first server.
        response_limit: seconds that any answer may take; None for no limit beside what others take.
    """

    def __init__(
        self, contract: Contract, base_path: str | None = None, *, response_limit: float | None = None
    ) -> None:
        self.contract = contract
        self.response_limit = response_limit
        self.document = Document(contract, Side.REVISION)
        self._requests = Lift(self.document, Direction.REQUEST)
        self._responses = Lift(self.document, Direction.RESPONSE)
        self._root = root_of(self.document)
        self.base_paths = base_paths(servers_of(self._root) or DEFAULT)
        self.base_path = (self.base_paths[0] if base_path is None else base_path).rstrip("/")
        self.operations = {one.key: one for one in sorted(self._all(), key=lambda one: _order(one))}

    @cached_property
    def sockets(self) -> Mapping[str, Socket]:
        """The WebSockets by key; none where the contract says nothing of them."""
        if not self.contract.has_sockets:
            return {}
        from contractkit.fuzz.sockets import sockets_of

        return sockets_of(self.contract, self.base_path)

    @cached_property
    def all(self) -> Mapping[str, Operation]:
        """The operations, and the WebSockets after them, by key."""
        return {**self.operations, **self.sockets}

    def find(self, method: str, path: str) -> Operation | None:
        """Return the operation that a request calls; concrete paths go before templated ones (OpenAPI 3.1.1, 4.8.8)."""
        fitting = [one for one in self.all.values() if one.method == method and one.pattern.match(path)]
        return min(fitting, key=lambda one: one.template.count("{"), default=None)

    @property
    def security_schemes(self) -> Mapping[str, Part]:
        """The security schemes by name."""
        components = self._root.part("components")
        return {} if components is None else components.table("securitySchemes")

    def _all(self) -> Iterator[Operation]:
        for path, item in self._root.table("paths", patterned=True).items():
            for endpoint in endpoints_of(item, path).values():
                if endpoint.method.lower() in METHODS:
                    yield self._operation(endpoint)

    def _operation(self, endpoint: Endpoint) -> Operation:
        template = self.base_path + endpoint.path
        body = endpoint.operation.part("requestBody")
        return Operation(
            key=f"{endpoint.method} {erased(endpoint.path)}",
            method=endpoint.method,
            template=template,
            endpoint=endpoint,
            parameters=tuple(self._parameter(one, template) for one in endpoint.parameters.values()),
            bodies=() if body is None else self._bodies(body, self._requests),
            responses={
                status.upper() if status != "default" else status: self._response(status, part)
                for status, part in endpoint.operation.table("responses", patterned=True).items()
                if _STATUS.fullmatch(status)
            },
            security=tuple(self._security(endpoint)),
            cookies=self._cookies(endpoint),
        )

    def _parameter(self, parameter: Parameter, template: str) -> ParameterSpec:
        check = Check(self._requests.node(parameter.schema))
        if parameter.where != "path":
            return ParameterSpec(parameter, check)
        for index, segment in enumerate(template.split("/")[1:]):
            if "{" + parameter.name + "}" in segment:
                return ParameterSpec(parameter, check, index, segment == "{" + parameter.name + "}")
        return ParameterSpec(parameter, check)

    def _bodies(self, holder: Part, lift: Lift) -> tuple[BodySpec, ...]:
        found = []
        for text, media in holder.table("content").items():
            schema = media.get("schema")
            node = lift.node(True if schema is None else schema)
            found.append(BodySpec(parse_media_type(text), schema, Check(node)))
        return tuple(found)

    def _response(self, status: str, part: Part) -> ResponseSpec:
        headers = {}
        for name, holder in part.table("headers").items():
            if name.lower() != "content-type":  # shall be ignored (OpenAPI 3.1.1, 4.8.17.1)
                parameter = read_parameter(holder, "header", name, ("header", name.lower()))
                headers[name] = ParameterSpec(parameter, Check(self._responses.node(parameter.schema)))
        return ResponseSpec(status.upper(), self._bodies(part, self._responses), headers)

    def _cookies(self, endpoint: Endpoint) -> frozenset[str]:
        """Return the cookies that carry credentials, where no others are taken (apiKey, OpenAPI 3.1.1, 4.8.27)."""
        found: set[str] = set()
        for row in filter(None, self._alternatives(endpoint)):
            schemes = [self.security_schemes.get(str(name)) for name in row]
            names = {one.text("name") for one in schemes if one is not None and one.get("in") == "cookie"}
            if not names:
                return frozenset()
            found |= {name for name in names if name}
        return frozenset(found)

    def _alternatives(self, endpoint: Endpoint) -> list[Mapping[Any, Any]]:
        holder = endpoint.operation if "security" in endpoint.operation.fields else self._root
        rows = holder.get("security")
        return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []

    def _security(self, endpoint: Endpoint) -> Iterator[Mapping[str, tuple[str, ...]]]:
        alternatives = self._alternatives(endpoint)
        if not all(alternatives):  # `{}` beside others: they are optional (OpenAPI 3.1.1, 4.8.30)
            return
        for row in alternatives:
            yield {
                str(name): tuple(one for one in scopes if isinstance(one, str)) if isinstance(scopes, list) else ()
                for name, scopes in row.items()
            }


def _order(operation: Operation) -> tuple[str, int]:
    methods = ("POST", "GET", "PUT", "PATCH", "HEAD", "OPTIONS", "TRACE", "QUERY", "DELETE")
    return operation.template, methods.index(operation.method) if operation.method in methods else len(methods)
