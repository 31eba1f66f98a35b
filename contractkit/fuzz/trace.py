"""Watches where the app raises, for one request: the line that an error answer comes from."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from contractkit.fuzz.own import OwnCode

InThread = Callable[..., object]

_QUIET = (StopIteration, StopAsyncIteration, GeneratorExit)


@dataclass
class Raised:
    """Where the app's own code last raised an exception: `file:line in function`, empty for nowhere."""

    place: str = ""


@contextmanager
def raised_in(own: OwnCode | None, in_thread: InThread) -> Iterator[Raised]:
    """Watch exceptions in the app's own code while the block runs; None watches nothing.

    Args:
        own: the app's own code.
        in_thread: calls a function in the thread that the app's handlers without `async` run in: a thread that runs
            already is watched only from within (Python before 3.12 has no other way).

    The innermost frame counts: an exception that passes through its callers is named where it was raised.
    """
    raised = Raised()
    if own is None:
        yield raised
        return
    seen: set[int] = set()
    names: dict[str, str | None] = {}

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        file = frame.f_code.co_filename
        if file not in names:
            names[file] = own.name(file)
        if names[file] is None:
            return None
        if event == "exception" and not issubclass(argument[0], _QUIET) and id(argument[1]) not in seen:
            seen.add(id(argument[1]))
            raised.place = f"{names[file]}:{frame.f_lineno} in {frame.f_code.co_name}"
        return trace

    before, before_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(trace)
    threading.settrace(trace)
    in_thread(sys.settrace, trace)
    try:
        yield raised
    finally:
        sys.settrace(before)
        threading.settrace(before_threads)
        in_thread(sys.settrace, None)
