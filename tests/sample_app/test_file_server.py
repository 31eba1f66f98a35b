"""Uploads and downloads over real connections: long ones, endless ones, and ones that break off."""

import hashlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.sample_app.serving import served, signed_in, stop

MEGABYTE = 1024 * 1024
BEGIN = b'--line\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
FORM = {"Content-Type": "multipart/form-data; boundary=line"}


def form(megabytes: int) -> Iterator[bytes]:
    """A form with a file of zeros, in pieces."""
    yield BEGIN
    for _ in range(megabytes * 16):
        yield bytes(MEGABYTE // 16)
    yield b"\r\n--line--\r\n"


def raw(client: httpx.Client, *header_lines: str) -> socket.socket:
    """A connection on which an upload has begun; its body is up to the caller."""
    connection = socket.create_connection((client.base_url.host, client.base_url.port or 80), timeout=30)
    lines = (
        "POST /v2/files HTTP/1.1",
        f"Host: {client.base_url.host}",
        f"Authorization: {client.headers['Authorization']}",
        f"Content-Type: {FORM['Content-Type']}",
        *header_lines,
    )
    connection.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode())
    return connection


def peak_memory(pid: int) -> int:
    """The most memory that the process ever had, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


def stored(data: Path) -> list[Path]:
    return sorted(path for path in (data / "files").rglob("*") if path.is_file())


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the memory of a process from /proc")
def test_a_long_file_never_is_in_memory_as_a_whole(tmp_path: Path) -> None:
    (temporary := tmp_path / "tmp").mkdir()
    settings = {"SAMPLE_APP_DATA_DIR": str(tmp_path / "data"), "SAMPLE_APP_UPLOAD_MAX_BYTES": str(200 * MEGABYTE)}
    with served(temporary, **settings) as (server, client):
        signed_in(client, "bob")
        for size in (1, 150):
            before = peak_memory(server.pid)
            answer = client.post("/v2/files", content=form(size), headers=FORM)
            assert answer.status_code == 201
            digest = hashlib.sha256()
            with client.stream("GET", answer.headers["location"]) as download:
                for piece in download.iter_raw():
                    digest.update(piece)
            assert digest.digest() == hashlib.sha256(bytes(size * MEGABYTE)).digest()
        assert peak_memory(server.pid) - before < 75 * MEGABYTE
        assert list(temporary.iterdir()) == []
        stop(server)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def bob(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server that takes 8 MiB, and that has to end without an error and without a temporary file."""
    temporary = tmp_path_factory.mktemp("tmp")
    settings = {"SAMPLE_APP_DATA_DIR": str(data), "SAMPLE_APP_UPLOAD_MAX_BYTES": str(8 * MEGABYTE)}
    with served(temporary, **settings) as (server, client):
        yield signed_in(client, "bob")
        log = stop(server)
    assert "Traceback" not in log
    assert list(temporary.iterdir()) == []


def test_a_file_that_is_said_to_be_too_long_is_refused_at_once_and_the_connection_ends(bob: httpx.Client) -> None:
    with raw(bob, f"Content-Length: {10 * 1024**3}") as connection:
        assert connection.recv(4096).startswith(b"HTTP/1.1 413 ")
        while connection.recv(4096):  # until the server hangs up, as nothing more comes
            pass


def test_a_file_without_a_length_is_refused_once_it_is_too_long(bob: httpx.Client) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        for piece in form(10_000):
            yield piece
            sent += len(piece)

    # The server hangs up while more of the file comes, so the body may be lost on the way (RFC 9112, section 9.6); what
    # it says is tested without a network.
    with bob.stream("POST", "/v2/files", content=endless(), headers=FORM) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
    assert sent < 1000 * MEGABYTE


def test_a_client_that_asks_first_need_not_send_what_is_refused(bob: httpx.Client) -> None:
    with raw(bob, "Expect: 100-continue", f"Content-Length: {9 * MEGABYTE}") as refused:
        assert refused.recv(4096).startswith(b"HTTP/1.1 413 ")
    content = BEGIN + b"x\r\n--line--\r\n"
    with raw(bob, "Expect: 100-continue", f"Content-Length: {len(content)}") as accepted:
        assert accepted.recv(4096).startswith(b"HTTP/1.1 100 ")
        accepted.sendall(content)
        assert accepted.recv(4096).startswith(b"HTTP/1.1 201 ")


def test_connections_that_break_off_leave_nothing(bob: httpx.Client, data: Path) -> None:
    before = stored(data)
    for _ in range(20):
        with raw(bob, f"Content-Length: {8 * MEGABYTE}") as connection:
            connection.sendall(BEGIN + bytes(6 * MEGABYTE))
    deadline = time.monotonic() + 30
    while stored(data) != before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert stored(data) == before
