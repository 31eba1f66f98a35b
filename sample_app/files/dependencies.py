"""The file service, as a route asks for it, and the file that a request brings."""

from collections.abc import AsyncIterator
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Annotated

from fastapi import Depends, Header, Request

from sample_app import faults
from sample_app.auth.dependencies import IdleUserDep
from sample_app.core.dependencies import SessionDep, SettingsDep
from sample_app.core.errors import NotReadyError
from sample_app.core.object_store import ObjectStore, ObjectStoreError
from sample_app.core.preconditions import IfNoneMatch
from sample_app.files.multipart import UploadedFile, receive_file
from sample_app.files.ranges import ByteRange, range_applies, wanted_range
from sample_app.files.repository import FileRepository
from sample_app.files.service import FileContents, FileService, Owner


def get_object_store(request: Request) -> ObjectStore:
    store: ObjectStore | None = request.app.state.object_store
    if store is None:
        raise NotReadyError("The object store is not open.")
    return store


ObjectStoreDep = Annotated[ObjectStore, Depends(get_object_store)]


class RequestContents:
    """The object store, for one request: what it wrote is deleted again if the request fails after all."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._written: list[str] = []

    async def put(self, key: str, content: AsyncIterator[bytes], *, disposition: str) -> None:
        await self._store.put(key, content, disposition=disposition)
        self._written.append(key)

    async def read(self, key: str, *, start: int, end: int) -> AsyncIterator[bytes]:
        return await self._store.read(key, start=start, end=end)

    async def link(self, key: str, *, seconds: int) -> str | None:
        return await self._store.link(key, seconds=seconds)

    async def undo(self) -> None:
        for key in self._written:
            with suppress(ObjectStoreError):  # which the store has logged; the client hears of the first failure
                await self._store.delete(key)


async def get_contents(store: ObjectStoreDep) -> AsyncIterator[FileContents]:
    contents = RequestContents(store)
    try:
        yield contents
    except BaseException:
        await contents.undo()
        raise


def get_file_service(
    contents: Annotated[FileContents, Depends(get_contents, scope="function")],
    session: SessionDep,
    user: IdleUserDep,
    settings: SettingsDep,
) -> FileService:
    return FileService(
        records=FileRepository(session, owner_id=user.id),
        contents=contents,
        owner=Owner(user_id=user.id, tenant_id=user.tenant_id),
        max_bytes=settings.upload_max_bytes,
    )


FileServiceDep = Annotated[FileService, Depends(get_file_service)]


async def get_upload(files: FileServiceDep, request: Request) -> UploadedFile:
    """The file in the body; as it needs the service, nobody's body is read before it is known who is calling."""
    length = request.headers.get("content-length", "")
    return await receive_file(
        content_type=request.headers.get("content-type", ""),
        content_length=int(length) if length.isascii() and length.isdigit() else None,
        body=request.stream(),
        max_bytes=files.max_bytes,
    )


UploadDep = Annotated[UploadedFile, Depends(get_upload)]


class WantedPart:
    """The headers of a download: what the client wants, and what it has."""

    def __init__(
        self,
        if_none_match: IfNoneMatch = None,
        range_: Annotated[str | None, Header(alias="Range", description="The part to send, as `bytes=0-99`.")] = None,
        if_range: Annotated[str | None, Header(description="Send a part only of the file with this ETag.")] = None,
    ) -> None:
        self.if_none_match = if_none_match
        self._range = range_
        self._if_range = if_range

    def of(self, size: int, *, etag: str) -> ByteRange | None:
        """The part to send of a file of `size` bytes; None for the whole.

        Raises:
            RangeNotSatisfiableError: the file has no such part.
        """
        if faults.is_on("download-part-if-unchanged-fails") and self._range and self._if_range:
            parsedate_to_datetime(self._if_range)
        return wanted_range(self._range, size=size) if range_applies(self._if_range, etag) else None
