"""Servers: base paths, hosts, variables."""

from collections.abc import Callable
from typing import Any

import pytest

from contractkit.model.change import Change
from contractkit.model.contract import Contract
from contractkit.openapi.part import Part
from contractkit.openapi.servers import servers_of
from contractkit.schema.document import Document as Side
from contractkit.schema.document import Side as Which

Document = dict[str, Any]
Seen = Callable[[Document, Document], list[str]]
Only = Callable[[Document, Document], Change]


def document(*servers: Any, of_path: Any = None, of_operation: Any = None) -> Document:
    operation: Document = {"responses": {}}
    item: Document = {"get": operation}
    if of_path is not None:
        item["servers"] = of_path
    if of_operation is not None:
        operation["servers"] = of_operation
    found: Document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": item}}
    if servers:
        found["servers"] = [{"url": one} if isinstance(one, str) else one for one in servers]
    return found


VARIABLE: Document = {
    "url": "https://{region}.a.b/{version}",
    "variables": {"region": {"default": "eu", "enum": ["eu", "us"]}, "version": {"default": "v1"}},
}


@pytest.mark.parametrize(
    ("servers", "urls"),
    [
        ([], None),
        ([{"url": "/"}], ["/"]),
        ([{"url": "https://A.b/Api/"}, {"url": "http://a.b"}], ["https://a.b/Api", "http://a.b/"]),
        ([{"url": "./v1"}, {"url": "v1"}, {"url": "/v1/"}], ["/v1"]),
        ([{"url": "//a.b/c"}], ["a.b/c"]),
        ([VARIABLE], ["https://eu.a.b/v1", "https://us.a.b/v1"]),
        ([{"url": "https://{x}/{y}", "variables": {"x": {}}}], ["https://{x}/{y}"]),
        ([{"url": "http://[bad"}], ["http://[bad/"]),
    ],
)
def test_addresses(servers: Any, urls: list[str] | None) -> None:
    side = Side(Contract("s", {"servers": servers}), Which.BASE)
    found = servers_of(Part(side, {"servers": servers}, "#"))
    assert (found and [server.url for server in found]) == urls


def test_too_many_values_of_variables_leave_the_default() -> None:
    names = "abcdefgh"
    url = "/" + "".join(f"{{{name}}}" for name in names)
    variables = {name: {"default": "0", "enum": [str(value) for value in range(10)]} for name in names}
    side = Side(Contract("s", {}), Which.BASE)
    found = servers_of(Part(side, {"servers": [{"url": url, "variables": variables}]}, "#"))
    assert found is not None
    assert len(found) == 10


@pytest.mark.parametrize(
    ("base", "revision", "aspect"),
    [
        (document("/v1"), document("/v2"), "base-path"),
        (document("https://a.b/v1"), document("https://c.d/v2"), "base-path"),
        (document("/v1", "/v2"), document("/v2"), "base-path"),
        (document(), document("/v1"), "base-path"),
        (document("https://a.b"), document("https://c.d"), "host"),
        (document(), document("https://c.d"), "host"),
        (document("https://a.b"), document("https://a.b", "https://c.d/v2"), "host"),
        (document("/v2"), document("/v1", "/v2"), "other"),
        (document("/v1", "/v2"), document("/v2", "/v1"), "other"),
        (document("/v1"), document({"url": "/v1", "description": "d"}), "other"),
        (document("/"), document("/", of_path=[{"url": "/b"}]), "base-path"),
        (document("/"), document("/", of_operation=[{"url": "/b"}]), "base-path"),
        (document("/", of_operation=[{"url": "/b"}]), document("/"), "base-path"),
    ],
)
def test_servers(only: Only, base: Document, revision: Document, aspect: str) -> None:
    change = only(base, revision)
    own = "servers" in str([base["paths"], revision["paths"]])
    assert (change.area, change.aspect, change.action) == ("server", aspect, "changed")
    assert change.operation == ("GET /a" if own else "")


@pytest.mark.parametrize(
    ("base", "revision"),
    [
        (document(), document("/")),
        (document("/"), document("")),
        (document("/v1"), document("/v1/")),
        (document("/b"), document("/b", of_path=[{"url": "/b"}])),
    ],
)
def test_the_same_addresses_are_silent_or_told_as_spelling(seen: Seen, base: Document, revision: Document) -> None:
    assert {line.partition(": ")[2] for line in seen(base, revision)} <= {"server other changed"}


def test_a_value_of_a_variable_lost(only: Only) -> None:
    one = {**VARIABLE, "variables": {**VARIABLE["variables"], "region": {"default": "eu", "enum": ["eu"]}}}
    assert only(document(VARIABLE), document(one)).aspect == "host"
    other = {**VARIABLE, "variables": {**VARIABLE["variables"], "version": {"default": "v2"}}}
    assert only(document(VARIABLE), document(other)).aspect == "base-path"


@pytest.mark.parametrize("bad", [1, "s", {"url": "/"}, [1], [{}], [{"url": 1}], [{"url": "/{a}", "variables": 1}]])
def test_malformed_servers_are_noted(seen: Seen, bad: Any) -> None:
    base, revision = document(), document()
    revision["servers"] = bad
    lines = seen(base, revision)
    assert any(line.startswith("notice #/servers") for line in lines)


def at(path: str, *servers: str, of_path: Any = None, of_operation: Any = None) -> Document:
    made = document(*servers, of_path=of_path, of_operation=of_operation)
    return {**made, "paths": {path: made["paths"]["/a"]}}


V1 = [{"url": "/v1"}]


@pytest.mark.parametrize(
    ("base", "revision", "lines"),
    [
        (at("/p", of_path=V1), at("/v1/p"), []),
        (at("/v1/p"), at("/p", of_path=V1), []),
        (at("/p", of_operation=V1), at("/p", "/v1"), []),
        (at("/p", of_path=V1), at("/p", "/v1"), []),
        (at("/p", "/api", of_operation=V1), at("/api/p"), ["GET /p: server base-path changed"]),
        (at("/p", "/v1", "/v2"), at("/v1/p"), [": server base-path changed"]),
        (at("/v1/p"), at("/p", "/v1", "/v2"), []),
    ],
)
def test_a_base_path_and_the_path_are_one_address(
    seen: Seen, base: Document, revision: Document, lines: list[str]
) -> None:
    assert seen(base, revision) == lines
