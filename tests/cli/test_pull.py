from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from contractkit.model.jsontext import canonical_json
from contractkit.sources.yamldoc import parse_yaml

DOCUMENT = {"paths": {}, "openapi": "3.1.0", "info": {"version": "1", "title": "T"}, "x-no": "no"}
APP = "from fastapi import FastAPI\napp = FastAPI(title='Shop')\n@app.get('/')\ndef root() -> int: return 1\n"


def contractkit(folder: Path, *arguments: str, stdin: str = "") -> tuple[int, str, str]:
    """Run the program in a process of its own; return exit code, stdout and stderr."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-m", "contractkit", "pull", *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, input=stdin, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr


def test_the_canonical_document_goes_to_stdout(tmp_path: Path) -> None:
    expected = canonical_json(DOCUMENT)
    assert contractkit(tmp_path, "-", stdin=json.dumps(DOCUMENT)) == (0, expected, "")
    (tmp_path / "a.yaml").write_text("info: {title: T, version: '1'}\nopenapi: 3.1.0\nx-no: no\npaths: {}\n")
    assert contractkit(tmp_path, "a.yaml") == (0, expected, "")


@pytest.mark.parametrize("name", ["out.yaml", "out.yml", "out.json", "out"])
def test_a_file_has_the_format_of_its_ending(name: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(DOCUMENT))
    assert contractkit(tmp_path, "a.json", "-o", name) == (0, "", "")
    text = (tmp_path / name).read_text()
    if name in ("out.yaml", "out.yml"):
        assert text == "info:\n  title: T\n  version: '1'\nopenapi: 3.1.0\npaths: {}\nx-no: 'no'\n"
        assert parse_yaml(text, name) == (DOCUMENT, ())
    else:
        assert text == canonical_json(DOCUMENT)


def test_without_a_source_the_configured_app_is_taken_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("print('noise')\n" + APP)
    (tmp_path / "contractkit.toml").write_text('app = "shop:app"\n')
    below = tmp_path / "below"
    below.mkdir()
    code, out, err = contractkit(below)
    assert (code, json.loads(out)["info"]["title"], err) == (0, "Shop", "")


def test_warnings_and_hints_go_to_stderr(tmp_path: Path) -> None:
    schemas = {f"S{number:02}": {"$ref": "../x.json"} for number in range(2)} | {"N": {"maximum": float("nan")}}
    (tmp_path / "a.json").write_text(json.dumps(DOCUMENT | {"components": {"schemas": schemas}}))
    code, out, err = contractkit(tmp_path, "a.json")
    assert (code, json.loads(out)["components"]["schemas"]["N"]) == (0, {"maximum": None})
    assert err.splitlines() == [
        "contractkit: warning: a.json#/components/schemas/N/maximum: "
        "NaN is no number JSON can hold; it is read as null",
        "contractkit: warning: a.json#/components/schemas/S00/$ref: `../x.json` is not followed: "
        "it leads out of the document's folder",
    ]


def test_many_warnings_are_cut_unless_all_are_asked_for(tmp_path: Path) -> None:
    document = DOCUMENT | {"x-n": [float("nan")] * 15}
    (tmp_path / "a.json").write_text(json.dumps(document))
    lines = contractkit(tmp_path, "a.json")[2].splitlines()
    assert (len(lines), lines[-1]) == (11, "contractkit: and 5 more, --verbose shows all")
    assert len(contractkit(tmp_path, "a.json", "--verbose")[2].splitlines()) == 15


def test_bad_input_is_one_line_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("a: [1\nb: 2\n")
    (tmp_path / "shop.py").write_text("raise RuntimeError('no settings')\n")
    (tmp_path / "out.json").write_text("old")
    code, out, err = contractkit(tmp_path, "broken.yaml", "-o", "out.json")
    assert (code, out, err) == (
        2,
        "",
        "contractkit: broken.yaml:2:2: not YAML: while parsing a flow sequence did not find expected ',' or ']'; "
        "mend the file there\n",
    )
    assert contractkit(tmp_path, "shop:app", "-o", "out.json") == (
        2,
        "",
        "contractkit: shop:app: `shop` cannot be imported: RuntimeError: no settings; see the rest with --verbose\n",
    )
    assert "Traceback (most recent call last)" in contractkit(tmp_path, "shop:app", "--verbose")[2]
    assert contractkit(tmp_path) == (
        2,
        "",
        "contractkit: contractkit pull: no source is named and none is configured; "
        "name one, or set `app` in [tool.contractkit] of pyproject.toml\n",
    )
    assert contractkit(tmp_path, "out.json")[0] == 2
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["broken.yaml", "out.json", "shop.py"]
    assert (tmp_path / "out.json").read_text() == "old"


def test_a_deep_document_comes_through(tmp_path: Path) -> None:
    deep = '{"items":' * 1400 + "{}" + "}" * 1400
    (tmp_path / "a.json").write_text(f'{{"openapi":"3.1.0","components":{{"schemas":{{"A":{deep}}}}}}}')
    code, out, err = contractkit(tmp_path, "a.json")
    assert (code, out.count('"items"'), err) == (0, 1400, "")


def test_lone_surrogates_are_kept_in_json(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"openapi": "3.1.0", "x": "\\ud800"}')
    assert contractkit(tmp_path, "a.json") == (0, '{\n  "openapi": "3.1.0",\n  "x": "\\ud800"\n}\n', "")
    assert contractkit(tmp_path, "a.json", "-o", "b.yaml")[0] == 2


SOCKETS = """from fastapi import FastAPI, WebSocket
import contractkit
app = FastAPI(title='Shop', version='1')
@app.get('/')
def root() -> int: return 1
@app.websocket('/feed')
@contractkit.websocket.messages(send=int)
async def feed(websocket: WebSocket): ...
"""


def test_the_sockets_of_an_app_are_a_document_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text(SOCKETS)
    expected = {
        "asyncapi": "3.0.0",
        "info": {"title": "Shop", "version": "1"},
        "defaultContentType": "application/json",
        "channels": {
            "feed": {
                "address": "/feed",
                "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
                "messages": {"Integer": {"name": "Integer", "payload": {"type": "integer"}}},
            }
        },
        "operations": {
            "feed.send": {
                "action": "send",
                "channel": {"$ref": "#/channels/feed"},
                "messages": [{"$ref": "#/channels/feed/messages/Integer"}],
            }
        },
    }
    assert contractkit(tmp_path, "--asyncapi", "shop:app") == (0, canonical_json(expected), "")
    assert contractkit(tmp_path, "--asyncapi", "shop:app", "-o", "sockets.yaml") == (0, "", "")
    assert contractkit(tmp_path, "--asyncapi", "sockets.yaml") == (0, canonical_json(expected), "")


@pytest.mark.parametrize(
    ("arguments", "document", "problem"),
    [
        (["a.json"], {"asyncapi": "3.0.0"}, "is an AsyncAPI document; name its OpenAPI document"),
        (
            ["--asyncapi", "a.json"],
            {"asyncapi": "2.6.0"},
            "is written in AsyncAPI 2.6.0; contractkit reads AsyncAPI 3; convert it with `asyncapi convert`",
        ),
        (
            ["--asyncapi", "a.json"],
            DOCUMENT,
            "says nothing of WebSockets; name an app, a baseline of one, or an AsyncAPI 3 document",
        ),
    ],
)
def test_a_document_of_the_other_kind_is_refused(
    arguments: list[str], document: dict[str, str], problem: str, tmp_path: Path
) -> None:
    (tmp_path / "a.json").write_text(json.dumps(document))
    assert contractkit(tmp_path, *arguments) == (2, "", f"contractkit: a.json: {problem}\n")
