"""Documents made to hurt, through the command line: an answer in time, no traceback, nothing raw on the terminal."""

import itertools
import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SECONDS = 120
"""After which a comparison counts as hanging; all of them end in a few seconds where nothing else runs."""


def document(schema: Any, **more: Any) -> dict[str, Any]:
    """A document that takes and gives the schema."""
    content = {"application/json": {"schema": schema}}
    operation = {"requestBody": {"content": content}, "responses": {"200": {"description": "d", "content": content}}}
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"post": operation}}, **more}


def components(schemas: dict[str, Any]) -> dict[str, Any]:
    """A document that uses the component A of these."""
    return document({"$ref": "#/components/schemas/A"}, components={"schemas": schemas})


def diff(folder: Path, base: Any, revision: Any, *options: str) -> subprocess.CompletedProcess[str]:
    """Compare two documents (JSON values or texts) as a process, and see that it ends as it should."""
    for name, content in (("base", base), ("revision", revision)):
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8", errors="surrogatepass")
    done = subprocess.run(
        [sys.executable, "-m", "contractkit", "diff", "base.yaml", "revision.yaml", *options],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode in (0, 1, 2)
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr
    assert not re.search(r"[^\n\x20-\x7e\x80-\uffff]|[\x80-\x9f\u202e]", done.stdout + done.stderr)
    return done


def outcome(folder: Path, base: Any, revision: Any) -> str:
    """What the JSON report of the comparison says, `refused` where there is none."""
    done = diff(folder, base, revision, "--format", "json")
    return "refused" if done.returncode == 2 else json.loads(done.stdout)["outcome"]


WRAPS = {
    "items": ('{"type": "array", "items": ', "}"),
    "properties": ('{"type": "object", "properties": {"a": ', "}}"),
    "not": ('{"not": ', "}"),
    "anyOf": ('{"anyOf": [', "]}"),
    "allOf": ('{"allOf": [', "]}"),
    "additionalProperties": ('{"additionalProperties": ', "}"),
    "if": ('{"if": {"type": "object"}, "then": ', "}"),
}


def nested(keyword: str, leaf: str, levels: int) -> str:
    """A document whose schema holds a schema that holds a schema, as JSON text."""
    before, after = WRAPS[keyword]
    return json.dumps(document("HERE")).replace('"HERE"', before * levels + json.dumps({"type": leaf}) + after * levels)


@pytest.mark.parametrize("keyword", WRAPS)
def test_schemas_nested_by_the_thousand(tmp_path: Path, keyword: str) -> None:
    sides = [nested(keyword, kind, 5_000) for kind in ("string", "integer")]
    assert outcome(tmp_path, *sides) in ("breaking", "risky", "refused")


def test_a_pattern_that_nobody_can_compare_deep_inside(tmp_path: Path) -> None:
    sides = []
    for pattern in (r"^(?=.*[A-Z])(a|b)\b.{3}$", r"^(?=.*[A-Z])(a|b)\b.{4}$"):
        sides.append(
            nested("items", "string", 1_300).replace('"string"', f'"string", "pattern": {json.dumps(pattern)}')
        )
    assert outcome(tmp_path, *sides) in ("breaking", "risky")


def test_brackets_by_the_hundred_thousand(tmp_path: Path) -> None:
    text = json.dumps(document({})).replace("{}", '{"default": ' + "[" * 100_000 + "]" * 100_000 + "}")
    assert diff(tmp_path, text, document({})).returncode in (0, 2)


def test_enums_of_a_hundred_thousand_values(tmp_path: Path) -> None:
    values = [f"value {number}" for number in range(100_000)]
    base, revision = document({"enum": values}), document({"enum": [*values[:-1], "another"]})
    assert outcome(tmp_path, base, revision) == "breaking"


def test_unions_of_hundreds(tmp_path: Path) -> None:
    def union(last: str) -> dict[str, Any]:
        names = [*map(str, range(499)), last]
        return {
            "oneOf": [
                {"type": "object", "required": ["k"], "properties": {"k": {"const": name}, "v": {"type": "string"}}}
                for name in names
            ]
        }

    assert outcome(tmp_path, document(union("499")), document(union("500"))) in ("breaking", "risky")


def alternatives(outer: str, inner: str, count: int, levels: int, leaf: dict[str, Any]) -> dict[str, Any]:
    """Unions of unions of objects that overlap, inside a property of each other."""
    schema = leaf
    for _ in range(levels):
        schema = {
            outer: [
                {
                    inner: [
                        {"type": "object", "required": [name], "properties": {name: leaf, "z": schema}}
                        for name in names
                    ]
                }
                for names in ([f"k{row}_{column}" for column in range(count)] for row in range(count))
            ]
        }
    return schema


@pytest.mark.parametrize(("outer", "inner"), [("oneOf", "oneOf"), ("oneOf", "allOf"), ("anyOf", "oneOf")])
def test_unions_of_unions_that_overlap(tmp_path: Path, outer: str, inner: str) -> None:
    base, revision = (alternatives(outer, inner, 6, 2, {"type": "string", "maxLength": most}) for most in (9, 8))
    assert outcome(tmp_path, document(base), document(revision)) in ("breaking", "risky")


@pytest.mark.parametrize(("least", "expected"), [(10**12, "risky"), (10, "breaking")])
def test_texts_too_long_to_be_made(tmp_path: Path, least: int, expected: str) -> None:
    base, revision = ({"type": "string", "minLength": number} for number in (least, least + 1))
    assert outcome(tmp_path, document(base), document(revision)) == expected


A: dict[str, Any] = {"$ref": "#/components/schemas/A"}
B: dict[str, Any] = {"$ref": "#/components/schemas/B"}


@pytest.mark.parametrize(
    ("base", "revision"),
    [
        ({"A": A}, {"A": {"type": "string"}}),
        ({"A": A}, {"A": {"anyOf": [A, {"type": "string"}]}}),
        ({"A": {"allOf": [B]}, "B": {"allOf": [A]}}, {"A": {"allOf": [B]}, "B": {"anyOf": [A, {"type": "null"}]}}),
        ({"A": {"anyOf": [B, A]}, "B": {"oneOf": [A, B]}}, {"A": {"not": B}, "B": {"not": A}}),
        ({"A": {"if": A, "then": B}, "B": A}, {"A": {"items": A, "not": A}, "B": {}}),
        ({"A": {"$ref": "#/paths/~1a"}}, {"A": {"$ref": "#"}}),
        ({"A": {"$ref": "#/components/schemas/A/items", "items": A}}, {"A": {"$dynamicRef": "#a", "$anchor": "a"}}),
    ],
)
def test_references_without_an_end(tmp_path: Path, base: dict[str, Any], revision: dict[str, Any]) -> None:
    diff(tmp_path, components(base), components(revision))


def test_chains_of_references(tmp_path: Path) -> None:
    def chain(leaf: str) -> dict[str, Any]:
        names = ["A", *(f"C{number}" for number in range(5_000))]
        links = {name: {"$ref": f"#/components/schemas/{after}"} for name, after in itertools.pairwise(names)}
        return components({**links, names[-1]: {"type": leaf}})

    assert outcome(tmp_path, chain("string"), chain("integer")) in ("breaking", "refused")


@pytest.mark.parametrize(
    ("base", "revision"),
    [
        ({"type": "string", "pattern": "^(a+)+$"}, {"type": "string", "pattern": "^(a|a)*b$"}),
        ({"type": "string", "pattern": "(.*a){30}"}, {"type": "string", "pattern": "(.*b){30}"}),
        ({"type": "string", "pattern": "^[ab]*a[ab]{40}$"}, {"type": "string", "pattern": "^[ab]*b[ab]{40}$"}),
        ({"type": "string", "pattern": "a{1000000}"}, {"type": "string", "pattern": "(" * 5_000 + ")" * 5_000}),
        ({"type": "string"}, {"type": "string", "minLength": 10**9}),
        ({"type": "array"}, {"type": "array", "minItems": 10**9}),
        ({"type": "object"}, {"type": "object", "minProperties": 10**9}),
        ({"type": "number"}, {"type": "number", "maximum": 1e308}),
        ({"type": "number", "multipleOf": 1e-300}, {"type": "number", "multipleOf": 3e-300}),
        ({"type": "integer", "maximum": 10**4000 - 1}, {"type": "integer", "maximum": 10**3999 - 1}),
    ],
    ids=lambda value: str(sorted(value.items(), reverse=True))[:40],
)
def test_keywords_that_ask_for_much(tmp_path: Path, base: dict[str, Any], revision: dict[str, Any]) -> None:
    assert outcome(tmp_path, document(base), document(revision)) != "identical"


def test_names_that_overlapping_patterns_divide(tmp_path: Path) -> None:
    def shape(end: str, **more: Any) -> dict[str, Any]:
        patterns = {f"^(a|b){{{size}}}.*x{size}{end}$": {"type": "string", "minLength": size} for size in range(60)}
        return {"type": "object", "patternProperties": patterns, **more}

    assert outcome(tmp_path, document(shape("")), document(shape("?", additionalProperties=False))) == "breaking"


def test_aliases_that_multiply(tmp_path: Path) -> None:
    rows = ["x0: &x0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    rows += [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]" for n in range(1, 12)]
    text = "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\n" + "\n".join(rows)
    done = diff(tmp_path, text, text)
    assert done.returncode in (0, 2)


ODD_PATHS = ["", "/", "//", "/{}", "/{a}{b}", "/{a", "/a}", "/{{a}}", "a", "/%2F", "/{a}/{a}", "/é/\u0007"]


def test_odd_paths(tmp_path: Path) -> None:
    done: dict[str, Any] = {"get": {"responses": {}}}
    sides = [
        {**document({}), "paths": dict.fromkeys(paths, done)} for paths in (ODD_PATHS, [*ODD_PATHS[1:], "/{c}{d}"])
    ]
    diff(tmp_path, sides[0], sides[1])
    diff(tmp_path, sides[1], sides[0])


def test_paths_that_differ_by_names_alone(tmp_path: Path) -> None:
    def paths(letter: str) -> dict[str, Any]:
        return {**document({}), "paths": {f"/{{{letter}{n}}}": {"get": {"responses": {}}} for n in range(2_000)}}

    assert outcome(tmp_path, paths("a"), paths("b")) in ("compatible", "identical")


@pytest.mark.parametrize("odd", [[], [1], 5, None, "text", True, {"a": 1}], ids=str)
def test_anything_anywhere(tmp_path: Path, odd: Any) -> None:
    good = document({"type": "string"})
    operation = good["paths"]["/a"]["post"]
    names = ("security", "servers", "responses", "parameters", "requestBody", "callbacks", "tags", "deprecated")
    for bad in (
        {**good, "security": odd, "servers": odd, "components": odd, "webhooks": odd, "tags": odd, "info": odd},
        {**good, "paths": odd},
        {**good, "paths": {"/a": odd}},
        {**good, "paths": {"/a": {"post": {**operation, **dict.fromkeys(names, odd)}}}},
    ):
        diff(tmp_path, good, bad)
        diff(tmp_path, bad, good)


NAMES = ["a/b", "a~b", "a%62", "é", "\u202eevil", "\x1b[31mred", "\x9b2J", "\ud800", "a\nb", "$ref", ""]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_names_that_a_terminal_would_obey(tmp_path: Path, name: str) -> None:
    ref = "#/components/schemas/" + name.replace("~", "~0").replace("/", "~1").replace("%", "%25")

    def side(kind: str) -> dict[str, Any]:
        schema = {"type": "object", "required": [name], "properties": {name: {"type": kind}}}
        found = document({"$ref": ref}, components={"schemas": {name: schema}}, **{f"x-{name}": name + kind})
        found["info"] = {"title": name, "version": name}
        found["paths"][f"/{name}"] = {"get": {"operationId": kind + name, "description": name, "responses": {}}}
        return found

    assert diff(tmp_path, side("string"), side("integer"), "--verbose").returncode in (0, 1)
    assert outcome(tmp_path, side("string"), side("integer")) in ("breaking", "risky")


def test_descriptions_of_megabytes(tmp_path: Path) -> None:
    sides = [{**document({}), "info": {"title": "t", "version": "1", "description": c * 5_000_000}} for c in "ab"]
    assert outcome(tmp_path, *sides) == "compatible"
    assert len(diff(tmp_path, sides[0], sides[1], "--verbose").stdout) < 10_000


def test_nothing_outside_the_folder_is_read_and_nothing_fetched(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text('{"A": {"type": "string", "const": "SECRET"}}', encoding="utf-8")
    inside = tmp_path / "inside"
    inside.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a.json"
        for ref in ("../secret.json#/A", str(tmp_path / "secret.json"), (tmp_path / "secret.json").as_uri(), address):
            done = diff(inside, document({"$ref": ref}), document({"type": "integer"}), "--verbose")
            assert "SECRET" not in done.stdout + done.stderr
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()
