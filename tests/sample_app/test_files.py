"""Files over HTTP: uploaded, listed, given back in whole and in part, deleted, and seen by their owner only."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import text

from sample_app.core.settings import Settings
from sample_app.main import create_app
from tests.sample_app.s3_server import S3Server

pytestmark = pytest.mark.anyio

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0"
TEXT = b"Two cups of tea, please."
PROBLEMS = "https://sample-app.example/problems/"
Objects = Callable[[], dict[str, bytes]]
FORM = {"Content-Type": "multipart/form-data; boundary=line"}


async def upload(client: AsyncClient, content: bytes = TEXT, name: str = "note.txt") -> str:
    answer = await client.post("/v2/files", files={"file": (name, content)})
    assert answer.status_code == 201, answer.text
    location: str = answer.headers["location"]
    return location


@pytest.fixture
def objects(settings: Settings, file_store: str, request: pytest.FixtureRequest) -> Objects:
    """Looks up what the object store holds, by the names of the objects, half-written ones too."""
    if file_store == "s3":
        server: S3Server = request.getfixturevalue("s3")
        bucket = request.getfixturevalue("bucket")
        return lambda: {key.rpartition("/")[2]: content for key, content in server.objects(bucket).items()}
    assert settings.data_dir is not None
    folder = settings.data_dir / "files"
    return lambda: {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def problem(answer: Response) -> tuple[int, str, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].removeprefix(PROBLEMS), answer.json()["detail"]


def part(disposition: str, content: bytes, *, end: bytes = b"--line--\r\n") -> bytes:
    return b"--line\r\nContent-Disposition: " + disposition.encode() + b"\r\n\r\n" + content + b"\r\n" + end


async def test_a_file_comes_back_as_it_was(bob: AsyncClient, objects: Objects) -> None:
    answer = await bob.post("/v2/files", files={"file": ("../../Grün.png", PNG, "image/png")})
    file_id = answer.json()["file_id"]
    assert (answer.status_code, answer.json()) == (201, {"file_id": file_id})
    assert answer.headers["location"] == f"/v2/files/{file_id}"
    download = await bob.get(answer.headers["location"])
    assert (download.status_code, download.content) == (200, PNG)
    assert dict(download.headers) | {
        "content-type": "image/png",
        "content-length": str(len(PNG)),
        "content-disposition": "attachment; filename=\"Gr_n.png\"; filename*=UTF-8''Gr%C3%BCn.png",
        "accept-ranges": "bytes",
        "etag": f'"{hashlib.sha256(PNG).hexdigest()}"',
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "cache-control": "private, no-cache",
    } == dict(download.headers)
    ((name, content),) = objects().items()
    assert content == PNG
    assert re.fullmatch("[0-9a-f]{32}", name)  # nothing of the client's name
    meta = (await bob.get(f"/v2/files/{file_id}/meta")).json()
    assert meta == {
        "file_id": file_id,
        "filename": "Grün.png",
        "media_type": "image/png",
        "size": len(PNG),
        "sha256": hashlib.sha256(PNG).hexdigest(),
        "created_at": meta["created_at"],
    }


async def test_an_empty_file_is_a_file(bob: AsyncClient) -> None:
    location = await upload(bob, b"", "empty.txt")
    answer = await bob.get(location, headers={"Range": "bytes=-1"})
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "0")


async def test_a_long_file_is_put_together_from_its_pieces(bob: AsyncClient, objects: Objects) -> None:
    content = bytes(range(256)) * (12 * 1024 * 1024 // 256)  # three parts for the store
    location = await upload(bob, content, "long.bin")
    answer = await bob.get(location, headers={"Range": "bytes=6000000-6000009"})
    assert (answer.status_code, answer.content) == (206, content[6000000:6000010])
    assert hashlib.sha256((await bob.get(location)).content).digest() == hashlib.sha256(content).digest()


async def test_a_part_of_a_file(bob: AsyncClient) -> None:
    location = await upload(bob)
    answer = await bob.get(location, headers={"Range": "bytes=4-7"})
    assert (answer.status_code, answer.content) == (206, b"cups")
    assert (answer.headers["content-range"], answer.headers["content-length"]) == (f"bytes 4-7/{len(TEXT)}", "4")
    several = await bob.get(location, headers={"Range": "bytes=0-1,4-7"})
    assert (several.status_code, several.content) == (200, TEXT)
    beyond = await bob.get(location, headers={"Range": "bytes=24-"})
    assert problem(beyond) == (416, "range-not-satisfiable", "The file has 24 bytes.")
    assert beyond.headers["content-range"] == "bytes */24"


async def test_a_client_that_has_the_file_is_not_sent_it_again(bob: AsyncClient) -> None:
    location = await upload(bob)
    etag = (await bob.get(location)).headers["etag"]
    for ask in (bob.get, bob.head):
        answer = await ask(location, headers={"If-None-Match": f'"other", {etag}'})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
        assert (await ask(location, headers={"If-None-Match": '"other"'})).status_code == 200


async def test_a_part_is_only_sent_of_the_file_that_the_client_knows(bob: AsyncClient) -> None:
    location = await upload(bob)
    etag = (await bob.get(location)).headers["etag"]
    answers = [
        await bob.get(location, headers={"Range": "bytes=4-7", "If-Range": known}) for known in (etag, '"other"')
    ]
    assert [(answer.status_code, answer.content) for answer in answers] == [(206, b"cups"), (200, TEXT)]


async def test_head_tells_what_get_would(bob: AsyncClient) -> None:
    location = await upload(bob)
    head, get = await bob.head(location, headers={"Range": "bytes=0-1"}), await bob.get(location)
    assert (head.status_code, head.content) == (200, b"")
    differs = {"ratelimit": "", "x-process-time": "", "x-request-id": ""}  # with every request
    assert {**head.headers, **differs} == {**get.headers, **differs}


async def test_the_list_has_the_newest_first_in_pages(bob: AsyncClient) -> None:
    locations = [await upload(bob, name=f"{number}.txt") for number in range(3)]
    first = (await bob.get("/v2/files", params={"limit": 2})).json()
    second = (await bob.get("/v2/files", params={"limit": 2, "offset": 2})).json()
    assert [(item["filename"], f"/v2/files/{item['file_id']}") for item in first["items"] + second["items"]] == [
        ("2.txt", locations[2]),
        ("1.txt", locations[1]),
        ("0.txt", locations[0]),
    ]
    assert (first["total"], second["total"]) == (3, 3)


async def test_a_deleted_file_is_gone_everywhere(bob: AsyncClient, objects: Objects) -> None:
    location, kept = await upload(bob), await upload(bob, PNG, "kept.png")
    assert (await bob.delete(location)).status_code == 204
    again = [await bob.delete(location), await bob.get(location), await bob.get(f"{location}/meta")]
    assert {problem(answer)[:2] for answer in again} == {(404, "file-not-found")}
    assert (await bob.head(location)).status_code == 404
    assert (await bob.get("/v2/files")).json()["total"] == 1
    assert [*objects().values()] == [PNG]
    assert (await bob.get(kept)).content == PNG


@pytest.mark.parametrize("stranger", ["dave", "alice", "carol"])
async def test_for_everybody_else_a_file_is_not_there(
    bob: AsyncClient, client_of: Callable[[str], AsyncClient], stranger: str
) -> None:
    location = await upload(bob)
    other = client_of(stranger)
    answers = [await other.get(location), await other.get(f"{location}/meta"), await other.delete(location)]
    unknown = await other.get(f"/v2/files/{uuid4()}")
    assert {problem(answer)[:2] for answer in (*answers, unknown)} == {(404, "file-not-found")}
    assert (await other.head(location)).status_code == 404
    assert (await other.get("/v2/files")).json()["items"] == []
    assert (await bob.get(location)).content == TEXT


async def test_wrong_content_under_a_good_name_is_refused_and_not_kept(bob: AsyncClient, objects: Objects) -> None:
    program = ("holiday.png", b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff", "image/png")
    page = ("note.txt", b"<html><script>alert(1)</script>", "text/plain")
    answers = [await bob.post("/v2/files", files={"file": file}) for file in (program, page)]
    assert [problem(answer) for answer in answers] == [
        (415, "file-type-refused", "This is application/vnd.microsoft.portable-executable."),
        (415, "file-type-refused", "This is text/html."),
    ]
    assert objects() == {}
    assert (await bob.get("/v2/files")).json()["total"] == 0


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        (b"{}", {"Content-Type": "application/json"}, (415, "no-multipart-form")),
        (b"", {}, (415, "no-multipart-form")),
        (b"", {"Content-Type": "multipart/form-data"}, (400, "malformed-request")),
        (b"", {"Content-Type": f"multipart/form-data; boundary={'x' * 300}"}, (400, "malformed-request")),
        (b"no form", FORM, (400, "malformed-request")),
        (b"", FORM, (400, "malformed-request")),
        (b"--line--\r\n", FORM, (422, "invalid-request")),
        (part('form-data; name="other"; filename="a"', b"x"), FORM, (422, "invalid-request")),
        (part('form-data; name="file"', b"x"), FORM, (422, "invalid-request")),
        (part('form-data; name="file"; filename="a"', b"x", end=b""), FORM, (400, "malformed-request")),
        (part('form-data; name="file"; filename="a"', b"x", end=b"--line!"), FORM, (400, "malformed-request")),
        (
            part('form-data; name="file"; filename="a"', b"x", end=part('form-data; name="file"; filename="b"', b"y")),
            FORM,
            (422, "invalid-request"),
        ),
    ],
)
async def test_a_body_that_holds_no_file_is_refused(
    bob: AsyncClient, objects: Objects, body: bytes, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    answer = await bob.post("/v2/files", content=body, headers=headers)
    assert problem(answer)[:2] == expected
    assert objects() == {}


async def test_other_fields_beside_the_file_are_passed_over(bob: AsyncClient) -> None:
    answer = await bob.post("/v2/files", files={"file": ("a.txt", b"a"), "more": ("b.txt", b"b")}, data={"x": "y"})
    assert (await bob.get(answer.headers["location"])).content == b"a"


async def test_a_file_that_is_too_long_is_refused_as_soon_as_this_is_seen(
    settings: Settings, tokens: dict[str, str], client_for: Callable[..., AsyncClient], objects: Objects
) -> None:
    app = create_app(settings.model_copy(update={"upload_max_bytes": 1000}))
    sent = 0

    async def body(start: bytes, pieces: int) -> AsyncIterator[bytes]:
        nonlocal sent
        yield start
        for number in range(pieces):
            sent = number
            yield bytes(1000)

    async with app.router.lifespan_context(app), client_for(app, tokens["bob"]) as bob:
        assert (await bob.get(await upload(bob, b"x" * 1000))).content == b"x" * 1000
        too_long = await bob.post("/v2/files", files={"file": ("a.txt", b"x" * 1001)})
        assert problem(too_long) == (413, "file-too-large", "At most 1000 bytes are accepted.")
        for start in (
            part('form-data; name="file"; filename="a"', b"", end=b""),
            part('form-data; name="other"; filename="a"', b"", end=b""),  # not kept, but not read for ever either
        ):
            endless = await bob.post("/v2/files", content=body(start, 1000), headers=FORM)
            assert problem(endless) == (413, "file-too-large", "At most 1000 bytes are accepted.")
            assert sent < 70
        declared = {**FORM, "Content-Length": str(10 * 1024**3)}
        announced = await bob.post("/v2/files", content=body(b"", 1), headers=declared)
        assert problem(announced) == (413, "file-too-large", "At most 1000 bytes are accepted.")
    assert len(objects()) == 1


async def test_nobody_sends_a_body_before_saying_who_it_is(anonymous: AsyncClient) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        read += 1
        yield part('form-data; name="file"; filename="a"', b"x")

    assert problem(await anonymous.post("/v2/files", content=body(), headers=FORM))[0] == 401
    assert read == 0


async def test_a_slow_upload_does_not_keep_others_from_writing(bob: AsyncClient, dave: AsyncClient) -> None:
    go_on, begun = asyncio.Event(), asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield part('form-data; name="file"; filename="a"', b"slow", end=b"")[:-2]
        begun.set()
        await go_on.wait()
        yield b"\r\n--line--\r\n"

    slow = asyncio.create_task(bob.post("/v2/files", content=body(), headers=FORM))
    await begun.wait()
    assert (await dave.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1})).status_code == 202
    assert not slow.done()
    go_on.set()
    assert (await bob.get((await slow).headers["location"])).content == b"slow"


BREAK_LATE = {
    "sqlite": ["CREATE TRIGGER t AFTER INSERT ON files BEGIN INSERT INTO late VALUES ('nobody'); END"],
    "postgresql": [
        "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN INSERT INTO late VALUES ('nobody'); RETURN NULL; END $$",
        "CREATE TRIGGER t AFTER INSERT ON files FOR EACH ROW EXECUTE FUNCTION late()",
    ],
}


async def test_an_upload_that_cannot_be_written_down_leaves_nothing(
    app: FastAPI, bob: AsyncClient, objects: Objects, backend: str
) -> None:
    async with app.state.database.transaction(all_tenants=True) as session:
        # The fault shows only when the transaction ends, after the route has returned.
        await session.execute(
            text("CREATE TABLE late (id VARCHAR(32) REFERENCES tenants (id) DEFERRABLE INITIALLY DEFERRED)")
        )
        for statement in BREAK_LATE[backend]:
            await session.execute(text(statement))
    answer = await bob.post("/v2/files", files={"file": ("a.txt", b"a")})
    assert (answer.status_code, objects()) == (500, {})
    assert (await bob.get("/v2/files")).json()["total"] == 0


async def test_a_thousand_uploads_at_once_leave_no_temporary_file(
    settings: Settings,
    tokens: dict[str, str],
    client_for: Callable[..., AsyncClient],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    objects: Objects,
    file_store: str,
) -> None:
    (temporary := tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    whole = 100 if file_store == "s3" else 900  # the S3 of the tests is slow
    contents = [f"file {number}".encode() for number in range(whole)]
    refused = [b"<html>"] * 50
    broken = [part('form-data; name="file"; filename="a"', b"x" * 1000, end=b"")] * 50
    # All of them wait their turn to write: none is to be told to come back later.
    patient = {
        "database_pool_timeout_seconds": 300.0,
        "database_timeout_seconds": 300.0,
        "max_requests_under_way": 2000,
    }
    app = create_app(settings.model_copy(update=patient))
    async with app.router.lifespan_context(app), client_for(app, tokens["bob"]) as bob:
        answers = await asyncio.gather(
            *(bob.post("/v2/files", files={"file": ("a.txt", content)}) for content in contents + refused),
            *(bob.post("/v2/files", content=body, headers=FORM) for body in broken),
        )
    assert [answer.status_code for answer in answers] == [201] * whole + [415] * 50 + [400] * 50
    assert list(temporary.iterdir()) == []
    assert sorted(objects().values()) == sorted(contents)
