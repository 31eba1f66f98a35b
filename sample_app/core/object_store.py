"""The object store: where the content of files is, behind one interface whatever keeps it: a folder, or S3.

A store that does not answer is given a few seconds, then the request is told to come back later; after some failures in
a row a circuit sees to it that nobody waits at all.
"""

import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, MemoryStore, S3Store

from sample_app.core.circuit import Circuit, CircuitOpenError, CircuitState
from sample_app.core.errors import NotReadyError
from sample_app.core.settings import Settings, SettingsError

if TYPE_CHECKING:
    from obstore import GetResult
    from obstore.store import ClientConfig, S3Config

logger = logging.getLogger(__name__)

# S3 takes no smaller parts; two of them at once keep an upload below 15 MiB of memory, however long it is.
_PART_BYTES = 5 * 1024 * 1024
_PARTS_AT_ONCE = 2
_READ_BYTES = 64 * 1024

_FAILURES, _OPEN_SECONDS = 3, 2.0
# How long a whole request to S3 may take; what is slow is found by its pauses, which a setting limits.
_LONGEST = timedelta(hours=1)


class ObjectStoreError(NotReadyError):
    """The store cannot be worked with now; where the one error is declared, so is the other."""

    def __init__(self, retry_after: int = 1) -> None:
        super().__init__("The object store does not answer.")
        self.headers = {"Retry-After": str(retry_after)}


class ObjectStore:
    """An open store. A key is a path that the app made up, never a name that a client sent.

    Attributes:
        circuit: whether it works.
    """

    def __init__(self, store: LocalStore | MemoryStore | S3Store) -> None:
        self._store = store
        self.circuit = Circuit("object-store", failures=(ObjectStoreError,), threshold=_FAILURES, seconds=_OPEN_SECONDS)

    async def put(self, key: str, content: AsyncIterator[bytes], *, disposition: str) -> None:
        """Write an object as its content arrives.

        Nobody sees it before it is whole. If `content` raises, nothing is left of it; if this is cancelled, nothing is
        left a moment later.

        Args:
            key: its key.
            content: its bytes, in pieces.
            disposition: the Content-Disposition of a download from the store itself, where it has those.

        Raises:
            ObjectStoreError: the store fails. What `content` raises comes out as it is.
        """
        if self.circuit.state is not CircuitState.CLOSED:
            # A short request finds out how things are: an upload lasts as long as its client likes.
            with self._guarded():
                await self._ask()
        with self._guarded():
            try:
                await obstore.put_async(
                    self._store,
                    key,
                    content,
                    attributes={"Content-Disposition": disposition} if isinstance(self._store, S3Store) else None,
                    chunk_size=_PART_BYTES,
                    max_concurrency=_PARTS_AT_ONCE,
                )
            except FileNotFoundError:  # the bucket itself
                logger.warning("the object store fails: there is no such bucket")
                raise ObjectStoreError from None

    async def read(self, key: str, *, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to, not including, `end`, in pieces; the store has begun to send them.

        Raises:
            FileNotFoundError: there is no such object.
            ObjectStoreError: the store fails, now or while the pieces are read.
        """
        found = None
        if start < end:  # a range request cannot ask for nothing
            with self._guarded():
                found = await obstore.get_async(self._store, key, options={"range": (start, end)})
        return _pieces(found)

    async def link(self, key: str, *, seconds: int) -> str | None:
        """A URL by which anybody can read the object for that long; None where the store has none to give."""
        if not isinstance(self._store, S3Store):
            return None
        with self._guarded():  # the credentials may have to be fetched
            return await obstore.sign_async(self._store, "GET", key, timedelta(seconds=seconds))

    async def delete(self, key: str) -> None:
        """Delete an object; one that is not there is as good as deleted.

        Raises:
            ObjectStoreError: the store fails.
        """
        with self._guarded():
            try:
                await obstore.delete_async(self._store, key)
            except FileNotFoundError:
                return

    async def answers(self) -> bool:
        """Whether the store can be worked with. It is asked, whatever the circuit says."""
        try:
            with _as_our_own():
                await self._ask()
        except ObjectStoreError:
            return False
        return True

    async def _ask(self) -> None:
        # The first level has the tenants: few names, however many objects there are.
        await obstore.list_with_delimiter_async(self._store)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            with self.circuit.guarded(), _as_our_own():
                yield
        except CircuitOpenError as error:
            raise ObjectStoreError(error.retry_after) from None


@contextmanager
def _as_our_own() -> Iterator[None]:
    try:
        yield
    except BaseError as error:
        # The rest of the text is the library's inner life.
        logger.warning("the object store fails: %s", str(error).partition("\n")[0])
        raise ObjectStoreError from None


async def _pieces(found: "GetResult | None") -> AsyncIterator[bytes]:
    if found is not None:
        with _as_our_own():
            async for piece in found.stream(min_chunk_size=_READ_BYTES):
                yield bytes(piece)


def open_object_store(settings: Settings, *, folder: Path) -> ObjectStore:
    """The store that the settings ask for, or one in `folder`. Folders are made where they are missing.

    Nothing is asked of S3 yet, so one that is not there does not keep the app from starting.

    Raises:
        SettingsError: the URL names a kind of store that this version does not know, or the folder cannot be made.
    """
    parts = urlsplit(settings.object_store_url or folder.absolute().as_uri())
    if parts.scheme == "memory":
        return ObjectStore(MemoryStore())
    if parts.scheme == "s3" and parts.netloc:
        return ObjectStore(_s3(settings, bucket=parts.netloc, prefix=parts.path.strip("/")))
    if parts.scheme != "file" or parts.netloc or not parts.path:
        raise SettingsError("OBJECT_STORE_URL: files are kept in a folder or on S3; write file:///PATH or s3://BUCKET")
    try:
        return ObjectStore(LocalStore.from_url(parts.geturl(), mkdir=True))
    except OSError as error:
        raise SettingsError(f"OBJECT_STORE_URL: {parts.path}: {error.strerror or error}") from None


def _s3(settings: Settings, *, bucket: str, prefix: str) -> S3Store:
    config: S3Config = {"region": settings.object_store_region, "virtual_hosted_style_request": False}
    if settings.object_store_endpoint is not None:
        config["endpoint"] = settings.object_store_endpoint
    if settings.object_store_access_key is not None and settings.object_store_secret_key is not None:
        config["access_key_id"] = settings.object_store_access_key.get_secret_value()
        config["secret_access_key"] = settings.object_store_secret_key.get_secret_value()
    pause = timedelta(seconds=settings.object_store_timeout_seconds)
    client: ClientConfig = {"allow_http": True, "connect_timeout": pause, "read_timeout": pause, "timeout": _LONGEST}
    try:
        return S3Store(
            bucket,
            prefix=prefix or None,
            config=config,
            client_options=client,
            retry_config={"max_retries": 1, "retry_timeout": pause},
        )
    except BaseError as error:
        raise SettingsError(f"OBJECT_STORE_URL: {str(error).partition(chr(10))[0]}") from None
