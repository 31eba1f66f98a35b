"""Work that is done beside other work, in a fork of this process.

Only the command line does that: a library does not fork the process of those who call it.
"""

from __future__ import annotations

import marshal
import os
import sys
import threading
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

_Result = TypeVar("_Result")
_STREAMS = (0, 1, 2)
_PLAIN = b"plain:"
"""What the bytes of a plain value begin with; a pickle begins otherwise."""
_END = b":end"
"""What the bytes of a whole result end with."""
_LOOK_EVERY = 0.2
"""Seconds after which a fork looks whether its parent is there."""


def aside(work: Callable[[], _Result]) -> Callable[[], _Result]:
    """Begin some work in a fork of this process, and return what waits for its result.

    Where a fork gains nothing (one processor) or is not safe (elsewhere than on Linux), and where it ends without its
    whole result, the work is done here when its result is asked for: so what it raises is raised here, too.

    Args:
        work: returns something that can be pickled; what it changes besides is lost.
    """
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2:
        return work
    try:
        reader, writer = os.pipe()
    except OSError:  # no more descriptors
        return work
    parent = os.getpid()
    try:
        with warnings.catch_warnings():
            # From 3.12 on Python warns of forks beside other threads: here all of these wait for the one that forks.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
    except OSError:  # no more processes
        os.close(reader)
        os.close(writer)
        return work
    if child == 0:
        with suppress(BaseException):
            os.close(reader)
            threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
            _work(work, writer)
        os._exit(0)
    os.close(writer)

    def result() -> _Result:
        with open(reader, "rb") as pipe:
            data = pipe.read()
        # It takes milliseconds to take a large process apart: nobody needs to wait for that.
        threading.Thread(target=_reap, args=(child,), daemon=True).start()
        if not data.endswith(_END):
            return work()
        found: _Result = _read(data)
        return found

    return result


def _reap(child: int) -> None:
    """Wait for the end of a process, so that nothing of it is left."""
    with suppress(ChildProcessError):  # nobody is to be waited for where SIGCHLD is ignored
        os.waitpid(child, 0)


def _end_with(parent: int) -> None:
    """End this process soon after its parent, in whatever way that ended."""
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY)
    os._exit(0)


def _work(work: Callable[[], object], writer: int) -> None:
    """Do some work in the fork, and write its result; it holds nobody up who waits for the streams to be closed."""
    with open(os.devnull, "r+b") as nothing:
        for stream in _STREAMS:
            os.dup2(nothing.fileno(), stream)
    data = _written(work()) + _END
    with open(writer, "wb") as pipe:
        pipe.write(data)


def _written(result: Any) -> bytes:
    """Return a result as bytes: by `marshal` where it is made of plain values, which needs no import."""
    try:
        return _PLAIN + marshal.dumps(result)
    except ValueError:
        import pickle

        return pickle.dumps(result, pickle.HIGHEST_PROTOCOL)


def _read(data: bytes) -> Any:
    if data.startswith(_PLAIN):
        return marshal.loads(data[len(_PLAIN) :])
    import pickle

    return pickle.loads(data)  # written by this very program
