"""The one error that the command line prints as a single line."""

from __future__ import annotations


class InputError(Exception):
    """Input that cannot be used; the command line prints it as one line on stderr and exits with code 2.

    Args:
        subject: what is at fault, as the user wrote it (a file with its place, an app, a baseline).
        problem: what is wrong with it.
        mend: what the user can do about it; empty when nothing helps.
        detail: more lines (a child's traceback), shown with `--verbose` only.
    """

    def __init__(self, subject: str, problem: str, mend: str = "", *, detail: str = "") -> None:
        self.subject = subject
        self.problem = problem
        self.mend = mend
        self.detail = detail
        super().__init__(f"{subject}: {problem}" + (f"; {mend}" if mend else ""))
