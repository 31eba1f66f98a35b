"""gunicorn's worker: uvicorn, but one that says goodbye before it closes anything.

uvicorn stops accepting and closes idle connections in the moment in which it is told to end. A client that is just
about to send its next request over such a connection, or whose new connection was accepted an instant ago, is then cut
off. Here the clients are told first, by `Connection: close` (RFC 9112, section 9.6), and closing comes last.
"""

import asyncio
import socket
from contextlib import suppress

from fastapi import FastAPI
from gunicorn.arbiter import Arbiter
from uvicorn.config import Config
from uvicorn.server import Server
from uvicorn_worker import UvicornWorker

from sample_app.core.readiness import Readiness
from sample_app.core.settings import Settings

_CLOSE = (b"connection", b"close")
_TICK_SECONDS = 1.0

# How long a connection may take to bring its request after nothing is accepted any more.
_SETTLE_SECONDS = 1.0


class DrainingServer(Server):
    """A server that ends in four steps: say that it ends, accept nothing more, serve whoever is here, close.

    Args:
        config: of uvicorn.
        app: the app that it serves; its settings say how long new clients still come after they were told not to.
    """

    def __init__(self, config: Config, app: FastAPI) -> None:
        super().__init__(config)
        self._readiness: Readiness = app.state.readiness
        self._settings: Settings = app.state.settings

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.limit_max_requests = None  # it has been told of
        # Into the list that requests under way were given.
        self.server_state.default_headers.append(_CLOSE)
        ticking = asyncio.create_task(self._tick())
        try:
            if self.should_exit:
                # A worker that only makes room for a fresh one (max_requests) leaves the others as ready as before.
                self._readiness.drain()
                await asyncio.sleep(self._settings.drain_seconds)
            await self._accept_no_more()
            await super().shutdown(sockets)
        finally:
            ticking.cancel()
            with suppress(asyncio.CancelledError):
                await ticking

    async def _tick(self) -> None:
        """As the main loop, which is over, did it: keep `Date` right, and tell gunicorn that this worker lives."""
        while True:
            await self.on_tick(0)
            self.server_state.default_headers.append(_CLOSE)
            await asyncio.sleep(_TICK_SECONDS)

    async def _accept_no_more(self) -> None:
        """Leave new connections to the other workers, and let those that were accepted bring their request."""
        loop = asyncio.get_running_loop()
        for server in self.servers:
            for listener in server.sockets:
                # Not `server.close()` yet: it would break what is accepted but not set up.
                loop.remove_reader(listener.fileno())
        deadline = loop.time() + _SETTLE_SECONDS
        while self.server_state.connections and loop.time() < deadline:
            await asyncio.sleep(0.05)


class Worker(UvicornWorker):
    """A worker of gunicorn with a :class:`DrainingServer`."""

    async def _serve(self) -> None:
        self.config.app = self.wsgi
        server = DrainingServer(self.config, self.wsgi)
        # What is longer under way than this is cancelled, so that the lifespan still closes in time.
        self.config.timeout_graceful_shutdown = self.cfg.graceful_timeout
        self._install_sigquit_handler()
        await server.serve(sockets=self.sockets)
        if not server.started:
            raise SystemExit(Arbiter.WORKER_BOOT_ERROR)
