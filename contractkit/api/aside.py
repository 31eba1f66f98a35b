"""Work that is done beside other work, in a fork of this process.

Only the command line does that: a library does not fork the process of those who call it.
"""

from __future__ import annotations

import marshal
import os
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

_Result = TypeVar("_Result")
_STREAMS = (0, 1, 2)
_PLAIN = b"plain:"
"""What the bytes of a plain value begin with; a pickle begins otherwise."""


def aside(work: Callable[[], _Result]) -> Callable[[], _Result]:
    """Begin some work in a fork of this process, and return what waits for its result.

    Where a fork gains nothing (one processor) or is not safe (elsewhere than on Linux), and where it ends without a
    result, the work is done here when its result is asked for: so what it raises is raised here, too.

    Args:
        work: returns something that can be pickled; what it changes besides is lost.
    """
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2:
        return work
    reader, writer = os.pipe()
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
        code = 1
        with suppress(BaseException):
            os.close(reader)
            _work(work, writer)
            code = 0
        os._exit(code)
    os.close(writer)

    def result() -> _Result:
        with open(reader, "rb") as pipe:
            data = pipe.read()
        _, status = os.waitpid(child, 0)
        if status != 0:
            return work()
        found: _Result = _read(data)
        return found

    return result


def _work(work: Callable[[], object], writer: int) -> None:
    """Do some work in the fork, and write its result; it holds nobody up who waits for the streams to be closed."""
    with open(os.devnull, "r+b") as nothing:
        for stream in _STREAMS:
            os.dup2(nothing.fileno(), stream)
    data = _written(work())
    with open(writer, "wb") as pipe:
        pipe.write(data)


def _written(result: object) -> bytes:
    """Return a result as bytes: by `marshal` where it is made of plain values, which needs no import."""
    try:
        return _PLAIN + marshal.dumps(result)  # type: ignore[arg-type]
    except ValueError:
        import pickle

        return pickle.dumps(result, pickle.HIGHEST_PROTOCOL)


def _read(data: bytes) -> Any:
    if data.startswith(_PLAIN):
        return marshal.loads(data[len(_PLAIN) :])
    import pickle

    return pickle.loads(data)  # written by this very program
