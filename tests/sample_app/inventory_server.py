"""The inventory service for the tests: a real one in a process of its own, and one that answers what it should not."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx

from tests.sample_app.own_process import OwnProcess
from tests.sample_app.serving import ROOT, environment, free_port

_START_SECONDS = 90


class InventoryServer(OwnProcess):
    """The service on a free port of this machine. It keeps its data while it is stopped.

    Args:
        folder: where its data and its log are.
    """

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.client = httpx.Client(base_url=self.url, timeout=30, trust_env=False)
        self._folder = folder

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        address = ["--host", "127.0.0.1", "--port", str(self.port)]
        with (self._folder / "inventory.log").open("a") as log:
            self._process = process = subprocess.Popen(
                [sys.executable, "-m", "uvicorn", "sample_app.inventory.main:app", *address],
                cwd=ROOT,
                env=environment(self._folder, SAMPLE_APP_DATA_DIR=str(self._folder), SAMPLE_APP_LOG_LEVEL="warning"),
                stderr=log,
            )
        deadline = time.monotonic() + _START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            try:
                if self.client.get("/readyz").status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise RuntimeError(f"the inventory did not start: {self.log()}")

    def log(self) -> str:
        return (self._folder / "inventory.log").read_text()

    def reserve(self, product_id: object, order_id: str, quantity: int) -> httpx.Response:
        """Keep pieces for an order, as the shop does."""
        return self.client.put(f"/v1/stock/{product_id}/reservations/{order_id}", json={"quantity": quantity})

    def kept(self, product_id: object, order_id: str) -> int:
        """How many pieces are kept for an order."""
        answer = self.client.get(f"/v1/stock/{product_id}/reservations/{order_id}")
        return int(answer.json()["quantity"]) if answer.status_code == 200 else 0

    def left(self, product_id: object) -> int:
        """How many pieces of a product are left."""
        return int(self.client.get(f"/v1/stock/{product_id}").json()["stock"])


@contextmanager
def running_inventory(folder: Path) -> Iterator[InventoryServer]:
    """A service that is ended at the end."""
    server = InventoryServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        server.client.close()


Answer = Callable[[str, str, bytes], tuple[int, bytes]]
"""Method, path and body of a request; the status and the body of the answer."""


@contextmanager
def answering(port: int, answer: Answer) -> Iterator[list[str]]:
    """Something else at that port; the methods and paths that it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked.append(f"{self.command} {self.path}")
            status, content = answer(self.command, self.path, body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
