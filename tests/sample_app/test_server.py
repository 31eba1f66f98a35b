"""What in-process clients cannot show: the app run by uvicorn, from its start to its end by a signal."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
SECRET = "0123456789abcdef0123456789abcdef"


def environment(temporary: Path, **settings: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("SAMPLE_APP_") and name != "DATABASE_URL"
    }
    return {**kept, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), **settings}


@contextmanager
def served(temporary: Path, **settings: str) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """The app run by uvicorn, and a client of it.

    The socket listens before the server is there, so the first request just waits for it: nobody has to poll.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(100)
        host, port = listener.getsockname()
        command = [sys.executable, "-m", "uvicorn", "sample_app.main:app", "--fd", str(listener.fileno())]
        server = subprocess.Popen(
            command,
            env=environment(temporary, **settings),
            pass_fds=[listener.fileno()],
            stderr=subprocess.PIPE,
            text=True,
        )
    try:
        with httpx.Client(base_url=f"http://{host}:{port}", timeout=30, trust_env=False) as client:
            yield server, client
    finally:
        server.kill()
        server.communicate()


def stop(server: subprocess.Popen[str]) -> str:
    """End the server as an operator would; its log."""
    server.send_signal(signal.SIGTERM)
    _, log = server.communicate(timeout=30)
    return log


def signed_in(client: httpx.Client, username: str) -> httpx.Client:
    tokens = client.post("/auth/token", data={"username": username, "password": "Correct-horse-7"}).json()
    client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    return client


def test_data_in_a_temporary_folder_lives_from_start_to_sigterm(tmp_path: Path) -> None:
    with served(tmp_path) as (server, client):
        assert client.get("/readyz").json() == {"status": "ready"}
        (folder,) = tmp_path.iterdir()
        assert folder.name.startswith("sample-app-")
        assert (folder / "sample_app.sqlite3").is_file()
        log = stop(server)
    assert list(tmp_path.iterdir()) == []
    assert "Application shutdown complete." in log
    assert "Traceback" not in log


def test_data_in_a_folder_of_its_own_outlives_the_process(tmp_path: Path) -> None:
    (temporary := tmp_path / "tmp").mkdir()
    data = tmp_path / "deep" / "data"
    with served(temporary, SAMPLE_APP_DATA_DIR=str(data)) as (server, client):
        placed = signed_in(client, "bob").post("/v2/orders", json={"sku": "LAST-010", "quantity": 4})
        assert placed.status_code == 202
        stop(server)
    assert [path.name for path in data.iterdir()] == ["sample_app.sqlite3"]
    with served(temporary, SAMPLE_APP_DATA_DIR=str(data)) as (server, client):
        signed_in(client, "bob")
        assert client.get(placed.headers["location"]).json()["status"] == "confirmed"
        assert client.get("/v2/products/LAST-010").json()["stock"] == 6
        assert client.get("/v2/products").json()["total"] == 4
        stop(server)
    assert list(temporary.iterdir()) == []


def test_the_document_and_its_pages_are_served(tmp_path: Path) -> None:
    with served(tmp_path) as (_server, client):
        statuses = {path: client.get(path).status_code for path in ("/openapi.json", "/docs", "/redoc")}
        assert statuses == {"/openapi.json": 200, "/docs": 200, "/redoc": 200}
        assert client.get("/openapi.json").json()["info"]["title"] == "Sample shop"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({}, "production needs its own SAMPLE_APP_JWT_SECRET of at least 32 bytes"),
        (
            {"SAMPLE_APP_JWT_SECRET": SECRET, "SAMPLE_APP_FAULT": "product-stock-dropped"},
            "production does not run with a fault; unset SAMPLE_APP_FAULT (now 'product-stock-dropped')",
        ),
        (
            {"SAMPLE_APP_JWT_SECRET": SECRET, "DATABASE_URL": "mysql://db/shop"},
            "DATABASE_URL: this version keeps its data in an SQLite file; write sqlite+aiosqlite:///PATH",
        ),
    ],
)
def test_production_does_not_start_on_settings_that_are_not_safe(
    tmp_path: Path, settings: dict[str, str], reason: str
) -> None:
    with served(tmp_path, SAMPLE_APP_ENVIRONMENT="production", **settings) as (server, _client):
        _, log = server.communicate(timeout=30)
    assert server.returncode != 0
    assert f"sample_app.core.settings.SettingsError: {reason}" in log.splitlines()
