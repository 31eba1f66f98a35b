"""What findings and approvals mean for the run: the second axis beside severity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contractkit.model.records import NamedTuple

if TYPE_CHECKING:
    from contractkit.model.approval import Approval


class Standing(NamedTuple):
    """What a finding means for the run.

    Attributes:
        fails: whether it makes the run exit with 1.
        approval: the approval that covers it; where several do, the one that ends first.
        ignored: why the configuration leaves it out; None where it does not.
        notes: what else decided, in words.
    """

    fails: bool = False
    approval: Approval | None = None
    ignored: str | None = None
    notes: tuple[str, ...] = ()


class Unused(NamedTuple):
    """An approval that does not count.

    Attributes:
        approval: the approval.
        why: why not, in words that follow the approval's name: `ended on 2026-05-31`.
    """

    approval: Approval
    why: str
