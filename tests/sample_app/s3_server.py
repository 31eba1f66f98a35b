"""An S3 for the tests: a real server on the loopback interface, from the package moto."""

from __future__ import annotations

import importlib.util
import itertools
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from pydantic import SecretStr

from tests.sample_app.own_process import OwnProcess
from tests.sample_app.serving import free_port

_START_SECONDS = 60


def s3_is_installed() -> bool:
    """Whether there is a server to run."""
    return importlib.util.find_spec("moto") is not None


class S3Server(OwnProcess):
    """A server on a free port of this machine, which keeps everything in the memory of its process."""

    def __init__(self) -> None:
        self.endpoint = f"http://127.0.0.1:{free_port()}"
        self._client = httpx.Client(base_url=self.endpoint, timeout=30, trust_env=False)
        self._numbers = itertools.count(1)

    def start(self) -> None:
        """Start it, with nothing in it, and wait until it takes connections."""
        address = httpx.URL(self.endpoint)
        command = [sys.executable, "-m", "moto.server", "-H", address.host, "-p", str(address.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + _START_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                self._client.get("/").raise_for_status()
            except httpx.TransportError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("the S3 of moto did not start")

    def create(self, bucket: str | None = None) -> str:
        """A new bucket; its name."""
        bucket = bucket or f"shop-{next(self._numbers)}"
        self._client.put(f"/{bucket}").raise_for_status()
        return bucket

    def settings(self, bucket: str) -> dict[str, Any]:
        """The settings of an app whose files are in a bucket."""
        return {
            "object_store_url": f"s3://{bucket}/files",
            "object_store_endpoint": self.endpoint,
            "object_store_access_key": SecretStr("shop"),
            "object_store_secret_key": SecretStr("secret of the shop"),
        }

    def objects(self, bucket: str) -> dict[str, bytes]:
        """The content of all objects by their keys, half-written ones too."""
        # Marked as unfinished, where a test expects none.
        keys = re.findall("<Key>([^<]+)</Key>", self._client.get(f"/{bucket}", params={"list-type": "2"}).text)
        unfinished = re.findall("<Key>([^<]+)</Key>", self._client.get(f"/{bucket}", params={"uploads": ""}).text)
        return {
            **{key: self._client.get(f"/{bucket}/{key}").content for key in keys},
            **{f"{key} (unfinished)": b"" for key in unfinished},
        }


@contextmanager
def running_s3() -> Iterator[S3Server]:
    """A server that is ended at the end."""
    server = S3Server()
    try:
        server.start()
        yield server
    finally:
        server.kill()
