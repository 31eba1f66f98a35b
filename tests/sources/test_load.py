from __future__ import annotations

import io
import json
import os
import sys
import threading
from pathlib import Path

import pytest

from contractkit.model.contract import Contract, Notice
from contractkit.model.errors import InputError
from contractkit.sources.load import LoadOptions, load
from contractkit.store.baselines import BaselineStore

DOCUMENT = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}}


def error(source: str, folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        load(source, options=LoadOptions(root=folder))
    return str(caught.value)


def test_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "openapi.json").write_text(json.dumps(DOCUMENT))
    away = load("api/openapi.json", options=LoadOptions(root=tmp_path))
    assert away == Contract("api/openapi.json", DOCUMENT, file=str(tmp_path / "api" / "openapi.json"))
    monkeypatch.chdir(tmp_path)
    assert load("api/openapi.json") == Contract("api/openapi.json", DOCUMENT, file="api/openapi.json")


def test_all_notices_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("openapi: 3.1\nx-a: .nan\ncomponents: {schemas: {A: {$ref: ../b.yaml}}}\n")
    assert load("a.yaml", options=LoadOptions(root=tmp_path)).warnings == (
        Notice("/x-a", ".nan is no number JSON can hold; it is read as null", "NaN"),
        Notice("/openapi", "3.1 is a number; it is read as the text '3.1'"),
        Notice("/components/schemas/A/$ref", "`../b.yaml` is not followed: it leads out of the document's folder"),
    )


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "openapi.json").write_text("{")
    (tmp_path / "folder").mkdir()
    assert error("openapi.jsn", tmp_path) == "openapi.jsn: no such file; did you mean openapi.json?"
    assert error("openapi.yml", tmp_path) == "openapi.yml: no such file; did you mean openapi.json?"
    assert error("missing.json", tmp_path) == "missing.json: no such file; check its name"
    assert error("shop.main", tmp_path) == "shop.main: no such file; for an app add its attribute: shop.main:app"
    assert error("zzz.yaml", tmp_path) == "zzz.yaml: no such file; check its name"
    assert error("no/a.json", tmp_path) == f"no/a.json: no such file; there is no folder {tmp_path / 'no'}"
    assert error("folder", tmp_path) == "folder: is a folder; name a file in it"
    (tmp_path / "main.py").write_text("app = 1\n")
    assert error("main.py", tmp_path) == "main.py: is Python, no document; for the app in it write main:app"
    assert error("openapi.json/x", tmp_path).startswith("openapi.json/x: cannot be read (Not a directory); ")
    assert error("openapi.json", tmp_path).startswith("openapi.json:1:2: not JSON: expecting property name")


def test_a_pipe_is_read_like_a_file(tmp_path: Path) -> None:
    """As in `contractkit diff <(git show main:openapi.json) openapi.json`."""
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=(json.dumps(DOCUMENT),))
    writer.start()
    assert load("pipe", options=LoadOptions(root=tmp_path)).document == DOCUMENT
    writer.join()


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    document = DOCUMENT | {"components": {"schemas": {"A": {"$ref": "b.json"}}}}
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(document).encode())))
    contract = load("-")
    text = "`b.json` is not followed: a document that is no file has no folder to look in"
    assert contract == Contract("-", document, warnings=(Notice("/components/schemas/A/$ref", text),))


def test_a_stored_baseline(tmp_path: Path) -> None:
    store = BaselineStore(tmp_path / "kept")
    store.save(Contract("x", DOCUMENT), "shop", "1")
    store.save(Contract("x", DOCUMENT | {"tags": []}), "shop", "2")
    options = LoadOptions(root=tmp_path, baselines=Path("kept"))
    assert load("@shop", options=options).document == DOCUMENT | {"tags": []}
    first = load("@shop:1", options=options)
    assert first == Contract(
        "@shop:1", DOCUMENT, file=str(tmp_path / "kept" / "shop" / "1" / "openapi.json"), sockets={}
    )
    with pytest.raises(InputError) as caught:
        load("@shoop", options=options)
    assert str(caught.value) == "@shoop: no such baseline; did you mean @shop?"


def test_a_document_that_is_no_openapi(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")
    assert error("a.json", tmp_path) == (
        "a.json: is no OpenAPI document but a list; give a document; contractkit reads OpenAPI 3.0, 3.1 and 3.2"
    )
