"""The order worker, a process of its own: it decides what was left, and only that, and ends when it is told to."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from httpx import AsyncClient

from sample_app.orders.dependencies import get_order_queue
from sample_app.orders.service import OrderQueue
from tests.sample_app.overriding import Override
from tests.sample_app.serving import ROOT, environment

COMMAND = [sys.executable, "-m", "sample_app.worker"]


class KilledProcess:
    """What is left of a queue in the process when that is killed: nothing."""

    def put(self, order_id: str) -> None: ...


def killed() -> OrderQueue:
    return KilledProcess()


@pytest.mark.anyio
async def test_it_decides_what_was_left_pending_and_nothing_else(
    bob: AsyncClient, override: Override, data_dir: Path, tmp_path: Path
) -> None:
    override(get_order_queue, killed)
    left = [
        (await bob.post("/v2/orders", json={"sku": "LAST-010", "quantity": quantity})).json()["order_id"]
        for quantity in (7, 2, 6, 1)
    ]
    with sqlite3.connect(data_dir / "sample_app.sqlite3") as connection:
        for number, order_id in enumerate(left, start=1):
            moment = "+1 hour" if order_id == left[-1] else f"{number - 30} minutes"
            connection.execute(
                "UPDATE orders SET created_at = strftime('%Y-%m-%d %H:%M:%S.000000', 'now', ?) WHERE id = ?",
                (moment, order_id),
            )
    alive = tmp_path / "alive"
    settings = {"SAMPLE_APP_DATA_DIR": str(data_dir), "SAMPLE_APP_WORKER_ALIVE_FILE": str(alive)}
    worker = subprocess.Popen(
        COMMAND, cwd=ROOT, env=environment(tmp_path, **settings), stderr=subprocess.PIPE, text=True
    )
    try:
        while not alive.exists() and worker.poll() is None:
            pass
        worker.send_signal(signal.SIGTERM)
        _, log = worker.communicate(timeout=30)
    finally:
        worker.kill()
    assert (worker.returncode, "Traceback" in log) == (0, False), log
    states = [(await bob.get(f"/v2/orders/{order_id}")).json()["status"] for order_id in left]
    assert states == ["confirmed", "confirmed", "failed", "pending"]
    assert (await bob.get("/v2/products/LAST-010")).json()["stock"] == 1
    notes = (await bob.get("/v2/notifications")).json()["items"]
    told = sorted(note["subject"] for note in notes if note["subject"] in left)
    assert told == sorted(left[:3])


def test_without_the_database_of_the_app_it_says_so_and_ends(tmp_path: Path) -> None:
    done = subprocess.run(
        COMMAND, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "DATABASE_URL: the worker needs the database that the app works on" in line
