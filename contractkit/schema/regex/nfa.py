"""Non-deterministic automata, built from syntax trees (Thompson's construction)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from contractkit.model.records import field, record
from contractkit.schema.regex.charset import CharSet, Partition, single
from contractkit.schema.regex.errors import Unsupported
from contractkit.schema.regex.named import ANY
from contractkit.schema.regex.syntax import Assertion, Chars, Choice, Look, Node, Repeat, Sequence

MAX_STATES = 30_000
FINAL = 0


@record(frozen=True, slots=True)
class LookCheck:
    """A lookahead or lookbehind with its body's automaton."""

    body: Nfa
    ahead: bool
    negative: bool


Check = Assertion | LookCheck


@record(eq=False, slots=True)
class Nfa:
    """An automaton; state `FINAL` says that the pattern has matched.

    It is compared by identity. Only the builder of this module changes it.

    Attributes:
        start: the first state.
        moves: for each state, what it reads: classes of `partition`, and the state after them.
        jumps: for each state, the states reached without reading.
        checks: for each state, the states reached without reading where a condition on the place holds.
        partition: the classes of characters that this automaton tells apart.
        live: the states from which `FINAL` can be reached after the first character was read.
        ends: the states from which the end of the string leads to `FINAL` after the first character was read.
    """

    start: int = FINAL
    moves: list[list[tuple[frozenset[int], int]]] = field(default_factory=list)
    jumps: list[list[int]] = field(default_factory=list)
    checks: list[list[tuple[Check, int]]] = field(default_factory=list)
    partition: Partition = field(default_factory=lambda: Partition(()))
    live: frozenset[int] = frozenset()
    ends: frozenset[int] = frozenset()


def search_automaton(node: Node) -> Nfa:
    """The automaton that reads any prefix and then the node: it is at `FINAL` wherever a match may end.

    Raises:
        Unsupported: repetitions make more than `MAX_STATES` states.
    """
    builder = _Builder()
    entry = builder.build(node, FINAL)
    start = builder.state()
    builder.reads[start].append((ANY, start))
    builder.nfa.jumps[start].append(entry)
    return builder.finish(start)


def match_automaton(node: Node) -> Nfa:
    """The automaton that reads the node from where it is started.

    Raises:
        Unsupported: repetitions make more than `MAX_STATES` states.
    """
    builder = _Builder()
    return builder.finish(builder.build(node, FINAL))


def words_automaton(words: Iterable[str]) -> Nfa:
    """The automaton of exactly the given words: a tree by their first characters.

    Raises:
        Unsupported: the tree has more than `MAX_STATES` states.
    """
    builder = _Builder()
    start = builder.state()
    children: dict[tuple[int, str], int] = {}
    for word in sorted(set(words)):
        state = start
        for char in word:
            child = children.get((state, char))
            if child is None:
                child = children[state, char] = builder.state()
                builder.reads[state].append((single(ord(char)), child))
            state = child
        builder.nfa.checks[state].append((Assertion.END, FINAL))
    return builder.finish(start)


class _Builder:
    """Builds backwards: each part is given the state that follows it."""

    def __init__(self) -> None:
        self.nfa = Nfa()
        self.reads: list[list[tuple[CharSet, int]]] = []
        self.state()

    def state(self) -> int:
        if len(self.reads) >= MAX_STATES:
            raise Unsupported(f"state budget of {MAX_STATES}")
        self.reads.append([])
        self.nfa.jumps.append([])
        self.nfa.checks.append([])
        return len(self.reads) - 1

    def build(self, node: Node, following: int) -> int:
        match node:
            case Chars(charset):
                state = self.state()
                if charset.ranges:
                    self.reads[state].append((charset, following))
                return state
            case Sequence(items):
                for item in reversed(items):
                    following = self.build(item, following)
                return following
            case Choice(options):
                return self._fork([self.build(option, following) for option in options])
            case Repeat():
                return self._repeat(node, following)
            case Look(body, ahead, negative):
                automaton = match_automaton(body) if ahead else search_automaton(body)
                return self._check(LookCheck(automaton, ahead, negative), following)
            case Assertion():
                return self._check(node, following)

    def _repeat(self, node: Repeat, following: int) -> int:
        if node.maximum is None:
            loop = self.state()
            self.nfa.jumps[loop] += [self.build(node.item, loop), following]
            state = loop
        else:
            # x{0,3} as (x(x(x)?)?)?: every copy can leave directly, so no state jumps over many copies.
            state = following
            for _ in range(node.maximum - node.minimum):
                state = self._fork([self.build(node.item, state), following])
        for _ in range(node.minimum):
            state = self.build(node.item, state)
        return state

    def _fork(self, targets: list[int]) -> int:
        state = self.state()
        self.nfa.jumps[state] += targets
        return state

    def _check(self, check: Check, following: int) -> int:
        state = self.state()
        self.nfa.checks[state].append((check, following))
        return state

    def finish(self, start: int) -> Nfa:
        nfa = self.nfa
        nfa.start = start
        sets = list(dict.fromkeys(charset for reads in self.reads for charset, _ in reads))
        nfa.partition = Partition(sets)
        members = dict(zip(sets, nfa.partition.members, strict=True))
        nfa.moves = [[(members[charset], target) for charset, target in reads] for reads in self.reads]
        nfa.ends, nfa.live = self._reachable()
        return nfa

    def _reachable(self) -> tuple[frozenset[int], frozenset[int]]:
        """`ends` and `live`, backwards from `FINAL`; nothing passes a `^` here, as a character was read already."""
        before: list[list[int]] = [[] for _ in self.reads]
        before_check: list[list[tuple[Check, int]]] = [[] for _ in self.reads]
        before_read: list[list[int]] = [[] for _ in self.reads]
        for state in range(len(self.reads)):
            for target in self.nfa.jumps[state]:
                before[target].append(state)
            for check, target in self.nfa.checks[state]:
                if check is not Assertion.START:
                    before_check[target].append((check, state))
            for _, target in self.reads[state]:
                before_read[target].append(state)
        ends = _closure([FINAL], lambda state: [*before[state], *(source for _, source in before_check[state])])
        live = _closure(
            ends,
            lambda state: [
                *before[state],
                *before_read[state],
                *(source for check, source in before_check[state] if check is not Assertion.END),
            ],
        )
        return ends, live


def _closure(seeds: Iterable[int], neighbours: Callable[[int], Iterable[int]]) -> frozenset[int]:
    found = set(seeds)
    waiting = list(found)
    while waiting:
        for state in neighbours(waiting.pop()):
            if state not in found:
                found.add(state)
                waiting.append(state)
    return frozenset(found)
