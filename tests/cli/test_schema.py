"""`contractkit schema`, and the published schema of reports held against real ones."""

import base64
import copy
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
SHOP = """
from fastapi import FastAPI, HTTPException, Request

TEXT = {"enum": ["black"]}
app = FastAPI(title="Shop", version="1.0.0")


@app.get("/share")
def share(people: int) -> dict[str, int]:
    return {"each": 100 // people}


BODY = {"required": True, "content": {"text/plain": {"schema": TEXT}}}


@app.post("/notes", openapi_extra={"requestBody": BODY}, responses={422: {"description": "There is none"}})
async def note(request: Request) -> int:
    if not await request.body():
        raise HTTPException(422)
    return int(await request.body())


@app.get("/teas", responses={404: {"description": "There is none"}})
def teas(colour: str) -> dict[str, str]:
    return {"colour": colour}
"""


def run(folder: Path, *words: str, code: int) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "contractkit", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
        timeout=180,
        check=False,
    )
    # Every ten seconds a run says how far it is, which on a slow machine is before its end.
    told = [line for line in done.stderr.splitlines() if not re.match(r"contractkit: \d+ of \d+ parts, ", line)]
    assert (done.returncode, told) == (code, [])
    return json.loads(done.stdout)


def closed(schema: Any) -> Any:
    """The schema with every object closed, so that a key that it does not name is an error too."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(value) for key, value in schema.items()}
    return {**found, "additionalProperties": False} if isinstance(found.get("properties"), dict) else found


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Any:
    found = run(tmp_path_factory.mktemp("schema"), "schema", "report", code=0)
    jsonschema.Draft202012Validator.check_schema(found)
    return found


def errors(schema: Any, report: Any) -> list[str]:
    validator = jsonschema.Draft202012Validator({**closed(schema), "oneOf": [{"$ref": f"#/$defs/{report['kind']}"}]})
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(report)]


def test_a_comparison(tmp_path: Path, schema: Any) -> None:
    report = run(
        tmp_path, "diff", str(EXAMPLES / "shop-1.0.yaml"), str(EXAMPLES / "shop-1.1.yaml"), "--format", "json", code=1
    )
    assert (len(report["findings"]), errors(schema, report)) == (4, [])
    jsonschema.validate(report, schema)
    several = {**{key: report[key] for key in ("schema_version", "outcome", "required_bump")}, "kind": "diffs"}
    assert errors(schema, {**several, "reports": [report, report]}) == []


def test_a_fuzzing_run_and_a_confirmed_comparison(tmp_path: Path, schema: Any) -> None:
    (tmp_path / "shop.py").write_text(SHOP, encoding="utf-8")
    words = ("--format", "json", "--max-examples", "5", "--no-failures", "--workers", "1")
    report = run(tmp_path, "fuzz", "shop:app", *words, code=1)
    found = [(one["rule"], one["witness"].get("base64")) for one in report["findings"]]
    # The smallest body that is no number: what its bytes are is a matter of the seed.
    (bodied,) = [body for _, body in found if body is not None]
    assert len(base64.b64decode(bodied)) == 1
    assert ([rule for rule, _ in found], errors(schema, report)) == (["server-error", "server-error"], [])
    jsonschema.validate(report, schema)
    run_old = run(tmp_path, "pull", "shop:app", code=0)
    run_old["paths"]["/teas"]["get"]["parameters"][0]["required"] = False
    (tmp_path / "old.json").write_text(json.dumps(run_old), encoding="utf-8")
    confirmed = run(tmp_path, "diff", "old.json", "shop:app", "--confirm", "--format", "json", code=1)
    (finding,) = confirmed["findings"]
    assert (finding["confirmation"]["answer"], errors(schema, confirmed)) == ("confirmed", [])


@pytest.mark.parametrize("key", ["kind", "findings", "counts", "warnings"])
def test_what_lacks_a_key_is_no_report(tmp_path: Path, schema: Any, key: str) -> None:
    (tmp_path / "a.json").write_text(
        json.dumps({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}}), encoding="utf-8"
    )
    report = run(tmp_path, "diff", "a.json", "a.json", "--format", "json", code=0)
    assert errors(schema, report) == []
    lacking = copy.deepcopy(report)
    del lacking[key]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(lacking, schema)


def test_an_unknown_schema_is_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "contractkit", "schema", "reports"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("contractkit: schema reports: there is no schema `reports`; it may be report")
