"""Runs an automaton over a string: evaluation without backtracking, lookarounds and word boundaries included."""

from __future__ import annotations

from contractkit.schema.regex.errors import Meter
from contractkit.schema.regex.named import WORD
from contractkit.schema.regex.nfa import FINAL, Check, LookCheck, Nfa
from contractkit.schema.regex.syntax import Assertion

_WORD_CHARS = frozenset(
    char for char in map(chr, range(128)) if any(low <= ord(char) <= high for low, high in WORD.ranges)
)


def matches(nfa: Nfa, text: str, meter: Meter) -> bool:
    """Whether the automaton, started at the beginning of the text, reaches its final state anywhere in it.

    Raises:
        Unsupported: the meter's budget is used up.
    """
    return _Run(text, meter).reaches_final(nfa, 0)


class _Run:
    """The evaluation of one text; what a look finds at a place is remembered."""

    def __init__(self, text: str, meter: Meter) -> None:
        self.text = text
        self.meter = meter
        self.ahead: dict[tuple[int, int], bool] = {}
        self.behind: dict[int, frozenset[int]] = {}

    def reaches_final(self, nfa: Nfa, begin: int) -> bool:
        current = [nfa.start]
        for at in range(begin, len(self.text) + 1):
            current, final = self._close(nfa, current, at)
            if final:
                return True
            if not current or at == len(self.text):
                return False
            current = self._read(nfa, current, at)
        return False

    def _final_places(self, nfa: Nfa) -> frozenset[int]:
        places: set[int] = set()
        current = [nfa.start]
        for at in range(len(self.text) + 1):
            current, final = self._close(nfa, current, at)
            if final:
                places.add(at)
            if at < len(self.text):
                current = self._read(nfa, current, at)
        return frozenset(places)

    def _read(self, nfa: Nfa, states: list[int], at: int) -> list[int]:
        read = nfa.partition.class_of(self.text[at])
        return [
            target for state in states for classes, target in nfa.moves[state] if read in classes and target in nfa.live
        ]

    def _close(self, nfa: Nfa, seeds: list[int], at: int) -> tuple[list[int], bool]:
        """The reading states that the seeds lead to at this place, and whether the final state is among them."""
        found = set(seeds)
        waiting = list(found)
        reading: list[int] = []
        while waiting:
            state = waiting.pop()
            if nfa.moves[state]:
                reading.append(state)
            targets = nfa.jumps[state]
            if nfa.checks[state]:
                targets = [*targets, *(target for check, target in nfa.checks[state] if self._holds(check, at))]
            for target in targets:
                if target not in found:
                    found.add(target)
                    waiting.append(target)
        self.meter.spend(len(found) + sum(len(nfa.moves[state]) for state in reading) // 4)
        return reading, FINAL in found

    def _holds(self, check: Check, at: int) -> bool:
        if isinstance(check, LookCheck):
            return self._look(check, at) is not check.negative
        if check is Assertion.START:
            return at == 0
        if check is Assertion.END:
            return at == len(self.text)
        boundary = self._word_at(at - 1) is not self._word_at(at)
        return boundary is (check is Assertion.WORD_BOUNDARY)

    def _word_at(self, at: int) -> bool:
        return 0 <= at < len(self.text) and self.text[at] in _WORD_CHARS

    def _look(self, check: LookCheck, at: int) -> bool:
        nfa = check.body
        if check.ahead:
            key = (id(nfa), at)
            if key not in self.ahead:
                self.ahead[key] = self.reaches_final(nfa, at)
            return self.ahead[key]
        if id(nfa) not in self.behind:
            self.behind[id(nfa)] = self._final_places(nfa)
        return at in self.behind[id(nfa)]
