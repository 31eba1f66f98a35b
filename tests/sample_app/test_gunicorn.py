"""gunicorn with the app's own worker: whoever reloads or ends it under load, no request is lost."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.sample_app.serving import ROOT, environment, free_port

CONFIGURATION = ROOT / "sample_app" / "deploy" / "gunicorn.conf.py"
CLIENTS = 4


class Gunicorn:
    """A master with its workers, whose log is read as it is written."""

    def __init__(self, process: subprocess.Popen[str], client: httpx.Client) -> None:
        self.process = process
        self.client = client
        self.log: list[str] = []
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._news:
                self.log.append(line)
                self._news.notify_all()

    def wait(self, pattern: str, times: int) -> list[str]:
        """The lines that match, once there are so many."""
        with self._news:
            assert self._news.wait_for(lambda: len(self._matching(pattern)) >= times, timeout=60), (
                f"{times} x {pattern}"
            )
            return self._matching(pattern)

    def _matching(self, pattern: str) -> list[str]:
        return [match[1] for line in self.log if (match := re.search(pattern, line))]

    def end(self) -> int:
        """Its exit code, once it has ended and all of its log was read."""
        code = self.process.wait(timeout=60)
        self._reader.join(timeout=60)
        return code


STARTED = r"Started server process \[(\d+)\]"
SERVING = r"(Application startup complete)"
ENDED = r"Finished server process \[(\d+)\]"


@contextmanager
def gunicorn(tmp_path: Path, *arguments: str, **settings: str) -> Iterator[Gunicorn]:
    data, temporary, port = tmp_path / "data", tmp_path / "tmp", free_port()
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", str(CONFIGURATION), "--bind", f"127.0.0.1:{port}", *arguments],
        env=environment(temporary, SAMPLE_APP_DATA_DIR=str(data), **settings),
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(base_url=base, timeout=60, trust_env=False) as client:
            yield Gunicorn(process, client)
    finally:
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=60)


class Load:
    """Clients that keep their connections and send one request after the other, until they are told to stop.

    Each waits for the decision on its order before it places the next: orders that nobody waits for pile up until the
    app is overloaded, and says so.
    """

    def __init__(self, base: httpx.URL) -> None:
        self._base = base
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._send) for _ in range(CLIENTS)]
        self.sent = Counter[str]()
        self.answered = Counter[object]()
        self.closings = 0
        self._lock = threading.Lock()

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(timeout=60)

    def _send(self) -> None:
        # One connection that is kept, and nothing is sent twice.
        limits = httpx.Limits(max_connections=1, keepalive_expiry=None)
        transport = httpx.HTTPTransport(limits=limits, retries=0)
        with httpx.Client(base_url=self._base, transport=transport, timeout=60, trust_env=False) as client:
            form = {"username": "bob", "password": "Correct-horse-7"}
            token = client.post("/auth/token", data=form).json()["access_token"]
            client.headers["Authorization"] = f"Bearer {token}"
            while not self._over.is_set():
                self._one(client, "GET", "/v2/products", None)
                order = self._one(client, "POST", "/v2/orders", {"sku": "TEA-001", "quantity": 1})
                while order.get("status") == "pending":
                    order = self._one(client, "GET", f"/v2/orders/{order['order_id']}", None)

    def _one(self, client: httpx.Client, method: str, path: str, body: Any) -> Any:
        outcome: object
        closing, value = False, {}
        try:
            answer = client.request(method, path, json=body)
            outcome = answer.status_code
            closing = answer.headers.get("connection") == "close"
            value = answer.json()
        except httpx.HTTPError as error:
            outcome = repr(error)
        with self._lock:
            self.sent[method] += 1
            self.answered[outcome] += 1
            self.closings += closing
        return value


def check(load: Load, server: Gunicorn) -> None:
    """Every request had its answer, and the orders are as many as were confirmed to have been taken."""
    assert load.answered == Counter({200: load.sent["GET"], 202: load.sent["POST"]})
    form = {"username": "bob", "password": "Correct-horse-7"}
    token = server.client.post("/auth/token", data=form).json()["access_token"]
    orders = server.client.get("/v2/orders", headers={"Authorization": f"Bearer {token}"}).json()
    assert orders["total"] == load.sent["POST"]


def test_a_reload_under_load_loses_no_request(tmp_path: Path) -> None:
    with gunicorn(tmp_path, "--workers", "2", SAMPLE_APP_DRAIN_SECONDS="1") as server:
        server.wait(SERVING, 2)
        with Load(server.client.base_url) as load:
            for reload in (1, 2):
                server.process.send_signal(signal.SIGHUP)
                server.wait(ENDED, 2 * reload)
                server.wait(SERVING, 2 + 2 * reload)
        started = server.wait(STARTED, 6)
        assert sorted(server.wait(ENDED, 4)) == sorted(started[:4])  # the old ones, and no other
        check(load, server)
        assert load.closings > 0
        server.process.send_signal(signal.SIGTERM)
        assert server.end() == 0
    assert "Traceback" not in "".join(server.log)


def test_workers_ended_one_after_the_other_under_load_lose_no_request(tmp_path: Path) -> None:
    with gunicorn(tmp_path, "--workers", "2", SAMPLE_APP_DRAIN_SECONDS="1") as server:
        server.wait(SERVING, 2)
        with Load(server.client.base_url) as load:
            for number, pid in enumerate(server.wait(STARTED, 2)[:2], start=1):
                os.kill(int(pid), signal.SIGTERM)
                server.wait(ENDED, number)
                server.wait(SERVING, 2 + number)
        check(load, server)
        assert load.closings > 0
        server.process.send_signal(signal.SIGTERM)
        assert server.end() == 0
    assert "Traceback" not in "".join(server.log)


def test_workers_that_make_room_for_fresh_ones_lose_no_request(tmp_path: Path) -> None:
    limits = ("--workers", "2", "--max-requests", "40", "--max-requests-jitter", "20")
    with gunicorn(tmp_path, *limits) as server:
        server.wait(SERVING, 2)
        with Load(server.client.base_url) as load:
            server.wait(ENDED, 3)
        check(load, server)
    assert "Traceback" not in "".join(server.log)


def test_after_sigterm_it_is_not_ready_but_serves_and_then_ends(tmp_path: Path) -> None:
    with gunicorn(tmp_path, SAMPLE_APP_DRAIN_SECONDS="3") as server:
        server.wait(SERVING, 1)
        assert server.client.get("/readyz").json() == {"status": "ready"}
        server.process.send_signal(signal.SIGTERM)
        while (readiness := server.client.get("/readyz")).status_code == 200:
            pass
        served = server.client.get("/healthz")
        assert server.end() == 0
    assert (readiness.status_code, readiness.json()["detail"]) == (503, "Not ready: draining.")
    assert (served.status_code, served.headers["connection"]) == (200, "close")
    assert "Traceback" not in "".join(server.log)
