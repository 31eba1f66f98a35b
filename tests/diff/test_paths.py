"""Paths are matched with parameter names erased, base paths counted, and whole-prefix moves told once."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from contractkit.diff.paths import match_paths
from contractkit.diff.walk import Comparison
from contractkit.model.change import Change, Witness
from contractkit.openapi.endpoint import erased

Document = dict[str, Any]
Seen = Callable[[Document, Document], list[str]]
OK = {"responses": {"200": {"description": "ok"}}}


def document(*operations: str, servers: list[str] | None = None) -> Document:
    """A document of operations such as `GET /a/{b}`."""
    paths: Document = {}
    for operation in operations:
        method, _, path = operation.partition(" ")
        paths.setdefault(path, {})[method.lower()] = OK
    found: Document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths}
    if servers is not None:
        found["servers"] = [{"url": url} for url in servers]
    return found


@pytest.mark.parametrize(
    ("path", "key"),
    [("/a", "/a"), ("/a/{id}", "/a/{}"), ("/a/{id}.{format}/b", "/a/{}.{}/b"), ("/a/{x}-{y}", "/a/{}-{}")],
)
def test_names_are_erased(path: str, key: str) -> None:
    assert erased(path) == key


def both_ways(seen: Seen, base: Document, revision: Document) -> tuple[list[str], list[str]]:
    return seen(base, revision), seen(revision, base)


def test_a_renamed_path_parameter_is_silent(seen: Seen) -> None:
    assert both_ways(seen, document("GET /a/{id}/b/{x}"), document("GET /a/{key}/b/{y}")) == ([], [])


def test_an_operation_removed_and_added(seen: Seen) -> None:
    small, large = document("GET /a"), document("GET /a", "DELETE /a", "GET /b/{id}")
    assert both_ways(seen, large, small) == (
        ["DELETE /a: operation presence removed", "GET /b/{}: operation presence removed"],
        ["DELETE /a: operation presence added", "GET /b/{}: operation presence added"],
    )


def test_a_removed_operation_says_how_it_was_announced(only: Callable[[Document, Document], Change]) -> None:
    base = document("GET /a", "GET /old/{id}")
    base["paths"]["/old/{id}"]["get"] = {**OK, "deprecated": True, "x-sunset": "2030-01-01"}
    change = only(base, document("GET /a"))
    assert (change.before, change.after) == ("/old/{id}", None)
    expected = {"deprecated_before": True, "sunset_before": "2030-01-01", "stability_before": None}
    assert change.facts == expected
    assert change.operations == ("GET /old/{}",)


@pytest.mark.parametrize("method", ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"])
def test_every_method(seen: Seen, method: str) -> None:
    base, revision = document("GET /a"), document("GET /a")
    base["paths"]["/b"] = {method: OK}
    assert seen(base, revision) == [f"{method.upper()} /b: operation presence removed"]


def test_additional_operations(seen: Seen) -> None:
    base, revision = document("GET /a"), document("GET /a")
    base["paths"]["/a"]["additionalOperations"] = {"COPY": OK}
    assert both_ways(seen, base, revision) == (
        ["COPY /a: operation presence removed"],
        ["COPY /a: operation presence added"],
    )


def test_two_templates_that_differ_by_names_alone(seen: Seen) -> None:
    base = document("GET /a/{id}", "PUT /a/{key}")
    assert both_ways(seen, base, document("PUT /a/{key}", "GET /a/{id}")) == ([], [])
    assert seen(base, document("GET /a/{id}")) == ["PUT /a/{}: operation presence removed"]


def test_path_items_by_reference(seen: Seen) -> None:
    base, revision = document("GET /a"), document()
    revision["paths"]["/a"] = {"$ref": "#/components/pathItems/A"}
    revision["components"] = {"pathItems": {"A": {"get": OK}}}
    assert both_ways(seen, base, revision) == ([], [])


def test_texts_of_a_path(seen: Seen) -> None:
    base, revision = document("GET /a/{b}"), document("GET /a/{b}")
    revision["paths"]["/a/{b}"] |= {"summary": "s", "description": "d", "x-y": 1, "odd": 2}
    texts = ["description", "extension", "summary", "unclassified"]
    assert both_ways(seen, base, revision) == (
        [f"/a/{{b}}: path {text} added" for text in texts],
        [f"/a/{{b}}: path {text} removed" for text in texts],
    )


# Whole-prefix moves


MOVES = [
    (["GET /x", "GET /x/{id}", "POST /x"], ["GET /api/x", "GET /api/x/{id}", "POST /api/x"], "", "/api"),
    (["GET /v1/x", "GET /v1/y"], ["GET /v2/x", "GET /v2/y"], "/v1", "/v2"),
    (["GET /{t}/x", "GET /{t}/y"], ["GET /t/{t}/x", "GET /t/{t}/y"], "", "/t"),
    (["GET /x"], ["GET /api/x"], "", "/api"),
    (["GET /h", "GET /x/a", "GET /x/b"], ["GET /h", "GET /y/a", "GET /y/b"], "/x", "/y"),
]


@pytest.mark.parametrize(("base", "revision", "before", "after"), MOVES)
@pytest.mark.parametrize("turned", [False, True])
def test_a_move_is_one_change(
    only: Callable[[Document, Document], Change],
    base: list[str],
    revision: list[str],
    before: str,
    after: str,
    turned: bool,
) -> None:
    if turned:
        base, revision, before, after = revision, base, after, before
    change = only(document(*base), document(*revision))
    assert (change.area, change.aspect, change.action) == ("path", "prefix", "changed")
    assert (change.before, change.after) == (before, after)
    assert change.operations == tuple(sorted(erased(row) for row in base if row != "GET /h"))


def test_a_move_shows_the_smallest_request(only: Callable[[Document, Document], Change]) -> None:
    change = only(document("GET /x", "GET /x/{id}"), document("GET /api/x", "GET /api/x/{id}"))
    assert change.witness == Witness("nothing answers on this path any more", "GET", "/x")


def test_a_move_shows_the_body_that_a_request_needs(only: Callable[[Document, Document], Change]) -> None:
    base, revision = (copy.deepcopy(document(f"PUT {path}/x", f"GET {path}/y")) for path in ("", "/api"))
    body = {"required": True, "content": {"application/json": {"schema": {"const": 7}}}}
    for one, path in ((base, "/x"), (revision, "/api/x")):
        one["paths"][path]["put"]["requestBody"] = body
    assert only(base, revision).witness == Witness(
        "nothing answers on this path any more", "PUT", "/x", {"Content-Type": "application/json"}, True, 7
    )


@pytest.mark.parametrize(
    ("base", "revision", "url"),
    [
        (["GET /x/{id}", "GET /y"], ["GET /v1/x/{x_id}", "GET /v1/y"], "/v1/x/7"),
        (["GET /x/{id}", "GET /y"], ["GET /{tenant}/x/{id}", "GET /{tenant}/y"], "/x/x/7"),
        (["GET /{tenant}/x/{id}", "GET /{tenant}/y"], ["GET /x/{id}", "GET /y"], "/x/7"),
    ],
)
def test_what_else_breaks_below_a_move_is_sent_to_the_new_path(
    comparison: Callable[[Document, Document], Comparison], base: list[str], revision: list[str], url: str
) -> None:
    old, new = document(*base), document(*revision)
    name = base[0].removesuffix("}").rpartition("{")[2]
    for side, operation, where, key in ((old, base[0], "path", name), (new, revision[0], "query", "q")):
        parameter = {"name": key, "in": where, "required": True, "schema": {"const": 7}}
        side["paths"][operation.removeprefix("GET ")]["get"] = {**OK, "parameters": [parameter]}
    changes = comparison(old, new).changes
    assert [change.witness.url for change in changes if change.location == "query.q" and change.witness] == [url]


def test_a_parameter_in_the_prefix_is_a_part_of_the_move(seen: Seen) -> None:
    base = document("GET /a", "GET /a/{id}")
    revision = document("GET /{tenant}/a", "GET /{tenant}/a/{id}")
    for path in revision["paths"].values():
        path["parameters"] = [{"name": "tenant", "in": "path", "required": True, "schema": {"type": "string"}}]
    for path in (base["paths"]["/a/{id}"], revision["paths"]["/{tenant}/a/{id}"]):
        path["get"] = {**OK, "parameters": [{"name": "id", "in": "path", "required": True, "schema": {}}]}
    assert both_ways(seen, base, revision) == ([": path prefix changed"], [": path prefix changed"])


def test_moved_operations_are_compared(seen: Seen) -> None:
    base, revision = document("GET /x", "GET /y"), document("GET /api/x", "POST /api/y")
    revision["paths"]["/api/x"]["get"] = {"responses": {"404": {"description": "gone"}}}
    assert seen(base, revision) == [
        ": path prefix changed",
        "GET /x response 200: response presence removed",
        "GET /x response 404: response presence added",
        "GET /y: operation presence removed",
        "POST /api/y: operation presence added",
    ]


def test_paths_that_only_share_an_ending_did_not_move(seen: Seen) -> None:
    assert seen(document("GET /h", "GET /a/{id}"), document("GET /h", "GET /b/{id}")) == [
        "GET /a/{}: operation presence removed",
        "GET /b/{}: operation presence added",
    ]


@pytest.mark.parametrize(
    ("base", "revision", "counts"),
    [
        (["GET /x/a", "GET /x/b", "GET /h"], ["GET /y/a", "GET /y/b", "GET /h"], {"moved": 2, "below": 2}),
        (["GET /a", "GET /b", "GET /h"], ["GET /v2/a", "GET /v2/b", "GET /h"], {"moved": 2, "below": 3}),
        (["GET /x/a", "GET /x/b", "GET /x/h"], ["GET /y/a", "GET /y/b", "GET /x/h"], {"moved": 2, "below": 3}),
    ],
)
def test_a_move_says_how_many_of_the_paths_moved(
    only: Callable[[Document, Document], Change], base: list[str], revision: list[str], counts: dict[str, int]
) -> None:
    assert only(document(*base), document(*revision)).facts == counts


def test_a_few_paths_may_go_with_a_move(seen: Seen) -> None:
    names = ["a", "b", "c", "d", "e"]
    base = document(*(f"GET /x/{name}" for name in names))
    revision = document(*(f"GET /y/{name}" for name in names[:4]))
    assert seen(base, revision) == [": path prefix changed", "GET /x/e: operation presence removed"]


def test_many_paths_with_one_ending_are_matched_quickly() -> None:
    base = {f"/a{index}/{{id}}": "" for index in range(3000)}
    revision = {f"/b{index}/{{id}}": "" for index in range(3000)}
    found = match_paths(base, revision, base_paths_differ=False)
    assert (len(found.pairs), found.moves, len(found.removed), len(found.added)) == (0, [], 3000, 3000)


# Base paths


@pytest.mark.parametrize(
    ("base", "revision"),
    [
        (document("GET /x", servers=["/api"]), document("GET /api/x")),
        (document("GET /x", servers=["/api"]), document("GET /api/x", servers=["/"])),
        (document("GET /v1/x", servers=["https://a.b/api"]), document("GET /x", servers=["https://a.b/api/v1/"])),
    ],
)
def test_the_same_total_is_silent(seen: Seen, base: Document, revision: Document) -> None:
    assert both_ways(seen, base, revision) == ([], [])


def test_another_base_path_is_one_change(seen: Seen) -> None:
    base, revision = document("GET /x", "GET /y", servers=["/v1"]), document("GET /x", "GET /y", servers=["/v2"])
    assert both_ways(seen, base, revision) == ([": server base-path changed"], [": server base-path changed"])


def test_a_move_counts_base_paths(only: Callable[[Document, Document], Change]) -> None:
    base = document("GET /a/x", "GET /a/y", "GET /z", servers=["/v1"])
    revision = document("GET /v1/b/x", "GET /v1/b/y", "GET /v1/z")
    change = only(base, revision)
    assert (change.aspect, change.before, change.after) == ("prefix", "/v1/a", "/v1/b")


def test_operations_split_over_several_spellings_of_a_path(seen: Seen) -> None:
    """FastAPI writes one template for each spelling of a parameter; requests see no difference."""
    split, whole = document("GET /t/{name}", "PUT /t/{id}", "GET /a"), document("GET /t/{id}", "PUT /t/{id}", "GET /a")
    three = document("GET /t/{a}", "PUT /t/{b}", "DELETE /t/{c}", "GET /a")
    assert both_ways(seen, split, whole) == ([], [])
    assert both_ways(seen, split, document("PUT /t/{x}", "GET /t/{y}", "GET /a")) == ([], [])
    assert both_ways(seen, three, split) == (
        ["DELETE /t/{}: operation presence removed"],
        ["DELETE /t/{}: operation presence added"],
    )
    changed = document("GET /t/{id}", "PUT /t/{id}", "GET /a")
    changed["paths"]["/t/{id}"]["get"] = {"responses": {"201": {"description": "ok"}}}
    changed["paths"]["/t/{id}"]["description"] = "new"
    assert seen(split, changed) == [
        "/t/{id}: path description added",
        "GET /t/{} response 200: response presence removed",
        "GET /t/{} response 201: response presence added",
    ]


def collection(path: str, schema: str) -> Document:
    found = document(f"GET {path}", f"POST {path}", f"GET {path}/{{id}}", "GET /else")
    content = {"application/json": {"schema": {"type": "object", "properties": {schema: {"type": "string"}}}}}
    for name, item in found["paths"].items():
        for method in item:
            if name != "/else":
                item[method] = {"operationId": f"{method}{path}", "responses": {"200": {"content": content}}}
    return found


def test_one_collection_for_another_is_no_move(seen: Seen) -> None:
    """`/hooks` and `/hooks/{id}` are not `/bills` and `/bills/{id}` because all collections end alike."""
    hooks, bills, renamed = collection("/hooks", "url"), collection("/bills", "amount"), collection("/bills", "url")
    assert seen(hooks, bills) == [
        "GET /bills: operation presence added",
        "GET /bills/{}: operation presence added",
        "GET /hooks: operation presence removed",
        "GET /hooks/{}: operation presence removed",
        "POST /bills: operation presence added",
        "POST /hooks: operation presence removed",
    ]
    assert [line for line in seen(hooks, renamed) if "presence" in line] == []
    assert any(line.endswith("path prefix changed") for line in seen(hooks, renamed))
