"""`contractkit init`: what it writes, keeps and refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

APP = """
from fastapi import FastAPI

app = FastAPI(title="My shop", version="1.0.0")


@app.get("/teas")
def teas() -> list[str]:
    return []
"""
KEYS = """\
app = "my_shop.main:app"
api = "my-shop"
# baselines = "baselines"  # the folder of the stored contracts
# fail-on = "breaking"     # or "risky", or "never"
"""
SAVED = "saved @my-shop:1.0.0 in baselines/my-shop/1.0.0"


def run(folder: Path, *words: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "contractkit", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(folder)},
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def files(folder: Path) -> dict[str, bytes]:
    """What lies in a folder, Python's own leavings and the day of the capture left out."""
    return {
        str(file.relative_to(folder)): b"" if file.name == "baseline.toml" else file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and "__pycache__" not in file.parts
    }


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "my_shop").mkdir()
    (tmp_path / "my_shop" / "main.py").write_text(APP)
    return tmp_path


def document(folder: Path, title: str = "My shop", version: str = "1.0.0") -> None:
    value = {"openapi": "3.1.0", "info": {"title": title, "version": version}, "paths": {"/a": {}}}
    (folder / "openapi.json").write_text(json.dumps(value))


def test_a_project_with_pyproject(shop: Path) -> None:
    before = b'# mine\r\n[project]\r\nname = "my-shop"   # kept\r\nversion = "1"'
    (shop / "pyproject.toml").write_bytes(before)
    code, out, err = run(shop, "init")
    assert (code, err) == (0, "")
    assert out.splitlines()[:4] == [
        SAVED,
        "wrote app = my_shop.main:app and api = my-shop into pyproject.toml",
        "",
        "Commit pyproject.toml and the folder baselines. `contractkit diff` is the check; in CI:",
    ]
    after = files(shop)
    assert sorted(after) == [
        "baselines/my-shop/1.0.0/baseline.toml",
        "baselines/my-shop/1.0.0/openapi.json",
        "my_shop/main.py",
        "pyproject.toml",
    ]
    added = f"\n\n[tool.contractkit]\n{KEYS}".replace("\n", "\r\n").encode()
    assert after["pyproject.toml"] == before + added
    assert run(shop, "diff")[0] == 0

    kept = files(shop)
    told = f"{shop / 'pyproject.toml'} has the configuration already; nothing was changed\n"
    assert run(shop, "init", "other:app") == (0, told, "")
    assert files(shop) == kept


def test_a_project_without_pyproject(shop: Path) -> None:
    (shop / "requirements.txt").touch()
    code, out, err = run(shop, "init", "--api", "shop")
    assert (code, err, (shop / "contractkit.toml").read_text()) == (0, "", KEYS.replace('"my-shop"', '"shop"'))
    github, gitlab = pasted(out)
    install = "pip install -r requirements.txt contractkit"
    assert [step.get("run") for step in github["jobs"]["contract"]["steps"]] == [
        *(None, None, install, "contractkit diff --format github")
    ]
    report = "contractkit diff --format text --format gitlab:gl-code-quality-report.json"
    assert gitlab["contract"]["script"] == [install, report]
    for line in ("contractkit diff --format github", report):
        assert run(shop, *line.split()[1:])[0] == 0
    assert json.loads((shop / "gl-code-quality-report.json").read_text()) == []


@pytest.mark.parametrize(
    ("source", "install"), [("my_shop.main:app", "fastapi contractkit"), ("a.json", "contractkit")]
)
def test_what_the_lines_install_where_nothing_is_listed(shop: Path, source: str, install: str) -> None:
    document(shop)
    (shop / "openapi.json").rename(shop / "a.json")
    assert pasted(run(shop, "init", source)[1])[1]["contract"]["script"][0] == f"pip install {install}"


def pasted(out: str) -> tuple[Any, Any]:
    """The two files that are to be pasted."""
    github, _, gitlab = out.partition("GitHub: .github/workflows/contract.yml\n")[2].partition("GitLab: .gitlab-ci.yml")
    return yaml.safe_load(github), yaml.safe_load(gitlab)


def test_what_is_stored_already_stays(tmp_path: Path) -> None:
    document(tmp_path)
    assert run(tmp_path, "baseline", "save", "openapi.json")[0] == 0
    document(tmp_path, version="2.0.0")
    code, out, err = run(tmp_path, "init", "openapi.json")
    assert (code, err, out.splitlines()[:2]) == (
        0,
        "",
        [
            "kept @my-shop:1.0.0, which is stored already",
            "wrote app = openapi.json and api = my-shop into contractkit.toml",
        ],
    )
    assert [file for file in files(tmp_path) if "2.0.0" in file] == []


def test_a_configuration_without_its_baseline_is_told(tmp_path: Path) -> None:
    (tmp_path / "contractkit.toml").write_text('app = "a:b"\napi = "shop"\n')
    (tmp_path / "below").mkdir()
    told = (
        f"{tmp_path / 'contractkit.toml'} has the configuration already; nothing was changed. "
        "Nothing is stored as @shop yet: `contractkit baseline save`\n"
    )
    assert run(tmp_path / "below", "init") == (0, told, "")


def test_a_project_below_another_gets_its_own(tmp_path: Path) -> None:
    (tmp_path / "contractkit.toml").write_text('app = "a:b"\napi = "shop"\n')
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "pyproject.toml").touch()
    document(tmp_path / "below")
    assert run(tmp_path / "below", "init", "openapi.json")[0] == 0
    expected = "[tool.contractkit]\n" + KEYS.replace("my_shop.main:app", "openapi.json")
    assert (tmp_path / "below" / "pyproject.toml").read_text() == expected


TWO = "from fastapi import FastAPI\napp = FastAPI()\nadmin = FastAPI()\n"
REFUSED = {
    "no app": ({}, (), "init: no FastAPI app was found in the modules of this folder; name it: {name}"),
    "two apps": ({"web.py": TWO}, (), "init: there are 2 apps: web:admin, web:app; {two}"),
    "a wrong name": ({"web.py": APP}, ("--api", "a b"), "a b: is no name for an API: {letters}; `a-b` would do"),
    "standard input": ({}, ("-",), "-: this cannot be read anew on every run; name an app, a file or a URL"),
    "a missing file": ({}, ("api.json",), "api.json: no such file; check its name"),
    "no TOML": ({"pyproject.toml": "a ="}, (), "{folder}/pyproject.toml: not TOML: {toml}; mend the file first"),
    "an inline table": (
        {"pyproject.toml": "tool = {a = 1}\n", "web.py": APP},
        (),
        "{folder}/pyproject.toml: has a `tool` that no table can be added to; write it as `[tool.NAME]` tables",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_one_line_and_writes_nothing(name: str, tmp_path: Path) -> None:
    given, words, line = REFUSED[name]
    for file, text in given.items():
        (tmp_path / file).write_text(text)
    before = files(tmp_path)
    expected = line.format(
        folder=tmp_path,
        letters="letters, digits, `.`, `_` and `-`, up to 100",
        name="`contractkit init my_shop.main:app`, or a document, `contractkit init openapi.json`",
        toml="Invalid value (at end of document)",
        two="name one: `contractkit init web:admin`",
    )
    assert run(tmp_path, "init", *words) == (2, "", f"contractkit: {expected}\n")
    assert files(tmp_path) == before


def test_a_document_without_a_version(tmp_path: Path) -> None:
    document(tmp_path, version=" ")
    before = files(tmp_path)
    line = "contractkit: openapi.json: the document has no info.version; set it first\n"
    assert run(tmp_path, "init", "openapi.json") == (2, "", line)
    assert files(tmp_path) == before
