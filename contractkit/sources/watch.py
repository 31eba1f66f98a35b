"""Ends an exchange that takes too long as a whole: a client's own limit is for each read, however little comes."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from typing import Any

_LOOKS = 0.25
"""Seconds from one look at the clock to the next."""


class Watch:
    """Watches one exchange at a time, from a thread of its own that is begun with the first.

    Args:
        limit: seconds that an exchange may take.
    """

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.bit = False
        """Whether the exchange was ended."""
        self._socket: socket.socket | None = None
        self._until: float | None = None
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Begin to watch an exchange."""
        self.bit = False
        self._until = time.monotonic() + self.limit
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
            self._thread.start()

    def end(self) -> None:
        """Watch no longer: the exchange is over."""
        self._until = None

    def stop(self) -> None:
        """End the thread."""
        self._over.set()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Take note of the connection; httpx calls this (its extension `trace`)."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")

    def _run(self) -> None:
        while not self._over.wait(_LOOKS):
            until = self._until
            if until is not None and time.monotonic() > until and self._socket is not None:
                self.bit, self._until = True, None
                with suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)  # whoever reads is told that nothing more comes
