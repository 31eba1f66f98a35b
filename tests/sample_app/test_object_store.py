"""The object store: the same for every kind of store, and what is left when writing breaks off."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sample_app.core.object_store import ObjectStore, open_object_store
from sample_app.core.settings import Settings, SettingsError
from tests.sample_app.s3_server import S3Server

pytestmark = pytest.mark.anyio


DISPOSITION = 'attachment; filename="tea.txt"'


def opened(folder: Path, **settings: Any) -> ObjectStore:
    return open_object_store(Settings(**settings), folder=folder)


@pytest.fixture(params=["folder", "file", "memory", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "s3":
        s3: S3Server = request.getfixturevalue("s3")
        return opened(tmp_path, **s3.settings(s3.create()))
    urls = {"folder": None, "file": (tmp_path / "other place").as_uri(), "memory": "memory:///"}
    return opened(tmp_path / "deep" / "files", object_store_url=urls[request.param])


async def pieces(*contents: bytes) -> AsyncIterator[bytes]:
    for content in contents:
        yield content


async def read(store: ObjectStore, key: str, start: int, end: int) -> bytes:
    return b"".join([piece async for piece in await store.read(key, start=start, end=end)])


async def test_what_is_put_is_read_in_whole_and_in_part_until_it_is_deleted(store: ObjectStore) -> None:
    await store.put("acme/1", pieces(b"abc", b"", b"def"), disposition=DISPOSITION)
    await store.put("acme/2", pieces(), disposition=DISPOSITION)
    assert await store.answers()
    assert await read(store, "acme/1", 0, 6) == b"abcdef"
    assert await read(store, "acme/1", 2, 4) == b"cd"
    assert await read(store, "acme/2", 0, 0) == b""
    for _ in range(2):  # the second time there is nothing to delete
        await store.delete("acme/1")
    with pytest.raises(FileNotFoundError):
        await read(store, "acme/1", 0, 6)


@pytest.mark.parametrize("store", ["folder", "s3"], indirect=True)
async def test_a_long_object_is_read_in_pieces(store: ObjectStore) -> None:
    await store.put("acme/1", pieces(*(bytes(1024 * 1024) for _ in range(11))), disposition=DISPOSITION)
    sizes = [len(piece) async for piece in await store.read("acme/1", start=0, end=11 * 1024 * 1024)]
    assert sum(sizes) == 11 * 1024 * 1024
    assert max(sizes) < 11 * 1024 * 1024


@pytest.mark.parametrize("cancelled", [False, True])
async def test_writing_that_breaks_off_leaves_nothing(tmp_path: Path, cancelled: bool) -> None:
    store = opened(tmp_path)
    begun = asyncio.Event()

    async def broken() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield bytes(1024 * 1024)
        begun.set()
        if not cancelled:
            raise ValueError("the client is gone")
        await asyncio.Event().wait()

    writing = asyncio.ensure_future(store.put("acme/1", broken(), disposition=DISPOSITION))
    await begun.wait()
    if cancelled:
        writing.cancel()
    with pytest.raises(asyncio.CancelledError if cancelled else ValueError):
        await writing
    async with asyncio.timeout(30 if cancelled else 0):
        while any(path.is_file() for path in tmp_path.rglob("*")):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("url", ["s3:///files", "gs://bucket", "file://elsewhere/files", "/data/files", "file:"])
async def test_a_store_that_cannot_be_used_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        opened(tmp_path, object_store_url=url)
    assert (
        str(caught.value) == "OBJECT_STORE_URL: files are kept in a folder or on S3; write file:///PATH or s3://BUCKET"
    )


async def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError) as caught:
        opened(tmp_path, object_store_url=(tmp_path / "file" / "files").as_uri())
    assert str(caught.value).startswith(f"OBJECT_STORE_URL: {tmp_path / 'file' / 'files'}: ")
