"""From the import to the end: what is opened when, and that nothing is left of it."""

import os
import select
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from sample_app.core.settings import Settings, SettingsError
from sample_app.main import create_app
from tests.sample_app.serving import environment, served, signed_in, stop

LINUX = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks into /proc")

IMPORT = """
import multiprocessing, os, threading
def opened():
    files = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
    files = [os.readlink(file) for file in files if os.path.lexists(file)]  # without the listing's own
    return sorted(files), threading.active_count(), multiprocessing.active_children(), os.listdir()
before = opened()
from sample_app.main import app
app.openapi()
assert opened() == before, (before, opened())
state = app.state
assert (state.database, state.object_store, state.rate_limiter) == (None, None, None)
"""

# The whole way of a process, with a request for everything that is opened, and none of it left to the collector.
LIFE = """
import asyncio, gc, httpx
from sample_app.main import app

async def main():
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop.example") as client:
            form = {"username": "bob", "password": "Correct-horse-7"}
            token = (await client.post("/auth/token", data=form)).json()["access_token"]
            client.headers["Authorization"] = f"Bearer {token}"
            order = {"sku": "TEA-001", "quantity": 1}
            file = {"file": ("a.txt", b"plain words", "text/plain")}
            answers = [
                await client.post("/v2/orders", json=order),
                await client.post("/v2/files", files=file),
                await client.get("/v2/statistics/orders"),
                await client.get("/v2/exports/orders.csv"),
                await client.get("/account"),
                await client.get("/static-docs/favicon.png"),
            ]
            print([answer.status_code for answer in answers])

asyncio.run(main())
gc.collect()
"""


def threads() -> set[str]:
    """The threads but for those of the event loop's pool; each connection to the database has one."""
    return {thread.name for thread in threading.enumerate() if not thread.name.startswith("asyncio_")}


def run(code: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    (temporary := folder / "tmp").mkdir()
    return subprocess.run(
        [sys.executable, *options, "-c", code],
        env={**environment(temporary), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@LINUX
def test_importing_the_app_and_asking_for_its_document_opens_nothing(tmp_path: Path) -> None:
    done = run(IMPORT, tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list((tmp_path / "tmp").iterdir()) == []


def test_nothing_is_left_to_the_garbage_collector(tmp_path: Path) -> None:
    done = run(LIFE, tmp_path, "-X", "dev", "-W", "error::ResourceWarning")
    assert (done.returncode, done.stdout) == (0, "[202, 201, 200, 200, 200, 200]\n")
    assert [word for word in ("ResourceWarning", "Exception ignored", "never retrieved") if word in done.stderr] == []
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.anyio
async def test_a_start_that_fails_half_way_closes_what_it_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    app = create_app(Settings(object_store_url="ftp://files"))
    before = threads()
    with pytest.raises(SettingsError, match="OBJECT_STORE_URL"):
        async with app.router.lifespan_context(app):
            raise AssertionError("it started")
    assert list(tmp_path.iterdir()) == []
    assert threads() == before
    assert (app.state.database, app.state.object_store, app.state.rate_limiter) == (None, None, None)


def test_a_request_under_way_at_sigterm_is_answered_and_what_follows_it_is_done(tmp_path: Path) -> None:
    (temporary := tmp_path / "tmp").mkdir()
    database = tmp_path / "sample_app.sqlite3"
    with served(temporary, SAMPLE_APP_DATA_DIR=str(tmp_path)) as (server, client):
        signed_in(client, "bob")
        answers: list[httpx.Response] = []

        def order() -> None:
            answers.append(client.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1}))

        buyer = threading.Thread(target=order)
        # What follows the sign-in has to be done: it would be taken for the order.
        while "\ndatabase_pool_checked_out 0.0\n" not in client.get("/metrics").text:
            pass
        with closing(sqlite3.connect(database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")  # so that the request has to wait
            buyer.start()
            with httpx.Client(base_url=client.base_url, timeout=30, trust_env=False) as observer:
                while "\ndatabase_pool_checked_out 1.0\n" not in observer.get("/metrics").text:
                    pass
            server.send_signal(signal.SIGTERM)
            assert server.stderr is not None
            assert any("Shutting down" in line for line in server.stderr)  # reads up to that line
            assert answers == []
        buyer.join()
        _, log = server.communicate(timeout=30)
    assert [answer.status_code for answer in answers] == [202]
    assert "Application shutdown complete." in log
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT id, status FROM orders").fetchall() == [
            (answers[0].json()["order_id"], "confirmed")
        ]


@LINUX
def test_no_process_and_no_file_outlives_the_app(tmp_path: Path) -> None:
    (temporary := tmp_path / "tmp").mkdir()
    with served(temporary, SAMPLE_APP_DATA_DIR=str(tmp_path / "data")) as (server, client):
        signed_in(client, "bob")
        noted = client.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1}).json()
        while client.get(f"/v2/orders/{noted['order_id']}").json()["status"] == "pending":
            time.sleep(0.05)
        assert client.get("/v2/statistics/orders").status_code == 200  # calculated, now that something was sold
        children = [
            os.pidfd_open(int(child))
            for task in Path(f"/proc/{server.pid}/task").iterdir()
            for child in (task / "children").read_text(encoding="ascii").split()
        ]
        assert len(children) == 1
        log = stop(server)
    with open(children[0], closefd=True):
        ended, _, _ = select.select(children, [], [], 30)  # readable once the process has ended
        assert ended == children
    assert "Traceback" not in log
    # The database's log file goes when its last connection is closed in good order.
    assert {path.name for path in (tmp_path / "data").iterdir()} == {"sample_app.sqlite3", "files"}
    assert list(temporary.iterdir()) == []


def test_the_first_request_finds_the_app_started(tmp_path: Path) -> None:
    with served(tmp_path) as (server, client):
        form = {"username": "bob", "password": "Correct-horse-7"}
        assert client.post("/auth/token", data=form).status_code == 200  # needs the tables and the demo data
        stop(server)
