from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from contractkit.model.contract import Notice
from contractkit.model.errors import InputError
from contractkit.sources import fetch
from contractkit.sources.load import LoadOptions, load
from tests.raw_server import drop_by_drop, serving

if TYPE_CHECKING:
    from tests.sources.conftest import Site

DOCUMENT = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}}
JSON = json.dumps(DOCUMENT).encode()


def error(source: str, **options: float) -> str:
    with pytest.raises(InputError) as caught:
        load(source, options=LoadOptions(**options))  # type: ignore[arg-type]
    return str(caught.value)


@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("/openapi.json", "application/json", JSON),
        ("/api", "application/vnd.oai.openapi+json;version=3.1", JSON),
        ("/api.yaml", "text/plain", b"openapi: 3.1.0\ninfo: {title: T, version: '1'}\n"),
        ("/api", "application/yaml", b"openapi: 3.1.0\ninfo: {title: T, version: '1'}\n"),
        ("/api", "application/octet-stream", JSON),
    ],
)
def test_json_and_yaml(site: Site, path: str, kind: str, body: bytes) -> None:
    site.pages[path] = (200, {"Content-Type": kind}, body)
    contract = load(site.url + path)
    assert (contract.document, contract.source, contract.file) == (DOCUMENT, site.url + path, None)


def test_a_password_is_sent_and_never_shown(site: Site) -> None:
    site.pages["/openapi.json"] = (200, {}, JSON)
    address = site.url.removeprefix("http://")
    contract = load(f"http://me:secret@{address}/openapi.json")
    assert contract.source == f"http://***@{address}/openapi.json"
    assert site.requests == [("/openapi.json", "Basic bWU6c2VjcmV0")]
    assert error(f"http://me:secret@{address}/x") == (
        f"http://***@{address}/x: answered 404 Not Found; "
        "FastAPI's document is at /openapi.json unless openapi_url says otherwise"
    )


def test_redirects_are_followed_a_few_times(site: Site) -> None:
    site.pages["/openapi.json"] = (200, {}, JSON)
    for step in range(7):
        site.pages[f"/{step}"] = (302, {"Location": f"/{step + 1}" if step < 6 else "/openapi.json"}, b"")
    assert load(f"{site.url}/3").document == DOCUMENT
    assert error(f"{site.url}/0") == f"{site.url}/0: redirects more than 5 times; name the last address"


def test_a_redirect_cannot_lead_to_a_file(site: Site, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(JSON)
    site.pages["/a"] = (302, {"Location": f"file://{tmp_path}/a.json"}, b"")
    assert "cannot be fetched" in error(f"{site.url}/a")


def test_answers_that_are_no_document(site: Site) -> None:
    site.pages["/docs"] = (200, {"Content-Type": "text/html; charset=utf-8"}, b"<html>")
    site.pages["/secret"] = (401, {}, b"")
    site.pages["/broken.json"] = (200, {"Content-Type": "application/json"}, b'{"a": }')
    html = "is a page of HTML, not a document; FastAPI's document is at /openapi.json"
    assert error(f"{site.url}/docs") == f"{site.url}/docs: {html}"
    assert error(f"{site.url}/secret") == (
        f"{site.url}/secret: answered 401 Unauthorized; "
        "put user and password in the URL, or save the document and name the file"
    )
    assert error(f"{site.url}/broken.json") == (
        f"{site.url}/broken.json:1:7: not JSON: expecting value; mend the file there"
    )


def test_an_answer_that_is_too_large(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MAX_BYTES", 2**20)
    site.pages["/big"] = (200, {}, b" " * (2**20 + 1))
    assert error(f"{site.url}/big") == f"{site.url}/big: is larger than 1 MiB; save it and name the file"


def test_nobody_answers() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/openapi.json"
    assert error(url).startswith(f"{url}: cannot be fetched (")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/openapi.json"
        assert error(url, timeout=0.2) == f"{url}: did not answer within 0.2 s; is the server busy? see --timeout"


def test_an_answer_that_comes_drop_by_drop() -> None:
    with serving(drop_by_drop) as (url, _):
        assert error(url, timeout=0.5) == f"{url}: did not answer within 0.5 s; is the server busy? see --timeout"


def test_remote_references_are_fetched_only_if_allowed(site: Site, tmp_path: Path) -> None:
    site.pages["/m/user.json"] = (200, {}, b'{"User": {"items": {"$ref": "base.json#/B"}}}')
    site.pages["/m/base.json"] = (200, {}, b'{"B": {"type": "string"}}')
    ref = f"{site.url}/m/user.json#/User"
    (tmp_path / "a.json").write_text(json.dumps(DOCUMENT | {"components": {"schemas": {"A": {"$ref": ref}}}}))
    contract = load("a.json", options=LoadOptions(root=tmp_path))
    reason = f"`{site.url}/m/user.json` is not followed: it is remote; --allow-remote-refs fetches it"
    assert contract.warnings == (Notice("/components/schemas/A/$ref", reason),)
    assert site.requests == []
    contract = load("a.json", options=LoadOptions(root=tmp_path, allow_remote_refs=True))
    escaped = site.url.replace("/", "~1")
    assert contract.document == DOCUMENT | {
        "components": {"schemas": {"A": {"$ref": f"#/x-contractkit-files/{escaped}~1m~1user.json/User"}}},
        "x-contractkit-files": {
            f"{site.url}/m/base.json": {"B": {"type": "string"}},
            f"{site.url}/m/user.json": {
                "User": {"items": {"$ref": f"#/x-contractkit-files/{escaped}~1m~1base.json/B"}}
            },
        },
    }
    assert contract.warnings == ()


def test_a_remote_reference_that_cannot_be_fetched_is_told_with_its_place(site: Site, tmp_path: Path) -> None:
    ref = f"{site.url}/none.json#/User"
    (tmp_path / "api").mkdir()
    document = DOCUMENT | {"components": {"schemas": {"A": {"$ref": ref}}}}
    (tmp_path / "api" / "a.json").write_text(json.dumps(document))
    with pytest.raises(InputError) as caught:
        load("api/a.json", options=LoadOptions(root=tmp_path, allow_remote_refs=True))
    assert str(caught.value) == (
        f"api/a.json#/components/schemas/A/$ref: `{site.url}/none.json` answered 404 Not Found; "
        "mend the $ref, or do without --allow-remote-refs"
    )


def test_relative_references_of_a_url_are_remote(site: Site) -> None:
    document = DOCUMENT | {"components": {"schemas": {"A": {"$ref": "b.json"}, "C": {"$ref": "api.json#/info"}}}}
    site.pages["/v1/api.json"] = (200, {}, json.dumps(document).encode())
    site.pages["/v1/b.json"] = (200, {}, b"{}")
    contract = load(f"{site.url}/v1/api.json")
    assert [notice.place for notice in contract.warnings] == [
        "/components/schemas/A/$ref",
        "/components/schemas/C/$ref",
    ]
    contract = load(f"{site.url}/v1/api.json", options=LoadOptions(allow_remote_refs=True))
    assert contract.document["x-contractkit-files"] == {f"{site.url}/v1/b.json": {}}
    assert contract.document["components"]["schemas"]["C"] == {"$ref": "#/info"}
    assert contract.warnings == ()
