"""What it means to have work done beside other work; `contractkit.api.aside` does it in another process."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    T = TypeVar("T")

    class Aside(Protocol):
        """Has work done beside what follows."""

        def __call__(self, work: Callable[[], T], /) -> Callable[[], T]:
            """Take work, and return what waits for its result; what the work changes besides may be lost."""
            ...


def at_once(work: Callable[[], T]) -> Callable[[], T]:
    """Do the work here and now; return what gives its result."""
    result = work()
    return lambda: result
