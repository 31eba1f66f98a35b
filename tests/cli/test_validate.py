from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

OK = '{"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}'


def contractkit(folder: Path, *arguments: str) -> tuple[int, str, str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "contractkit", "validate", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_a_valid_document(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(OK)
    assert contractkit(tmp_path, "a.json") == (0, "a.json: valid (OpenAPI 3.1.0)\n", "")


def test_findings_name_file_line_column_and_pointer(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "openapi: 3.1.0\ninfo:\n  title: T\npaths:\n  /a:\n    get:\n      responses:\n"
        "        200: {content: {a/b: {schema: {$ref: 'm/b.json#/B'}}}}\n"
    )
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "b.json").write_text('{"B": {"$ref": "#/C"}}')
    assert contractkit(tmp_path, "a.yaml") == (
        1,
        'a.yaml:2:1: #/info: "version" is a required property\n'
        'a.yaml:8:9: #/paths/~1a/get/responses/200: "description" is a required property\n'
        "a.yaml:8:31: #/paths/~1a/get/responses/200/content/a~1b/schema: "
        "nothing stands at the $ref `#/x-contractkit-files/m~1b.json/C`\n"
        "a.yaml: 3 findings (OpenAPI 3.1.0)\n",
        "",
    )


def test_names_that_stand_twice_in_json_are_findings(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(OK[:-1] + ',\n "paths": {}}')
    assert contractkit(tmp_path, "a.json") == (
        1,
        "a.json:2:2: #/paths: this name stands twice\na.json: 1 finding (OpenAPI 3.1.0)\n",
        "",
    )


def test_sources_that_are_no_file_have_the_pointer_alone(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(
        "class app:\n    def openapi(self): return {'openapi': '3.1.0', 'info': {}, 'paths': {'/': {}}}\n"
    )
    assert contractkit(tmp_path, "shop:app") == (
        1,
        'shop:app: #/info: "title" is a required property\n'
        'shop:app: #/info: "version" is a required property\n'
        "shop:app: 2 findings (OpenAPI 3.1.0)\n",
        "",
    )


def test_what_cannot_be_validated(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"swagger": "2.0"}')
    code, out, err = contractkit(tmp_path, "a.json")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("contractkit: a.json: is a Swagger 2.0 document; convert it to OpenAPI 3")


def test_a_large_document_says_that_it_takes_a_while(tmp_path: Path) -> None:
    big = json.loads(OK) | {"x-big": ["x" * 1000] * 400}
    (tmp_path / "a.json").write_text(json.dumps(big))
    assert contractkit(tmp_path, "a.json") == (
        0,
        "a.json: valid (OpenAPI 3.1.0)\n",
        "contractkit: validating 0.4 MB; openapi-spec-validator takes some seconds a megabyte\n",
    )
