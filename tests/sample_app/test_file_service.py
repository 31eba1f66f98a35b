"""The file service alone: its rules, with records and contents in memory instead of a database and a store."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID, uuid4

import pytest

from sample_app.files.errors import FileTooLargeError, FileTypeRefusedError, StoredFileNotFoundError
from sample_app.files.models import StoredFile
from sample_app.files.service import FileService, Owner

pytestmark = pytest.mark.anyio

ATTACHMENT = "attachment; filename=\"tea.csv\"; filename*=UTF-8''tea.csv"
OWNER = Owner(user_id=uuid4(), tenant_id="acme")


@dataclass
class RecordsInMemory:
    files: dict[UUID, StoredFile] = field(default_factory=dict)

    async def add(self, file: StoredFile) -> None:
        self.files[file.id] = file

    async def get(self, file_id: UUID) -> StoredFile | None:
        return self.files.get(file_id)

    async def page(self, *, limit: int, offset: int) -> tuple[list[StoredFile], int]:
        return [*self.files.values()][offset : offset + limit], len(self.files)

    async def delete(self, file: StoredFile) -> None:
        del self.files[file.id]


@dataclass
class ContentsInMemory:
    objects: dict[str, bytes] = field(default_factory=dict)
    dispositions: dict[str, str] = field(default_factory=dict)

    async def put(self, key: str, content: AsyncIterator[bytes], *, disposition: str) -> None:
        self.objects[key] = b"".join([piece async for piece in content])
        self.dispositions[key] = disposition

    async def read(self, key: str, *, start: int, end: int) -> AsyncIterator[bytes]:
        async def pieces() -> AsyncIterator[bytes]:
            yield self.objects[key][start:end]

        return pieces()

    async def link(self, key: str, *, seconds: int) -> str | None:
        return f"https://store.example/{key}?seconds={seconds}"


@dataclass
class Arriving:
    """A file on its way."""

    filename: str
    media_type: str | None
    pieces: tuple[bytes, ...]
    sent: int = 0

    async def content(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            self.sent += 1
            yield piece


@pytest.fixture
def records() -> RecordsInMemory:
    return RecordsInMemory()


@pytest.fixture
def contents() -> ContentsInMemory:
    return ContentsInMemory()


@pytest.fixture
def files(records: RecordsInMemory, contents: ContentsInMemory) -> FileService:
    return FileService(records=records, contents=contents, owner=OWNER, max_bytes=10)


async def test_a_file_is_described_by_its_content_and_kept_under_another_name(
    files: FileService, records: RecordsInMemory, contents: ContentsInMemory
) -> None:
    file = await files.upload(Arriving("../tea.csv", "text/plain", (b"a,b", b"\n1,2")))
    assert (file.filename, file.media_type, file.size) == ("tea.csv", "text/csv", 7)
    assert file.sha256 == hashlib.sha256(b"a,b\n1,2").hexdigest()
    assert (file.tenant_id, file.owner_id) == (OWNER.tenant_id, OWNER.user_id)
    assert contents.objects == {f"acme/{file.id.hex}": b"a,b\n1,2"}
    assert contents.dispositions == {f"acme/{file.id.hex}": ATTACHMENT}
    assert await files.link(file.id, seconds=5) == f"https://store.example/acme/{file.id.hex}?seconds=5"
    assert records.files == {file.id: file}
    assert b"".join([piece async for piece in await files.content(file, start=2, end=5)]) == b"b\n1"


@pytest.mark.parametrize(
    ("upload", "error", "sent"),
    [
        (Arriving("a.txt", None, (b"12345",) * 9), FileTooLargeError, 3),
        (Arriving("a.txt", None, (b"<p>",)), FileTypeRefusedError, 1),
        (Arriving("a.png", None, (b"text", b"more")), FileTypeRefusedError, 2),
    ],
)
async def test_what_is_refused_is_not_kept_and_not_read_to_its_end(
    files: FileService,
    records: RecordsInMemory,
    contents: ContentsInMemory,
    upload: Arriving,
    error: type[Exception],
    sent: int,
) -> None:
    with pytest.raises(error):
        await files.upload(upload)
    assert (upload.sent, records.files, contents.objects) == (sent, {}, {})


async def test_a_file_can_be_found_until_it_is_deleted(files: FileService) -> None:
    file = await files.upload(Arriving("a.txt", None, (b"text",)))
    assert await files.get(file.id) is file
    assert await files.page(limit=1, offset=0) == ([file], 1)
    assert await files.delete(file.id) is file
    for ask in (files.get, files.delete, partial(files.link, seconds=5)):
        with pytest.raises(StoredFileNotFoundError):
            await ask(file.id)
    assert await files.page(limit=1, offset=0) == ([], 0)
