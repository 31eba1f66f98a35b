"""The thread in which documents that are nested by the thousand are read and compared."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

_Result = TypeVar("_Result")
_STACK_SIZES = tuple(mebibytes * 1024 * 1024 for mebibytes in (512, 128, 32))
_BYTES_PER_CALL = 2_600
_deep = threading.local()


def run_deep(function: Callable[[], _Result]) -> _Result:
    """Call a function where recursion may go as deep as documents are nested, and return what it returns.

    Documents come nested by the thousand; Python's own limit and the main thread's stack are made for less. The call
    runs in a thread with a stack of up to 512 MiB (address space, used only as far as needed), and what it raises is
    raised here. A call from inside such a thread just runs.
    """
    if getattr(_deep, "active", False):
        return function()
    results: list[_Result] = []
    errors: list[BaseException] = []

    def work(size: int) -> None:
        _deep.active = True
        sys.setrecursionlimit(max(limit, size // _BYTES_PER_CALL))
        try:
            results.append(function())
        except BaseException as error:
            errors.append(error)

    limit = sys.getrecursionlimit()
    thread = _started(work)
    try:
        thread.join()
    finally:
        sys.setrecursionlimit(limit)
    if errors:
        raise errors[0]
    return results[0]


def _started(work: Callable[[int], None]) -> threading.Thread:
    """Start a thread with the largest stack that the system grants; `work` is told the size."""

    def start(size: int) -> threading.Thread:
        threading.stack_size(size)
        thread = threading.Thread(target=work, args=(size,), name="contractkit", daemon=True)
        thread.start()
        return thread

    former = threading.stack_size()
    try:
        for size in _STACK_SIZES[:-1]:
            with suppress(RuntimeError):
                return start(size)
        return start(_STACK_SIZES[-1])
    finally:
        threading.stack_size(former)
