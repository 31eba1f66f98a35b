"""Structured logs: one line a message on stderr, JSON in production, for people elsewhere.

Messages of the standard library's loggers (uvicorn, Alembic, the app's own modules) take the same way.
"""

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from sample_app.core.engine import CountingPool
from sample_app.core.settings import Environment, Settings

_SECRET_WORDS = ("authorization", "cookie", "key", "password", "secret", "token")

_TOKEN_IN_QUERY = re.compile(r"([?&]token=)[^&\s\"]*")


class _Handler(logging.StreamHandler[Any]):
    """The app's own handler, told from others by its class."""


def configure_logging(settings: Settings) -> None:
    """Send everything that is logged in this process to stderr, in the format for the environment."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    rendering: list[Processor]
    if settings.environment is Environment.PRODUCTION:
        rendering = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        plain = structlog.dev.plain_traceback  # a rich one would show local variables, and with them secrets
        rendering = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]

    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = _Handler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        )
    )
    root = logging.getLogger()
    for earlier in [known for known in root.handlers if isinstance(known, _Handler)]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(settings.log_level.upper())
    _redirect_uvicorn()
    # These tell of each plugin, of each time that connections are closed, of each request to another service, and, if
    # they may, of each value that is written to the database.
    for name in ("alembic.runtime.plugins", CountingPool.__module__, "httpx", "aiosqlite"):
        logging.getLogger(name).setLevel(logging.WARNING)


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Keep the value of a field whose name speaks of a secret out of the log."""
    hidden = {
        name: "***" if any(word in name.lower() for word in _SECRET_WORDS) else value for name, value in event.items()
    }
    if isinstance(text := hidden.get("event"), str):
        # uvicorn writes the whole address of each WebSocket, and a browser has to put its token there.
        hidden["event"] = _TOKEN_IN_QUERY.sub(r"\1***", text)
    return hidden


def _redirect_uvicorn() -> None:
    """Let uvicorn's messages come through the root, at its level; its access log gives way to the app's own."""
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.setLevel(logging.NOTSET)
        logger.propagate = name != "uvicorn.access"
