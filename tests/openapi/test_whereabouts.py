"""Findings get the file and line that they are about."""

import json
from pathlib import Path
from typing import Any

from contractkit.api.comparing import compare
from contractkit.model.contract import Contract
from contractkit.model.finding import Finding
from contractkit.openapi.whereabouts import Whereabouts
from contractkit.sources.load import load


def operation(kind: str) -> dict[str, Any]:
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"type": kind}}}
    return {"get": {"responses": {"200": {"description": "", "content": {"application/json": {"schema": schema}}}}}}


def written(file: Path, prefix: str, kind: str) -> str:
    paths = {"/z": operation("string"), f"{prefix}/a": operation(kind), f"{prefix}/a/{{id}}/b": operation("string")}
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths}
    file.write_text(json.dumps(document, indent=1))
    return str(file)


def test_what_changed_below_a_prefix_that_moved_is_found_where_it_is_now(tmp_path: Path) -> None:
    base = load(written(tmp_path / "base.json", "/v1", "string"))
    revision = load(written(tmp_path / "revision.json", "/v2", "integer"))
    found = located(base, revision, tmp_path)
    text = (tmp_path / "revision.json").read_text().splitlines()
    lines = {one.rule: (text[one.source.line - 1].strip(), one.change.operation) for one in found if one.source}
    assert lines["response-type-changed"] == ('"a": {', "GET /v1/a")
    assert found[-1].source is not None
    start = text.index('  "/v2/a": {') + 1
    (line,) = {one.source.line for one in found if one.rule == "response-type-changed" and one.source is not None}
    assert start < line < start + 25


def moved(*paths: str) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {p: operation("string") for p in paths},
    }


def lines(tmp_path: Path, base: dict[str, Any], revision: dict[str, Any]) -> set[tuple[str, str]]:
    """Return the rule of each finding with what stands on its line of the revision."""
    found = with_whereabouts_of(tmp_path, base, revision)
    text = (tmp_path / "revision.json").read_text().splitlines()
    return {(one.rule, text[one.source.line - 1].strip()) for one in found if one.source is not None}


def located(base: Contract, revision: Contract, root: Path) -> tuple[Finding, ...]:
    places = Whereabouts(revision, root)
    return places.with_moves(map(places.of, compare(base, revision).findings))


def with_whereabouts_of(tmp_path: Path, base: dict[str, Any], revision: dict[str, Any]) -> tuple[Finding, ...]:
    (tmp_path / "base.json").write_text(json.dumps(base))
    file = tmp_path / "revision.json"
    file.write_text(json.dumps(revision, indent=1))
    contracts = load(str(tmp_path / "base.json")), load(str(file))
    return located(*contracts, tmp_path)


def test_what_stayed_beside_a_prefix_that_moved_is_found_where_it_was(tmp_path: Path) -> None:
    base, revision = moved("/a", "/b", "/health"), moved("/v2/a", "/v2/b", "/health")
    revision["paths"]["/health"]["get"]["deprecated"] = True
    revision["paths"]["/v2/b"]["get"]["operationId"] = "b"
    revision["paths"]["/health"] = {"put": {"responses": {}}, **revision["paths"]["/health"]}
    found = with_whereabouts_of(tmp_path, base, revision)
    places = {(one.change.operation, one.rule): one.source.line for one in found if one.source is not None}
    text = (tmp_path / "revision.json").read_text().splitlines()
    assert {key: "\n".join(text[:line]).count('"get": {') for key, line in places.items()} == {
        ("", "path-prefix-moved"): 1,
        ("GET /b", "operation-id-changed"): 2,
        ("GET /health", "deprecated"): 3,
        ("PUT /health", "operation-added"): 2,
    }


def test_what_is_said_of_the_whole_document_is_found_where_it_stands(tmp_path: Path) -> None:
    def document(*, second: bool) -> dict[str, Any]:
        flows = {"password": {"tokenUrl": "/token", "scopes": {"read": ""}}}
        found = moved("/a")
        found["paths"]["/a"]["get"]["security"] = [{"login": []}]
        found["components"] = {
            "securitySchemes": {"login": {"type": "oauth2", "flows": flows}},
            "schemas": {"Old": {"title": "old", "type": "string"}},
        }
        if second:
            found["tags"] = [{"name": "orders"}]
            found["info"]["description"] = "more"
            found["servers"] = [{"url": "https://two.example"}]
            found["webhooks"] = {"paid": {"summary": "paid", "post": {"responses": {}}}}
            found["paths"]["/a"]["summary"] = "letters"
            found["components"]["schemas"] = {"Unused": {"type": "string"}}
            flows["password"] = {"tokenUrl": "/other", "scopes": {"read": "", "write": "all"}}
            found["components"]["securitySchemes"]["key"] = {"type": "apiKey", "in": "header", "name": "k"}
        else:
            found["webhooks"] = {"paid": {"post": {"responses": {}}}}
        return found

    assert lines(tmp_path, document(second=False), document(second=True)) == {
        ("tags-changed", '"tags": ['),
        ("text-changed", '"description": "more"'),
        ("server-host-changed", '"servers": ['),
        ("text-changed", '"summary": "paid",'),
        ("text-changed", '"summary": "letters"'),
        ("unused-component-added", '"Unused": {'),
        ("unused-component-removed", '"schemas": {'),
        ("security-flow-changed", '"tokenUrl": "/other",'),
        ("security-scope-offered", '"write": "all"'),
        ("security-scheme-added", '"key": {'),
    }
