"""Work for after the response: what the client need not wait for, and must not be failed by."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ParamSpec

from fastapi import BackgroundTasks

from sample_app.core.metrics import Metrics

P = ParamSpec("P")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Background:
    """The background tasks of a request.

    Starlette runs them one after the other once the response is sent, and skips the rest when one raises. Here each is
    on its own: a failure is logged and ends there.
    """

    tasks: BackgroundTasks
    metrics: Metrics

    def add(self, function: Callable[P, Awaitable[None]], *args: P.args, **kwargs: P.kwargs) -> None:
        """Call `function` after the response, unless the request fails."""

        async def run() -> None:
            try:
                with self.metrics.background_task():
                    await function(*args, **kwargs)
            except Exception:
                # The client has its answer; only the log can tell.
                logger.exception("background task %s failed", function.__qualname__)

        self.tasks.add_task(run)
