"""An automaton made deterministic (subset construction), as far as a question asks."""

from __future__ import annotations

from contractkit.schema.regex.errors import Meter
from contractkit.schema.regex.nfa import FINAL, Nfa
from contractkit.schema.regex.syntax import Assertion

DEAD = 0
"""The state from which no string is accepted."""
SINK = 1
"""The state from which every string is accepted."""


class Dfa:
    """The deterministic automaton of one language, grown on demand.

    A state is the set of automaton states that may still lead to a match. Once a match has ended, whatever follows
    is accepted too (search semantics), so every set with the final state is `SINK`.

    Args:
        nfa: the automaton, without lookarounds and word boundaries.
        meter: counts the work.

    Attributes:
        start: the first state.
        accepting: for each state, whether a string that ends there is accepted.
    """

    def __init__(self, nfa: Nfa, meter: Meter) -> None:
        self._nfa = nfa
        self._meter = meter
        self._rows: dict[int, dict[int, int]] = {DEAD: {}}
        self._closures: dict[int, frozenset[int]] = {}
        self._numbers: dict[frozenset[int], int] = {frozenset(): DEAD}
        self._sets: list[frozenset[int]] = [frozenset(), frozenset()]
        self.accepting = [False, True]
        every_class = range(len(nfa.partition.classes))
        self._rows[SINK] = dict.fromkeys(every_class, SINK)
        first = self._close(nfa.start, at_start=True, at_end=False)
        if FINAL in first:
            self.start = SINK
        else:
            # Kept apart from all other states: only here a string that ends is at its beginning, too.
            self.start = len(self._sets)
            self._sets.append(first)
            self.accepting.append(FINAL in self._close(nfa.start, at_start=True, at_end=True))

    def accepts(self, text: str) -> bool:
        """Whether the text belongs to the language."""
        state = self.start
        for char in text:
            if state in (DEAD, SINK):
                break
            state = self.row(state).get(self._nfa.partition.class_of(char), DEAD)
        self._meter.spend(1 + len(text))
        return self.accepting[state]

    def row(self, state: int) -> dict[int, int]:
        """For each class of characters that does not lead to `DEAD`, the next state."""
        row = self._rows.get(state)
        if row is None:
            targets: dict[int, set[int]] = {}
            for source in self._sets[state]:
                for classes, target in self._nfa.moves[source]:
                    closure = self._closures.get(target)
                    if closure is None:
                        closure = self._closures[target] = self._close(target, at_start=False, at_end=False)
                    if closure:
                        self._meter.spend(len(classes) * (1 + len(closure) // 4))
                        for number in classes:
                            targets.setdefault(number, set()).update(closure)
            row = self._rows[state] = {number: self._number(states) for number, states in targets.items()}
        return row

    def _number(self, states: set[int]) -> int:
        if FINAL in states:
            return SINK
        key = frozenset(states)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._sets)
            self._sets.append(key)
            self.accepting.append(not self._nfa.ends.isdisjoint(key))
        return number

    def _close(self, seed: int, *, at_start: bool, at_end: bool) -> frozenset[int]:
        """The states that matter among those reached without reading: they read, wait for the end, or are final."""
        nfa = self._nfa
        found = {seed}
        waiting = [seed]
        kept: set[int] = set()
        while waiting:
            state = waiting.pop()
            if state in nfa.live and (nfa.moves[state] or nfa.checks[state] or state == FINAL):
                kept.add(state)
            targets = list(nfa.jumps[state])
            for check, target in nfa.checks[state]:
                if (check is Assertion.START and at_start) or (check is Assertion.END and at_end):
                    targets.append(target)
            for target in targets:
                if target not in found and (at_start or target in nfa.live):
                    found.add(target)
                    waiting.append(target)
        self._meter.spend(len(found))
        return frozenset(kept)
