from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

APP = "from fastapi import FastAPI\napp = FastAPI(title='My Shop', version='1.0.0')\n"


def contractkit(folder: Path, *arguments: str) -> tuple[int, str, str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "GIT_CEILING_DIRECTORIES": str(folder)}
    command = [sys.executable, "-m", "contractkit", "baseline", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def write(folder: Path, version: str = "1.0.0", **more: object) -> str:
    document = {"openapi": "3.1.0", "info": {"title": "My Shop", "version": version}, "paths": {"/a": {}}, **more}
    (folder / "api.json").write_text(json.dumps(document))
    return "api.json"


def test_saving_listing_showing_removing(tmp_path: Path) -> None:
    hint = (
        'contractkit: hint: with api = "my-shop" under [tool.contractkit], '
        "`contractkit diff` finds this baseline by itself\n"
    )
    source = write(tmp_path)
    assert contractkit(tmp_path, "save", source) == (0, "saved @my-shop:1.0.0 in baselines/my-shop/1.0.0\n", hint)
    assert contractkit(tmp_path, "save", source) == (0, "@my-shop:1.0.0 is stored already, unchanged\n", "")
    write(tmp_path, tags=[])
    assert contractkit(tmp_path, "save", source) == (
        2,
        "",
        "contractkit: @my-shop:1.0.0: is stored already, with another document; "
        "raise info.version (or give --version), or replace it with --force\n",
    )
    assert contractkit(tmp_path, "save", source, "--force") == (
        0,
        "replaced @my-shop:1.0.0 in baselines/my-shop/1.0.0\n",
        "",
    )
    saved = (0, "saved @my-shop:1.10.0 in baselines/my-shop/1.10.0\n", "")
    assert contractkit(tmp_path, "save", source, "--version", "1.10.0") == saved

    code, out, err = contractkit(tmp_path, "list")
    day = r"\d{4}-\d\d-\d\d"
    assert (code, err) == (0, "")
    assert re.fullmatch(
        "API      VERSION  CAPTURED    COMMIT  SOURCE\n"
        f"my-shop  1.0.0    {day}  -       api.json\n"
        f"my-shop  1.10.0   {day}  -       api.json\n",
        out,
    )
    code, out, err = contractkit(tmp_path, "list", "--format", "json")
    facts = json.loads(out)
    assert [sorted(fact) for fact in facts] == [
        ["captured_at", "commit", "digest", "folder", "name", "source", "version"]
    ] * 2
    assert [fact["folder"] for fact in facts] == ["baselines/my-shop/1.0.0", "baselines/my-shop/1.10.0"]

    code, out, err = contractkit(tmp_path, "show", "@my-shop", "--format", "json")
    assert json.loads(out) == facts[1] | {
        "title": "My Shop",
        "openapi": "3.1.0",
        "paths": 1,
        "schemas": 0,
        "sockets": 0,
    }
    code, text, err = contractkit(tmp_path, "show", "my-shop:1.0.0")
    assert text.splitlines()[:2] == ["name         my-shop", "version      1.0.0"]

    assert contractkit(tmp_path, "remove", "my-shop") == (
        2,
        "",
        "contractkit: @my-shop: has 2 versions; name one: 1.0.0, 1.10.0\n",
    )
    removed = "removed @my-shop:1.0.0 from baselines/my-shop/1.0.0\n"
    assert contractkit(tmp_path, "remove", "my-shop:1.0.0") == (0, removed, "")
    removed = "removed @my-shop:1.10.0 from baselines/my-shop/1.10.0\n"
    assert contractkit(tmp_path, "remove", "my-shop") == (0, removed, "")
    assert list((tmp_path / "baselines").iterdir()) == []


def test_the_configuration_names_app_api_and_folder(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(APP + "@app.get('/')\ndef root() -> int: return 1\n")
    (tmp_path / "contractkit.toml").write_text('app = "shop:app"\napi = "shop"\nbaselines = "kept"\n')
    below = tmp_path / "below"
    below.mkdir()
    assert contractkit(below, "save") == (0, f"saved @shop:1.0.0 in {tmp_path}/kept/shop/1.0.0\n", "")
    assert contractkit(tmp_path, "verify") == (0, "kept/shop/1.0.0: ok\n", "")


def test_verify_fails_where_a_document_is_another(tmp_path: Path) -> None:
    contractkit(tmp_path, "save", write(tmp_path))
    contractkit(tmp_path, "save", write(tmp_path, "2.0.0"))
    path = tmp_path / "baselines" / "my-shop" / "1.0.0" / "openapi.json"
    path.write_text(path.read_text().replace("/a", "/b"))
    assert contractkit(tmp_path, "verify") == (
        1,
        "baselines/my-shop/1.0.0: is not the document that was stored as 1.0.0 (its digest differs)\n"
        "baselines/my-shop/2.0.0: ok\n",
        "contractkit: restore it from git, or accept it as it is with `contractkit baseline save --force`\n",
    )
    assert contractkit(tmp_path, "verify", "my-shp") == (
        2,
        "",
        "contractkit: @my-shp: no such baseline; did you mean @my-shop?\n",
    )


def test_nothing_is_stored_yet(tmp_path: Path) -> None:
    nothing = f"contractkit: nothing is stored in {tmp_path}/baselines; begin with `contractkit baseline save`\n"
    assert contractkit(tmp_path, "list") == (0, "", nothing)
    assert contractkit(tmp_path, "list", "--format", "json") == (0, "[]\n", "")
    code, out, err = contractkit(tmp_path, "show", "shop")
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_bad_names_write_nothing(tmp_path: Path) -> None:
    source = write(tmp_path)
    assert contractkit(tmp_path, "save", source, "--api", "../evil") == (
        2,
        "",
        "contractkit: ../evil: is no name for an API: letters, digits, `.`, `_` and `-`, up to 100; `evil` would do\n",
    )
    (tmp_path / "api.json").write_text('{"openapi": "3.1.0"}')
    assert contractkit(tmp_path, "save", source) == (
        2,
        "",
        "contractkit: api.json: the document has no info.version; set it, or give --version\n",
    )
    assert not (tmp_path / "baselines").exists()
