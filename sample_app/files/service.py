"""What can be done with files."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID, uuid4

from sample_app import faults
from sample_app.files.content import ContentCheck
from sample_app.files.disposition import attachment, plain_name
from sample_app.files.errors import FileTooLargeError, StoredFileNotFoundError
from sample_app.files.models import FILENAME_LENGTH, StoredFile


class FileRecords(Protocol):
    """What is known of the files of one owner."""

    async def add(self, file: StoredFile) -> None: ...
    async def get(self, file_id: UUID) -> StoredFile | None: ...
    async def page(self, *, limit: int, offset: int) -> tuple[list[StoredFile], int]: ...
    async def delete(self, file: StoredFile) -> None: ...


class FileContents(Protocol):
    """Where the content of files is."""

    async def put(self, key: str, content: AsyncIterator[bytes], *, disposition: str) -> None: ...
    async def read(self, key: str, *, start: int, end: int) -> AsyncIterator[bytes]: ...
    async def link(self, key: str, *, seconds: int) -> str | None: ...


class Upload(Protocol):
    """A file that arrives: what the client says of it, and its content in pieces."""

    filename: str
    media_type: str | None

    def content(self) -> AsyncIterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose files these are, and where."""

    user_id: UUID
    tenant_id: str


@dataclass(frozen=True, slots=True)
class FileService:
    """The files of one owner. Those of others are not there.

    Attributes:
        max_bytes: how long a file may be.
    """

    records: FileRecords
    contents: FileContents
    owner: Owner
    max_bytes: int

    async def upload(self, upload: Upload, *, file_id: UUID | None = None) -> StoredFile:
        """Keep a file. It goes to the store piece by piece, under a name that is made up for it.

        Args:
            upload: the file.
            file_id: its id, if the caller has to know it before.

        Raises:
            FileTooLargeError: it is longer than `max_bytes`.
            FileTypeRefusedError: the content is of a type that is not accepted, or not what the client says.
        """
        file_id = file_id or uuid4()
        filename = plain_name(upload.filename, max_length=FILENAME_LENGTH)
        key = f"{self.owner.tenant_id}/{file_id.hex}"
        check = ContentCheck(filename=filename, declared=upload.media_type)
        digest = hashlib.sha256()
        size = 0
        media_type = ""

        async def checked() -> AsyncIterator[bytes]:
            nonlocal size, media_type
            async for piece in upload.content():
                size += len(piece)
                if size > self.max_bytes:
                    raise FileTooLargeError(f"At most {self.max_bytes} bytes are accepted.")
                check.feed(piece)
                digest.update(piece)
                yield piece
            media_type = check.finish()

        await self.contents.put(key, checked(), disposition=attachment(filename))
        file = StoredFile(
            id=file_id,
            tenant_id=self.owner.tenant_id,
            owner_id=self.owner.user_id,
            filename=filename,
            media_type=media_type,
            size=size,
            sha256=digest.hexdigest(),
            object_key=key,
        )
        await self.records.add(file)
        return file

    async def get(self, file_id: UUID) -> StoredFile:
        """What is known of a file.

        Raises:
            StoredFileNotFoundError: the owner has no such file.
        """
        file = await self.records.get(file_id)
        if file is None:
            raise StoredFileNotFoundError(f"You have no file {file_id}.")
        return file

    async def page(self, *, limit: int, offset: int) -> tuple[list[StoredFile], int]:
        """A part of the files, the newest first, and how many there are in all."""
        return await self.records.page(limit=limit, offset=offset)

    async def content(self, file: StoredFile, *, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes of a file from `start` up to, not including, `end`, in pieces, which are on their way."""
        return await self.contents.read(file.object_key, start=start, end=end)

    async def link(self, file_id: UUID, *, seconds: int) -> str | None:
        """A URL by which whoever has it can download a file for that long; None if only the app gives it out.

        Raises:
            StoredFileNotFoundError: the owner has no such file.
        """
        file = await self.get(file_id)
        return await self.contents.link(file.object_key, seconds=seconds)

    async def delete(self, file_id: UUID) -> StoredFile:
        """Forget a file, and say what was known. The content is to be deleted once this is sure, not before.

        Raises:
            StoredFileNotFoundError: the owner has no such file.
        """
        file = await self.get(file_id)
        if not faults.is_on("deleted-file-still-listed"):
            await self.records.delete(file)
        return file
