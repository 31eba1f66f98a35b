"""The program `contractkit`: finds the command, runs it, and turns every end into an exit code."""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

EXIT_UNDECIDED = 2
_DECIDED = (0, 1, EXIT_UNDECIDED)
_EXIT_INTERRUPTED = 128 + signal.SIGINT
_EXIT_TERMINATED = 128 + signal.SIGTERM


def main() -> NoReturn:
    """Run the program with the arguments of this process, and exit.

    Exit codes: 0 and 1 as the command says, 2 where it could not decide (bad input, an error of contractkit itself),
    130 after Ctrl-C.
    """
    _open_missing_streams()
    code = run(sys.argv[1:])
    if code in _DECIDED:
        _leave(code)
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; reports go to stdout, errors as one line to stderr."""
    from contractkit.api.deep import run_deep
    from contractkit.model.errors import InputError

    verbose = "--verbose" in arguments
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot show a character is no error
    signal.signal(signal.SIGTERM, _terminated)
    try:
        if arguments[:1] in (["fuzz"], ["review"]):
            return _call(arguments)  # in the main thread, which Ctrl-C interrupts: they end in order
        return run_deep(lambda: _call(arguments))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else EXIT_UNDECIDED
    except KeyboardInterrupt:
        return _EXIT_INTERRUPTED
    except InputError as error:
        return _refuse(str(error), error.detail if verbose else "")
    except BrokenPipeError:
        from contractkit.cli.output import silence_stdout

        silence_stdout()
        return EXIT_UNDECIDED
    except RecursionError:
        return _refuse("the document is nested too deeply to be read; flatten it, or break its chain of $refs")
    except MemoryError:
        return _refuse("there is not enough memory for this document; run it on a larger machine")
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            return _refuse(f"{error.filename or 'standard output'}: cannot be written ({error.strerror}); make room")
        return _refuse(f"internal error, {type(error).__name__}: {error}; {_ask(verbose)}", _trace(verbose))


def _open_missing_streams() -> None:
    """Let standard streams that the caller has closed lead nowhere: Python has None for them."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  (open until the end)


def _call(arguments: Sequence[str]) -> int:
    """Run the command line; commands end in SystemExit, or return their exit code."""
    from contractkit.model.errors import InputError

    try:
        os.getcwd()
    except OSError as error:
        raise InputError("the current folder", f"cannot be read ({error.strerror})", "change into another") from None
    if arguments[:1] == ["diff"]:
        gc.disable()  # importing and reading make many objects and no garbage: reading is four times as fast without
        from contractkit.cli.diff import main as diff

        return diff(arguments[1:])
    from contractkit.cli.program import call

    return call(arguments)


def _leave(code: int) -> NoReturn:
    """End the process without taking its objects apart, which for large documents takes longer than it should."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _terminated(signal_number: int, frame: FrameType | None) -> NoReturn:
    """End in order on SIGTERM, so that what was set up for the run is taken down."""
    sys.exit(_EXIT_TERMINATED)


def _refuse(text: str, detail: str = "") -> int:
    from contractkit.cli.output import tell

    tell([" ".join(text.split("\n")), *detail.splitlines()])
    return EXIT_UNDECIDED


def _ask(verbose: bool) -> str:
    return "please report it with the lines below" if verbose else "please report it with what --verbose shows"


def _trace(verbose: bool) -> str:
    if not verbose:
        return ""
    import traceback

    return traceback.format_exc()
