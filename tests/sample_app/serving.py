"""The app run by uvicorn in a process of its own, for what in-process clients cannot show."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]

_START_SECONDS = 90  # after which a test that waits for a worker fails


def environment(temporary: Path, **settings: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("SAMPLE_APP_") and name not in ("DATABASE_URL", "REDIS_URL")
    }
    return {**kept, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), **settings}


@contextmanager
def served(
    temporary: Path, log: int = subprocess.PIPE, /, **settings: str
) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """The app run by uvicorn, and a client of it.

    The socket listens before the server is there, so the first request just waits for it: nobody has to poll.

    Args:
        temporary: the server's folder for temporary files.
        log: where its log goes. A pipe holds no more than 64 KB until it is read: a long log blocks the server.
        settings: the variables of its environment.
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
            stderr=log,
            text=True,
        )
    try:
        with httpx.Client(base_url=f"http://{host}:{port}", timeout=30, trust_env=False) as client:
            yield server, client
    finally:
        server.kill()
        server.communicate()


class Worker:
    """An order worker in a process of its own, started at once.

    Args:
        folder: an own folder, where its log is, and the file by which it says that it is ready.
        settings: the variables of its environment.
    """

    def __init__(self, folder: Path, **settings: str) -> None:
        self.log = folder / "log"
        self._alive = folder / "alive"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "sample_app.worker"],
                cwd=ROOT,
                env=environment(folder, SAMPLE_APP_WORKER_ALIVE_FILE=str(self._alive), **settings),
                stderr=log,
            )

    def wait(self) -> None:
        """Until it has looked for orders once, and decided those that were left."""
        until = time.monotonic() + _START_SECONDS
        while not self._alive.exists():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, "the worker does not get ready"
            time.sleep(0.01)

    def kill(self) -> None:
        """End it at once, whatever it is doing."""
        self.process.kill()
        self.process.wait()


@contextmanager
def starting(temporary: Path, **settings: str) -> Iterator[Worker]:
    """A worker, until the end of the block."""
    worker = Worker(Path(tempfile.mkdtemp(dir=temporary)), **settings)
    try:
        yield worker
    finally:
        worker.kill()


@contextmanager
def working(temporary: Path, **settings: str) -> Iterator[Worker]:
    """A worker that is ready, until the end of the block."""
    with starting(temporary, **settings) as worker:
        worker.wait()
        yield worker


def stop(server: subprocess.Popen[str]) -> str:
    """End the server as an operator would; its log."""
    server.send_signal(signal.SIGTERM)
    _, log = server.communicate(timeout=30)
    return log


def signed_in(client: httpx.Client, username: str) -> httpx.Client:
    tokens = client.post("/auth/token", data={"username": username, "password": "Correct-horse-7"}).json()
    client.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    return client


def free_port() -> int:
    """A port of the loopback interface that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
