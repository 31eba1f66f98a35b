"""The store survives SIGKILL at any moment, and many writers at once."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from contractkit.model.contract import Contract
from contractkit.store.baselines import BaselineStore


def contract(number: int) -> Contract:
    paths: dict[str, Any] = {f"/{number}/{row}": {"get": {"responses": {}}} for row in range(50)}
    return Contract("shop:app", {"openapi": "3.1.0", "info": {"title": "Shop", "version": "1"}, "paths": paths})


def forked(work: Callable[[], None]) -> int:
    """Run a function in a process of its own, and return the process."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return child


def problems(store: BaselineStore) -> list[str]:
    return [str(problem) for _, problem in store.verify() if problem is not None]


def test_a_writer_that_is_killed_leaves_a_store_that_verifies(tmp_path: Path) -> None:
    folder, rng = tmp_path / "baselines", random.Random(5)
    BaselineStore(folder).save(contract(0), "shop", "1.0.0")
    known = {contract(number).digest for number in range(3)}

    def write() -> None:
        store = BaselineStore(folder)
        for number in range(1, 10_000):
            store.save(contract(number % 3), "shop", "1.0.0", force=True)
            store.save(contract(number % 3), "shop", f"2.{number % 5}.0", force=True)
            if number % 4 == 0:
                store.remove("shop", f"2.{number % 5}.0")

    for _ in range(30):
        child = forked(write)
        time.sleep(rng.uniform(0.002, 0.05))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        store = BaselineStore(folder)
        assert problems(store) == []
        assert store.contract("shop", "1.0.0").digest in known
    store.save(contract(1), "shop", "1.0.0", force=True)
    assert sorted(path.name for path in (folder / "shop/1.0.0").iterdir()) == ["baseline.toml", "openapi.json"]
    assert [path.name for path in (folder / "shop").iterdir() if path.name.startswith(".")] == []


def test_six_writers_at_once_leave_a_store_that_verifies(tmp_path: Path) -> None:
    folder = tmp_path / "baselines"

    def writer(index: int) -> Callable[[], None]:
        def write() -> None:
            store = BaselineStore(folder)
            for number in range(8):
                store.save(contract(index), "shop", "1.0.0", force=True)
                store.save(contract(number), "shop", f"{index}.{number}", force=True)
                assert problems(store) == []

        return write

    children = [forked(writer(index)) for index in range(2, 8)]
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 6
    store = BaselineStore(folder)
    assert problems(store) == []
    assert len(store.records("shop")) == 49


def test_a_document_that_was_not_yet_moved_to_its_place_counts_where_the_record_says_so(tmp_path: Path) -> None:
    store = BaselineStore(tmp_path)
    store.save(contract(1), "shop", "1.0.0")
    folder = tmp_path / "shop/1.0.0"
    before = (folder / "openapi.json").read_bytes()
    store.save(contract(2), "shop", "1.0.0", force=True)
    (folder / "openapi.json").rename(folder / ".openapi.json.new")
    (folder / "openapi.json").write_bytes(before)
    assert store.contract("shop").digest == contract(2).digest
    assert problems(store) == []
    (folder / ".openapi.json.new").write_bytes(before)
    assert len(problems(store)) == 1


def test_documents_and_sockets_that_wait_for_their_places_count_together(tmp_path: Path) -> None:
    def whole(number: int) -> Contract:
        channels = {"feed": {"address": f"/{number}"}}
        return Contract("x", contract(number).document, sockets={"asyncapi": "3.0.0", "channels": channels})

    names = ("openapi.json", "asyncapi.json")
    folder = tmp_path / "shop/1.0.0"
    for moved in ((), names[:1], names[1:], names):
        store = BaselineStore(tmp_path)
        store.save(whole(1), "shop", "1.0.0", force=True)
        before = {name: (folder / name).read_bytes() for name in names}
        store.save(whole(2), "shop", "1.0.0", force=True)
        for name in moved:  # killed before these took their places
            (folder / name).rename(folder / f".{name}.new")
            (folder / name).write_bytes(before[name])
        assert store.contract("shop").digest == whole(2).digest
        store.save(whole(3), "shop", "1.0.0", force=True)
        assert sorted(path.name for path in folder.iterdir()) == ["asyncapi.json", "baseline.toml", "openapi.json"]
        assert store.contract("shop").digest == whole(3).digest


def test_writers_that_are_killed_one_after_the_other_lose_nothing_either(tmp_path: Path) -> None:
    folder, rng = tmp_path / "baselines", random.Random(6)
    BaselineStore(folder).save(contract(0), "shop", "1.0.0")

    def write() -> None:
        store = BaselineStore(folder)
        for number in range(1, 10_000):
            store.save(contract(number % 3), "shop", "1.0.0", force=True)

    for _ in range(80):
        child = forked(write)
        time.sleep(rng.uniform(0.001, 0.012))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert problems(BaselineStore(folder)) == []
