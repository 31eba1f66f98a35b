"""The object store: where the content of files is, behind one interface whatever keeps it."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import obstore
from obstore.store import LocalStore, MemoryStore

from sample_app.core.settings import SettingsError

# S3 takes no smaller parts; two of them at once keep an upload below 15 MiB of memory, however long it is.
_PART_BYTES = 5 * 1024 * 1024
_PARTS_AT_ONCE = 2
_READ_BYTES = 64 * 1024


class ObjectStore:
    """An open store. A key is a path that the app made up, never a name that a client sent."""

    def __init__(self, store: LocalStore | MemoryStore) -> None:
        self._store = store

    async def put(self, key: str, content: AsyncIterator[bytes]) -> None:
        """Write an object as its content arrives.

        Nobody sees it before it is whole. If `content` raises, nothing is left of it; if this is cancelled, nothing is
        left a moment later.
        """
        await obstore.put_async(self._store, key, content, chunk_size=_PART_BYTES, max_concurrency=_PARTS_AT_ONCE)

    async def read(self, key: str, *, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to, not including, `end`, in pieces.

        Raises:
            FileNotFoundError: there is no such object.
        """
        if start == end:  # which a range request cannot say
            return
        found = await obstore.get_async(self._store, key, options={"range": (start, end)})
        async for piece in found.stream(min_chunk_size=_READ_BYTES):
            yield bytes(piece)

    async def delete(self, key: str) -> None:
        """Delete an object; one that is not there is as good as deleted."""
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return


def open_object_store(url: str | None, *, folder: Path) -> ObjectStore:
    """The store at `url`, or in `folder` if there is no URL. Folders are made where they are missing.

    Raises:
        SettingsError: the URL names a kind of store that this version does not know, or the folder cannot be made.
    """
    parts = urlsplit(url or folder.absolute().as_uri())
    if parts.scheme == "memory":
        return ObjectStore(MemoryStore())
    if parts.scheme != "file" or parts.netloc or not parts.path:
        raise SettingsError("OBJECT_STORE_URL: this version keeps files in a folder; write file:///PATH")
    try:
        return ObjectStore(LocalStore.from_url(parts.geturl(), mkdir=True))
    except OSError as error:
        raise SettingsError(f"OBJECT_STORE_URL: {parts.path}: {error.strerror or error}") from None
