"""The flows in a few lines each, for the command line and for Python users."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from datetime import date

    from contractkit.model.approval import Approval
    from contractkit.model.contract import Contract
    from contractkit.model.finding import Finding
    from contractkit.model.policy import Policy
    from contractkit.model.verdict import Verdict
    from contractkit.sources.options import LoadOptions

_Result = TypeVar("_Result")
_STACK_SIZES = tuple(mebibytes * 1024 * 1024 for mebibytes in (512, 128, 32))
_BYTES_PER_CALL = 2_600
_deep = threading.local()


def diff(base: str, revision: str, *, options: LoadOptions | None = None) -> Verdict:
    """Load two contracts and compare them.

    Args:
        base: the source of the contract that clients were built on (a file, a URL, `package.module:app`, `@NAME`, ...).
        revision: the source of the contract that is to replace it.
        options: how to load both.

    Returns:
        The verdict: `verdict.outcome`, `verdict.findings`, `verdict.required_bump`.

    Raises:
        InputError: a source cannot be used.
    """
    from contractkit.sources.load import load
    from contractkit.sources.options import LoadOptions
    from contractkit.sources.parts import Parts

    chosen, parts = options or LoadOptions(), Parts()
    return run_deep(
        lambda: compare(load(base, options=chosen, parts=parts), load(revision, options=chosen, parts=parts))
    )


def compare(
    base: Contract,
    revision: Contract,
    *,
    policy: Policy | None = None,
    approvals: Sequence[Approval] = (),
    stored: frozenset[str] = frozenset(),
    today: date | None = None,
) -> Verdict:
    """Compare two contracts that are loaded already; see `diff`.

    Args:
        base: the contract that clients were built on.
        revision: the contract that is to replace it.
        policy: what the project does about findings; what breaks fails if left out.
        approvals: the decisions that were signed for this API.
        stored: digests of the stored contracts of this API, which other approvals may be for.
        today: the day on which approvals and announced ends are judged; today's if left out.
    """
    from contractkit.diff.walk import compare as walk
    from contractkit.judge.standing import settle
    from contractkit.judge.verdict import judge
    from contractkit.model.policy import Policy
    from contractkit.model.verdict import SideInfo

    chosen = policy or Policy()

    def decide() -> Verdict:
        found = walk(base, revision)
        verdict = judge(
            found.changes,
            SideInfo(base, (*base.warnings, *found.base_warnings)),
            SideInfo(revision, (*revision.warnings, *found.revision_warnings)),
            chosen.clients,
        )
        return settle(verdict, chosen, approvals, today=today, stored=stored)

    return run_deep(decide)


def find_breaking_changes(base: str, revision: str, *, options: LoadOptions | None = None) -> tuple[Finding, ...]:
    """Return the findings of `diff` that break clients; see there."""
    from contractkit.model.finding import Severity

    verdict = diff(base, revision, options=options)
    return tuple(finding for finding in verdict.findings if finding.severity is Severity.BREAKING)


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
