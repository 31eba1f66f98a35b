"""Records the requests of a project's own tests: what they send to an app in their process."""

from __future__ import annotations

import contextlib
import pickle
from typing import TYPE_CHECKING

from contractkit.store.names import slug

if TYPE_CHECKING:
    from contractkit.fuzz.message import Exchange
    from contractkit.sources.config import Config

NAME = "tests"
"""What the recording is called."""


class Listener:
    """Hears the requests of tests, and keeps them by the file of the test, until they are recorded.

    Nothing is written before secrets and personal fields are masked.
    """

    def __init__(self) -> None:
        from contractkit.replay.listen import listening

        self._file = ""
        self._heard: dict[str, list[Exchange]] = {}
        self._stack = contextlib.ExitStack()
        self._stack.enter_context(listening(self._hear))

    def begin(self, file: str) -> None:
        """Take note that a test of a file begins."""
        self._file = slug(file.removesuffix(".py"))

    def end(self) -> None:
        """Listen no longer; a second time nothing is done."""
        self._stack.close()

    def _hear(self, exchange: Exchange) -> None:
        self._heard.setdefault(self._file, []).append(exchange)

    def packed(self) -> bytes:
        """Return what was heard, for another process of the same run."""
        return pickle.dumps(self._heard)

    def take(self, packed: bytes) -> None:
        """Take over what another process of this run heard."""
        heard: dict[str, list[Exchange]] = pickle.loads(packed)
        for file, exchanges in heard.items():
            self._heard.setdefault(file, []).extend(exchanges)

    def record(self, config: Config) -> str:
        """Play what was heard on the configured app, store it beside its contract, and return a line about it.

        Raises:
            InputError: no app is configured, it cannot be run, or no request was one of its contract.
        """
        from contractkit.api.recording import record
        from contractkit.sources.options import LoadOptions

        heard = dict(sorted(self._heard.items()))
        done = record(heard=heard, name=NAME, config=config, options=LoadOptions(root=config.folder))
        return f"recorded {done.requests} requests of the tests beside {done.baseline}, as {NAME}"
