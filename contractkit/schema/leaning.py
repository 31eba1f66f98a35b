"""What was accepted because another pair was taken for granted, and what becomes of it when that pair has ended.

A pair of recursive schemas that is being compared is assumed to hold where it is met again (coinduction). What leans on
such a pair is settled with it: withdrawn if it fails, else handed on to what that pair leans on itself. In a circle of
components all that was accepted is handed on again and again, so what leans on the same pairs is kept as one.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any

from contractkit.model.records import field, record
from contractkit.schema.result import Result


@record(eq=False, slots=True)
class _Group:
    """Results that lean on the same pairs, for now."""

    leaned: int
    leaned_in_union: int
    results: list[Result] = field(default_factory=list)
    parts: list[_Group] = field(default_factory=list)
    whole: _Group | None = None

    def all_results(self) -> Iterator[Result]:
        """Yield the results of this group and of those that became a part of it."""
        todo = [self]
        while todo:
            group = todo.pop()
            yield from group.results
            todo += group.parts


class Leaning:
    """The results that lean on pairs which are still being compared; see `Result.leaned`."""

    def __init__(self) -> None:
        # By the depth of the last of the pairs that they lean on, which is the first to end.
        self._waiting: dict[int, list[_Group]] = {}
        self._group_of: dict[int, _Group] = {}

    def settle(self, result: Result, memo: MutableMapping[tuple[Any, ...], Result]) -> None:
        """Settle what leaned on a pair that has ended.

        Args:
            result: of that pair.
            memo: the results by their keys; of what must be looked at again, nothing stays there.
        """
        groups = self._waiting.pop(result.depth, [])
        if result.ok:
            self._hand_on(result, groups)
        else:
            self._withdraw(result, groups, memo)

    def renew(self, result: Result) -> None:
        """Let a result say what it leans on now."""
        group = self._group_of.get(id(result))
        if group is None:
            return
        while group.whole is not None:
            if group.whole.whole is not None:
                group.whole = group.whole.whole
            group = group.whole
        result.leaned, result.leaned_in_union = group.leaned, group.leaned_in_union

    def _withdraw(
        self, result: Result, groups: Sequence[_Group], memo: MutableMapping[tuple[Any, ...], Result]
    ) -> None:
        bit = 1 << result.depth
        # What fails although something is taken for granted fails all the more without.
        result.leaned = 0
        for group in groups:
            is_of_union = bool(group.leaned_in_union & bit)
            if is_of_union:
                result.leaned_in_union |= bit
            for other in group.all_results():
                if is_of_union:
                    if memo.get(other.key) is other:
                        del memo[other.key]
                else:
                    other.ok = False
            if not is_of_union:
                group.leaned = 0

    def _hand_on(self, result: Result, groups: Sequence[_Group]) -> None:
        """Let what took a pair for granted lean on what that one takes for granted."""
        bit = 1 << result.depth
        result.leaned &= ~bit
        leaned, in_union = result.leaned, result.leaned_in_union
        own = _Group(leaned, in_union & ~bit, [result])
        if leaned:
            self._group_of[id(result)] = own
        known: dict[tuple[int, int], _Group] = {}
        for group in (*groups, own):
            if group is not own:
                group.leaned_in_union |= leaned if group.leaned_in_union & bit else in_union
                group.leaned_in_union &= ~bit
                group.leaned = group.leaned & ~bit | leaned
            if not group.leaned:
                continue
            whole = known.setdefault((group.leaned, group.leaned_in_union), group)
            if whole is not group:
                whole.parts.append(group)
                group.whole = whole
        for group in known.values():
            self._waiting.setdefault(group.leaned.bit_length() - 1, []).append(group)
