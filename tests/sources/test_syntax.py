from __future__ import annotations

from pathlib import Path

import pytest

from contractkit.model.errors import InputError
from contractkit.sources.syntax import (
    AppSource,
    BaselineSource,
    FileSource,
    GitFileSource,
    Source,
    StdinSource,
    UrlSource,
    parse_source,
)

CASES: dict[str, Source] = {
    "-": StdinSource(),
    "openapi.json": FileSource("openapi.json"),
    "docs/api.v2.yaml": FileSource("docs/api.v2.yaml"),
    "shop.main": FileSource("shop.main"),
    "/abs/api": FileSource("/abs/api"),
    r"C:\api\openapi.json": FileSource(r"C:\api\openapi.json"),
    "C:/api/openapi.json": FileSource("C:/api/openapi.json"),
    "a!b.json": FileSource("a!b.json"),
    "./@shop": FileSource("./@shop"),
    "http://localhost:8000/openapi.json": UrlSource("http://localhost:8000/openapi.json"),
    "HTTPS://example.com": UrlSource("HTTPS://example.com"),
    "@shop": BaselineSource("shop", None),
    "@shop:1.2.0": BaselineSource("shop", "1.2.0"),
    "@shop:1:2": BaselineSource("shop", "1:2"),
    "git:main:openapi.json": GitFileSource("main", "openapi.json"),
    "git:HEAD~1:docs/a:b.json": GitFileSource("HEAD~1", "docs/a:b.json"),
    "main:app": AppSource("main", "app"),
    "shop.main:create_app": AppSource("shop.main", "create_app"),
    "shop.main:create_app()": AppSource("shop.main", "create_app"),
    "shop.main:container.app": AppSource("shop.main", "container.app"),
    "größe:app": AppSource("größe", "app"),
    "C:app": AppSource("C", "app"),
    "v1.2.0!shop.main:app": AppSource("shop.main", "app", "v1.2.0"),
    "odd!ref!shop:app": AppSource("shop", "app", "odd!ref"),
    "feature/x!shop:app": AppSource("shop", "app", "feature/x"),
}


@pytest.mark.parametrize("source", CASES)
def test_each_spelling_is_told_apart(source: str, tmp_path: Path) -> None:
    assert parse_source(source, tmp_path) == CASES[source]


@pytest.mark.parametrize("name", ["main:app", "rev!main:app", "openapi", "git-notes:x"])
def test_a_file_that_exists_wins(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("{}")
    assert parse_source(name, tmp_path) == FileSource(name)


ERRORS = {
    "": "source: is empty or holds a null character; name a file, a URL or `package.module:attr`",
    "ftp://example.com/api.json": "ftp://example.com/api.json: `ftp` URLs are not read, only http and https; "
    "download the document and name the file",
    "file:///api.json": "file:///api.json: `file` URLs are not read, only http and https; give the path alone",
    "@": "@: a baseline's name or version is missing; write @NAME or @NAME:VERSION",
    "@shop:": "@shop:: a baseline's name or version is missing; write @NAME or @NAME:VERSION",
    "git:main": "git:main: the revision or the path is missing; write git:REF:PATH",
    "git::x.json": "git::x.json: the revision or the path is missing; write git:REF:PATH",
    "!main:app": "!main:app: the revision is missing; write REF!package.module:attr",
    "main!app": "main!app: no app stands after the `!`; write REF!package.module:attr",
    "shop/main.py:app": "shop/main.py:app: an app is named by its module, not by its file; write shop.main:app",
    "main.py:app": "main.py:app: an app is named by its module, not by its file; write main:app",
}


@pytest.mark.parametrize("source", ERRORS)
def test_what_is_no_source_names_the_right_spelling(source: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        parse_source(source, tmp_path)
    assert str(caught.value) == ERRORS[source]
