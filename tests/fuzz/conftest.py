import importlib
import os
import pkgutil
import re
import subprocess
import sys
import time
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import contractkit
from contractkit.fuzz.check import checks
from contractkit.fuzz.cut import socket_units_of, units_of
from contractkit.fuzz.identities import User
from contractkit.fuzz.options import AppTarget, Options
from contractkit.fuzz.unit import UnitResult, Workbench
from contractkit.sources.live import contract_of

# Hypothesis draws from the constants of all own modules that are imported by then. What is found must not depend on the
# tests that came before in the same process, so all modules are imported first.
for module in pkgutil.walk_packages(contractkit.__path__, "contractkit."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)

USERS = (
    User("alice", username="alice", password="wonderland", tenant="one"),
    User("bob", username="bob", password="wonderland", tenant="two"),
)

TRAITS = frozenset({"allow-header"})
"""Checks that find what FastAPI itself does with every path of two methods: not for the apps of other checks."""


def app_of(source: str) -> Any:
    module = types.ModuleType("shop")
    exec(compile(source, "shop.py", "exec"), module.__dict__)
    return module.app


def options_for(app: Any, folder: Path, **changes: Any) -> Options:
    contract = contract_of(app, "shop:app", sockets=True)
    settings: dict[str, Any] = {"checks": frozenset(checks()) - TRAITS, "max_examples": 10, "seed": 1, **changes}
    return Options(contract, AppTarget("shop", "app", str(folder)), **settings)


@contextmanager
def served(folder: Path, app: str, **environment: str) -> Iterator[str]:
    """Serve an app with uvicorn on a free port; its log is a file, which never fills up as a pipe does."""
    log = folder / "server.log"
    command = [sys.executable, "-m", "uvicorn", app, "--port", "0"]
    with log.open("w") as file:
        server = subprocess.Popen(command, cwd=folder, env={**os.environ, **environment}, stdout=file, stderr=file)
    try:
        while (found := re.search(r"running on (http://\S+)", log.read_text())) is None:
            assert server.poll() is None, log.read_text()
            time.sleep(0.05)
        yield found[1]
    finally:
        server.kill()
        server.wait()


Fuzz = Callable[..., UnitResult]


@pytest.fixture
def fuzz(tmp_path: Path) -> Fuzz:
    """Fuzz the app in a source text, in this process; returns what came of all its operations."""

    def run(source: str, **changes: Any) -> UnitResult:
        app = app_of(source)
        options = options_for(app, tmp_path, **changes)
        whole = UnitResult()
        bench = Workbench(options, app)
        for unit in [*units_of(bench.api), *socket_units_of(bench.api)]:
            result = bench.run(unit)
            whole.tested += result.tested
            whole.confirmed += result.confirmed
            whole.unstable += result.unstable
            whole.requests += result.requests
        return whole

    return run
