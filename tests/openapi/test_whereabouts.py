"""Findings get the file and line that they are about."""

import json
from pathlib import Path
from typing import Any

from contractkit.api.comparing import compare
from contractkit.openapi.whereabouts import with_whereabouts
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
    found = with_whereabouts(compare(base, revision).findings, revision, tmp_path)
    text = (tmp_path / "revision.json").read_text().splitlines()
    lines = {one.rule: (text[one.source.line - 1].strip(), one.change.operation) for one in found if one.source}
    assert lines["response-type-changed"] == ('"a": {', "GET /v1/a")
    assert found[-1].source is not None
    start = text.index('  "/v2/a": {') + 1
    (line,) = {one.source.line for one in found if one.rule == "response-type-changed" and one.source is not None}
    assert start < line < start + 25
