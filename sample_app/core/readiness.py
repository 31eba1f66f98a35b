"""Whether requests should be sent here: what has to be there first, and whether the process is about to end."""

from collections.abc import Awaitable, Callable

import anyio

Check = Callable[[], Awaitable[bool]]

DRAINING = "draining"
STARTING = "start-up"

# A probe waits a few seconds at most (deploy/k8s/app.yaml), so what answers later does not answer.
_SECONDS = 3.0


class Readiness:
    """What `/readyz` asks. The lifespan says what is to be checked; the server says when it begins to drain."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}
        self._draining = False

    def add(self, name: str, check: Check) -> None:
        """Ask `check` each time from now on; it says whether what it is named after can be worked with."""
        self._checks[name] = check

    def stop(self) -> None:
        """The app is closed: nothing of it can be worked with any more."""
        self._checks.clear()

    def drain(self) -> None:
        """No new clients, please; whoever is here is served to the end."""
        self._draining = True

    async def missing(self) -> list[str]:
        """The names of what is not ready, in the order in which it was added; empty if requests can come."""
        if self._draining:
            return [DRAINING]
        if not self._checks:
            return [STARTING]
        ready: set[str] = set()

        async def ask(name: str, check: Check) -> None:
            with anyio.move_on_after(_SECONDS):
                if await check():
                    ready.add(name)

        async with anyio.create_task_group() as group:
            for name, check in self._checks.items():
                group.start_soon(ask, name, check)
        return [name for name in self._checks if name not in ready]
