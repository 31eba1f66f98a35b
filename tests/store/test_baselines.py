from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from contractkit.model.contract import Contract
from contractkit.model.errors import InputError
from contractkit.model.jsontext import canonical_json
from contractkit.model.records import replace
from contractkit.store.baselines import BaselineStore, Saved
from contractkit.store.record import Baseline, from_toml, to_toml


def contract(**more: Any) -> Contract:
    document = {"openapi": "3.1.0", "info": {"title": "Shop", "version": "1.0.0"}, "paths": {}, **more}
    return Contract("shop.main:app", document)


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def store(tmp_path: Path) -> BaselineStore:
    return BaselineStore(tmp_path / "baselines")


def message(action: Any) -> str:
    with pytest.raises(InputError) as caught:
        action()
    return str(caught.value)


def test_what_is_saved_comes_back(store: BaselineStore) -> None:
    saved, done = store.save(contract(), "shop", "1.0.0", commit="abc")
    assert done is Saved.NEW
    assert files(store.folder) == ["shop/1.0.0/baseline.toml", "shop/1.0.0/openapi.json"]
    path = store.folder / "shop" / "1.0.0" / "openapi.json"
    assert path.read_text() == canonical_json(contract().document)
    assert store.contract("shop") == Contract("@shop:1.0.0", contract().document, file=str(path), sockets={})
    assert store.records() == store.records("shop") == [saved]
    assert store.get("shop", "1.0.0") == saved
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", saved.captured_at)
    expected = Baseline("shop", "1.0.0", contract().digest, saved.captured_at, "abc", "shop.main:app")
    assert saved == expected
    assert (path.parent / "baseline.toml").read_text() == (
        f'name = "shop"\nversion = "1.0.0"\ndigest = "{contract().digest}"\ncaptured_at = "{saved.captured_at}"\n'
        'commit = "abc"\nsource = "shop.main:app"\n'
    )


def test_the_same_document_again_changes_nothing(store: BaselineStore) -> None:
    saved, _ = store.save(contract(), "shop", "1.0.0")
    before = {path: (path.stat().st_ino, path.read_bytes()) for path in store.folder.rglob("*") if path.is_file()}
    assert store.save(Contract("other", contract().document), "shop", "1.0.0") == (saved, Saved.UNCHANGED)
    assert {path: (path.stat().st_ino, path.read_bytes()) for path in before} == before


def test_another_document_under_a_stored_version_needs_force(store: BaselineStore) -> None:
    store.save(contract(), "shop", "1.0.0")
    assert message(lambda: store.save(contract(tags=[]), "shop", "1.0.0")) == (
        "@shop:1.0.0: is stored already, with another document; "
        "raise info.version (or give --version), or replace it with --force"
    )
    assert store.contract("shop").document == contract().document
    saved, done = store.save(contract(tags=[]), "shop", "1.0.0", force=True)
    assert (done, saved.digest) == (Saved.REPLACED, contract(tags=[]).digest)
    assert store.contract("shop").document == contract(tags=[]).document
    assert files(store.folder) == ["shop/1.0.0/baseline.toml", "shop/1.0.0/openapi.json"]


def test_the_latest_version_counts(store: BaselineStore) -> None:
    for version in ("1.10.0", "1.9.0", "2.0.0-rc.1", "dev"):
        store.save(contract(), "shop", version)
    assert [record.version for record in store.records("shop")] == ["dev", "1.9.0", "1.10.0", "2.0.0-rc.1"]
    assert store.get("shop").version == "2.0.0-rc.1"


def test_a_digest_that_differs_is_an_error(store: BaselineStore) -> None:
    store.save(contract(), "shop", "1.0.0")
    path = store.folder / "shop" / "1.0.0" / "openapi.json"
    path.write_text(path.read_text().replace("Shop", "Shoop"))
    expected = (
        f"{path}: is not the document that was stored as 1.0.0 (its digest differs); "
        "restore it from git, or accept it as it is with `contractkit baseline save --force`"
    )
    assert message(lambda: store.contract("shop")) == expected
    [(folder, problem)] = store.verify()
    assert (folder, str(problem)) == (path.parent, expected)
    assert message(lambda: store.save(contract(), "shop", "1.0.0")).startswith("@shop:1.0.0: is stored already")


def test_another_layout_of_the_same_document_is_no_change(store: BaselineStore) -> None:
    store.save(contract(), "shop", "1.0.0")
    path = store.folder / "shop" / "1.0.0" / "openapi.json"
    path.write_text(path.read_text().replace("\n", "\r\n").replace("  ", "\t"))
    assert store.contract("shop").document == contract().document
    assert store.verify("shop") == [(path.parent, None)]


BROKEN = {
    "openapi.json": {
        "<<<<<<< HEAD\n": ":1:1: not JSON: Expecting value; ",
        "[" * 100_000: ": is nested too deeply to be read; ",
        "[]": ": is no OpenAPI document; ",
        "\udcff": ": cannot be read ('utf-8' codec can't decode byte 0xff",
    },
    "baseline.toml": {
        "name = \n": ": not TOML: Invalid value (at line 1, column 8); ",
        'name = "shop"': ": `version` is missing or no text; ",
        "name = 1": ": `name` is missing or no text; ",
        to_toml(Baseline("shop", "2", "", "", "", "")): ": says shop 2, which is not the folder it lies in; ",
    },
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in BROKEN.items() for text in texts])
def test_broken_files_are_named(name: str, text: str, store: BaselineStore) -> None:
    store.save(contract(), "shop", "1.0.0")
    path = store.folder / "shop" / "1.0.0" / name
    path.write_text(text, errors="surrogateescape")
    assert message(lambda: store.contract("shop")).startswith(f"{path}{BROKEN[name][text]}")
    [(_, problem)] = store.verify()
    assert str(problem).startswith(f"{path}{BROKEN[name][text]}")
    assert store.names() == ["shop"]


def test_half_written_folders_and_strangers_are_passed_over(store: BaselineStore) -> None:
    store.save(contract(), "shop", "1.0.0")
    for half in ("shop/2.0.0", "shop/.saving-x/3.0.0", "shop/approvals", "other/1.0.0"):
        (store.folder / half).mkdir(parents=True)
        (store.folder / half / "openapi.json").write_text("{")
    (store.folder / "README.md").write_text("ours")
    assert ([record.version for record in store.records()], store.names()) == (["1.0.0"], ["shop"])
    saved, done = store.save(contract(), "shop", "2.0.0")
    assert (saved.version, done) == ("2.0.0", Saved.NEW)
    assert files(store.folder / "shop") == [
        "1.0.0/baseline.toml",
        "1.0.0/openapi.json",
        "2.0.0/baseline.toml",
        "2.0.0/openapi.json",
        "approvals/openapi.json",
    ]


def test_unknown_names_and_versions_name_the_nearest(store: BaselineStore) -> None:
    assert message(lambda: store.get("shop")) == (
        f"@shop: no such baseline; nothing is stored in {store.folder}; begin with `contractkit baseline save`"
    )
    store.save(contract(), "shop", "1.0.0")
    store.save(contract(), "shop", "1.1.0")
    store.save(contract(), "billing", "1.0.0")
    assert message(lambda: store.get("shp")) == "@shp: no such baseline; did you mean @shop?"
    assert message(lambda: store.verify("zzz")) == "@zzz: no such baseline; did you mean @billing, @shop?"
    assert message(lambda: store.get("shop", "1.1")) == "@shop:1.1: `shop` has no version 1.1; did you mean 1.1.0?"
    assert message(lambda: store.get("shop", "x")) == "@shop:x: `shop` has no version x; the latest is 1.1.0"
    assert message(lambda: store.get("../x")).startswith("../x: is no name for an API")


def test_versions_cannot_lead_out_of_the_folder(store: BaselineStore, tmp_path: Path) -> None:
    store.save(contract(), "shop", "../../evil")
    assert files(tmp_path) == [
        "baselines/shop/%2E.%2F..%2Fevil/baseline.toml",
        "baselines/shop/%2E.%2F..%2Fevil/openapi.json",
    ]
    assert store.contract("shop", "../../evil").document == contract().document


def test_removing(store: BaselineStore) -> None:
    store.save(contract(), "shop", "1.0.0")
    store.save(contract(), "shop", "1.1.0")
    assert store.remove("shop", "1.0.0") == store.folder / "shop" / "1.0.0"
    assert files(store.folder) == ["shop/1.1.0/baseline.toml", "shop/1.1.0/openapi.json"]
    store.remove("shop", "1.1.0")
    assert list(store.folder.iterdir()) == []
    store.save(contract(), "shop", "1.0.0")
    (store.folder / "shop" / "approvals").mkdir()
    (store.folder / "shop" / "approvals" / "x.toml").write_text("")
    store.remove("shop", "1.0.0")
    assert files(store.folder) == ["shop/approvals/x.toml"]


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "baselines").write_text("a file")
    assert message(lambda: BaselineStore(tmp_path / "baselines").save(contract(), "shop", "1")) == (
        f"{tmp_path / 'baselines' / 'shop' / '1'}: cannot be written (Not a directory); check its permissions"
    )


def test_a_failed_write_leaves_nothing(store: BaselineStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store.save(contract(), "shop", "1.0.0")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "No space left on device" in message(lambda: store.save(contract(), "shop", "2.0.0"))
    assert "No space left on device" in message(lambda: store.save(contract(tags=[]), "shop", "1.0.0", force=True))
    assert files(store.folder) == ["shop/1.0.0/baseline.toml", "shop/1.0.0/openapi.json"]
    assert store.contract("shop").document == contract().document


def test_odd_texts_survive(store: BaselineStore) -> None:
    odd = Contract(
        'a "b" \\ \x7f\x00\n', {"openapi": "3.1.0", "x": "\ud800é\u2028", "y": 10**400, "z": -0.0, "e": 1e300}
    )
    saved, _ = store.save(odd, "shop", 'v "1"\n')
    assert store.records() == [saved]
    assert saved.source == odd.source
    assert store.contract("shop").document == odd.document


def test_records_are_toml() -> None:
    record = Baseline("n", 'v"\\\x7f\x01é😀', "d", "t", "", "s\ud800")
    assert from_toml(to_toml(record), "x") == Baseline("n", 'v"\\\x7f\x01é😀', "d", "t", "", "s?")


SOCKETS: dict[str, Any] = {"asyncapi": "3.0.0", "info": {}, "channels": {"a": {"address": "/a"}}}


def with_sockets(number: int = 1) -> Contract:
    sockets = SOCKETS | {"channels": {f"a{number}": {"address": f"/a{number}"}}}
    return replace(contract(), sockets=sockets)


def test_sockets_are_stored_beside_the_document(store: BaselineStore) -> None:
    saved, _ = store.save(with_sockets(), "shop", "1.0.0")
    assert files(store.folder) == [f"shop/1.0.0/{name}" for name in ("asyncapi.json", "baseline.toml", "openapi.json")]
    assert (store.folder / "shop/1.0.0/asyncapi.json").read_text() == canonical_json(with_sockets().sockets)
    assert saved.digest == with_sockets().digest
    found = store.contract("shop")
    assert (found.document, found.sockets) == (contract().document, with_sockets().sockets)
    assert store.save(with_sockets(), "shop", "1.0.0") == (saved, Saved.UNCHANGED)
    with pytest.raises(InputError, match="is stored already, with another document"):
        store.save(with_sockets(2), "shop", "1.0.0")
    with pytest.raises(InputError, match="is stored already, with another document"):
        store.save(contract(), "shop", "1.0.0")
    assert store.save(contract(), "shop", "1.0.0", force=True)[1] is Saved.REPLACED
    assert files(store.folder) == ["shop/1.0.0/baseline.toml", "shop/1.0.0/openapi.json"]
    assert store.contract("shop").sockets == {}


def test_sockets_may_be_added_to_a_stored_document_but_not_changed_by_hand(store: BaselineStore) -> None:
    store.save(contract(), "shop", "1.0.0")
    assert store.save(with_sockets(), "shop", "1.0.0")[1] is Saved.REPLACED
    assert store.contract("shop").sockets == with_sockets().sockets
    (store.folder / "shop/1.0.0/asyncapi.json").write_text(canonical_json(SOCKETS))
    with pytest.raises(InputError, match=r"is not the document that was stored as 1\.0\.0"):
        store.contract("shop")


def test_an_asyncapi_document_alone_is_stored_as_one(store: BaselineStore) -> None:
    alone = Contract("a.json", SOCKETS)
    saved, _ = store.save(alone, "feed", "1")
    assert files(store.folder) == ["feed/1/asyncapi.json", "feed/1/baseline.toml"]
    path = store.folder / "feed/1/asyncapi.json"
    assert store.path(saved) == path
    assert store.contract("feed") == Contract("@feed:1", SOCKETS, file=str(path))
    assert store.save(contract(), "feed", "1", force=True)[1] is Saved.REPLACED
    assert files(store.folder) == ["feed/1/baseline.toml", "feed/1/openapi.json"]
    assert store.verify() == [(store.folder / "feed/1", None)]
