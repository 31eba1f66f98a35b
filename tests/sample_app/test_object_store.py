"""The object store: the same for every kind of store, and what is left when writing breaks off."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sample_app.core.object_store import ObjectStore, open_object_store
from sample_app.core.settings import SettingsError

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["folder", "file", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    urls = {"folder": None, "file": (tmp_path / "other place").as_uri(), "memory": "memory:///"}
    return open_object_store(urls[request.param], folder=tmp_path / "deep" / "files")


async def pieces(*contents: bytes) -> AsyncIterator[bytes]:
    for content in contents:
        yield content


async def read(store: ObjectStore, key: str, start: int, end: int) -> bytes:
    return b"".join([piece async for piece in store.read(key, start=start, end=end)])


async def test_what_is_put_is_read_in_whole_and_in_part_until_it_is_deleted(store: ObjectStore) -> None:
    await store.put("acme/1", pieces(b"abc", b"", b"def"))
    await store.put("acme/2", pieces())
    assert await read(store, "acme/1", 0, 6) == b"abcdef"
    assert await read(store, "acme/1", 2, 4) == b"cd"
    assert await read(store, "acme/2", 0, 0) == b""
    for _ in range(2):  # the second time there is nothing to delete
        await store.delete("acme/1")
    with pytest.raises(FileNotFoundError):
        await read(store, "acme/1", 0, 6)


async def test_a_long_object_is_read_in_pieces(tmp_path: Path) -> None:
    store = open_object_store(None, folder=tmp_path)
    await store.put("acme/1", pieces(*(bytes(1024 * 1024) for _ in range(11))))
    sizes = [len(piece) async for piece in store.read("acme/1", start=0, end=11 * 1024 * 1024)]
    assert sum(sizes) == 11 * 1024 * 1024
    assert max(sizes) < 11 * 1024 * 1024


@pytest.mark.parametrize("cancelled", [False, True])
async def test_writing_that_breaks_off_leaves_nothing(tmp_path: Path, cancelled: bool) -> None:
    store = open_object_store(None, folder=tmp_path)
    begun = asyncio.Event()

    async def broken() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield bytes(1024 * 1024)
        begun.set()
        if not cancelled:
            raise ValueError("the client is gone")
        await asyncio.Event().wait()

    writing = asyncio.ensure_future(store.put("acme/1", broken()))
    await begun.wait()
    if cancelled:
        writing.cancel()
    with pytest.raises(asyncio.CancelledError if cancelled else ValueError):
        await writing
    async with asyncio.timeout(30 if cancelled else 0):
        while any(path.is_file() for path in tmp_path.rglob("*")):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("url", ["s3://bucket/files", "file://elsewhere/files", "/data/files", "file:"])
async def test_a_store_that_cannot_be_used_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        open_object_store(url, folder=tmp_path)
    assert str(caught.value) == "OBJECT_STORE_URL: this version keeps files in a folder; write file:///PATH"


async def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError) as caught:
        open_object_store((tmp_path / "file" / "files").as_uri(), folder=tmp_path)
    assert str(caught.value).startswith(f"OBJECT_STORE_URL: {tmp_path / 'file' / 'files'}: ")
