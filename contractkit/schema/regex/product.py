"""The intersection, union and complement of several automata, walked together."""

from __future__ import annotations

from contractkit.schema.regex.charset import Partition, rank
from contractkit.schema.regex.determinise import DEAD, SINK, Dfa
from contractkit.schema.regex.errors import Meter
from contractkit.schema.regex.formula import All, Any, Atom, Formula, Literal, Words, evaluate
from contractkit.schema.regex.nfa import Nfa, words_automaton

_EVERYTHING: tuple[int, ...] = ()


class Product:
    """The deterministic automaton of a formula without lengths, grown on demand.

    States from which nothing is accepted any more are left out as far as that shows from the formula; those from
    which everything is accepted are one state.

    Args:
        formula: its atoms are automata and word lists.
        meter: counts the work.

    Attributes:
        start: the first state; `None` when nothing at all is accepted.
        symbols: the characters that are told apart: for each symbol its best character comes first. The symbols
            stand in the order of these.
    """

    def __init__(self, formula: Formula, meter: Meter) -> None:
        self._formula = formula
        self._meter = meter
        automata = {atom: words_automaton(atom.values) if isinstance(atom, Words) else atom for atom in _atoms(formula)}
        self._index: dict[Atom, int] = {atom: index for index, atom in enumerate(automata)}
        nfas = [nfa for nfa in automata.values() if isinstance(nfa, Nfa)]
        self._parts = [Dfa(nfa, meter) for nfa in nfas]
        self._required = [self._index[atom] for atom in _required(formula)]
        self._read_alphabet(nfas)
        self._numbers: dict[tuple[int, ...], int] = {}
        self._states: list[tuple[int, ...]] = []
        self._accepting: list[bool | None] = []
        self._successors: dict[int, list[tuple[int, int]]] = {}
        self.start = self._number(tuple(part.start for part in self._parts))

    def _read_alphabet(self, nfas: list[Nfa]) -> None:
        partition = Partition([charset for nfa in nfas for charset in nfa.partition.classes])
        first = {number: next(charset.preferred(), None) for number, charset in enumerate(partition.classes)}
        usable = sorted((rank(char), number) for number, char in first.items() if char is not None)
        self.symbols = [partition.classes[number] for _, number in usable]
        symbol_of = {number: symbol for symbol, (_, number) in enumerate(usable)}
        self._symbols_of: list[list[list[int]]] = []
        self._class_of: list[list[int]] = []
        members = iter(partition.members)
        for nfa in nfas:
            symbols_of = [
                sorted(symbol_of[number] for number in next(members) if number in symbol_of)
                for _ in nfa.partition.classes
            ]
            class_of = [0] * len(self.symbols)
            for own, symbols in enumerate(symbols_of):
                for symbol in symbols:
                    class_of[symbol] = own
            self._symbols_of.append(symbols_of)
            self._class_of.append(class_of)

    def accepting(self, state: int) -> bool:
        """Whether a string that ends in the state is accepted."""
        known = self._accepting[state]
        if known is None:
            numbers = self._states[state]
            known = self._accepting[state] = numbers == _EVERYTHING or bool(
                evaluate(
                    self._formula,
                    lambda atom: self._parts[self._index[atom]].accepting[numbers[self._index[atom]]],
                )
            )
        return known

    def successors(self, state: int) -> list[tuple[int, int]]:
        """The symbols that can follow, in order, each with the next state."""
        known = self._successors.get(state)
        if known is None:
            known = self._successors[state] = self._expand(state)
        return known

    def _expand(self, state: int) -> list[tuple[int, int]]:
        numbers = self._states[state]
        if numbers == _EVERYTHING:
            return [(symbol, state) for symbol in range(len(self.symbols))]
        rows = [part.row(number) for part, number in zip(self._parts, numbers, strict=True)]
        symbols = self._possible_symbols(rows)
        self._meter.spend(1 + len(symbols) * (2 + len(rows)) // 3)
        targets: dict[tuple[int, ...], int | None] = {}
        successors: list[tuple[int, int]] = []
        for symbol in symbols:
            key = tuple(row.get(class_of[symbol], DEAD) for row, class_of in zip(rows, self._class_of, strict=True))
            if key not in targets:
                targets[key] = self._number(key)
            target = targets[key]
            if target is not None:
                successors.append((symbol, target))
        return successors

    def _possible_symbols(self, rows: list[dict[int, int]]) -> list[int] | range:
        """The symbols that no part without which nothing is accepted rules out; by the most restrictive such part."""
        if not self._required:
            return range(len(self.symbols))
        strictest = min(self._required, key=lambda index: len(rows[index]))
        return sorted(symbol for own in rows[strictest] for symbol in self._symbols_of[strictest][own])

    def _number(self, key: tuple[int, ...]) -> int | None:
        number = self._numbers.get(key)
        if number is not None:
            return number
        settled = evaluate(self._formula, lambda atom: _SETTLED.get(key[self._index[atom]]))
        if settled is False:
            return None
        if settled is True:
            key = _EVERYTHING
            if key in self._numbers:
                return self._numbers[key]
        self._meter.state()
        number = self._numbers[key] = len(self._states)
        self._states.append(key)
        self._accepting.append(None)
        return number


_SETTLED = {DEAD: False, SINK: True}


def _atoms(formula: Formula) -> list[Atom]:
    if isinstance(formula, Literal):
        return [formula.atom]
    return list(dict.fromkeys(atom for part in formula.parts for atom in _atoms(part)))


def _required(formula: Formula) -> list[Atom]:
    """The atoms without which nothing is accepted."""
    if isinstance(formula, Literal):
        return [formula.atom] if formula.positive else []
    if isinstance(formula, Any):
        return _required(formula.parts[0]) if len(formula.parts) == 1 else []
    assert isinstance(formula, All)
    return list(dict.fromkeys(atom for part in formula.parts for atom in _required(part)))
