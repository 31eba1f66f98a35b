"""Does a receiver accept everything that a sender may send?

The sender is a conjunction of schemas, seen as a union of branches; the receiver is checked keyword by keyword, each
`allOf` part for itself. A pair that is already being compared is taken to hold, once a property or an item was crossed
(coinduction); what leaned on such a pair is withdrawn if the pair fails.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from contractkit.model.records import record
from contractkit.schema import algebra, arrays, objects, scalars, strings, unions
from contractkit.schema.branch import Branch
from contractkit.schema.effort import Effort
from contractkit.schema.emptiness import Emptiness
from contractkit.schema.evaluate import CannotSayError, asked
from contractkit.schema.expand import Branches, TooManyError, without_anything
from contractkit.schema.identity import Identity
from contractkit.schema.leaning import Leaning
from contractkit.schema.node import ANY, ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING, Node
from contractkit.schema.pinned import Pinned
from contractkit.schema.readings import common_kinds
from contractkit.schema.result import FORM, JSON, PURE, Context, Place, Result, local_candidates, same_value, unanswered
from contractkit.schema.sample import Sampler, valid
from contractkit.schema.unread import check_left_out, doubt_left_out, settle_unknown, unknown_place
from contractkit.schema.wire import can_be_written, never_written, read_as_text, strings_as_numbers, text_branch

ALGEBRA_BUDGET = 300
"""Questions to the set algebra for one contract point."""
MAX_AVOIDED = 2
"""Searches for values that a schema refuses, inside each other."""
FILLED_BUDGET = 400_000
"""Items and properties, all together, of the values that are made large to go beyond a limit."""
AVOIDING_BUDGET = 300
"""Searches for such values for one contract point."""
STEP_BUDGET = 500_000
"""Steps for one contract point; beyond, what is left is undecided."""
TIERS = ((50_000, 1_000_000), (5_000, 800_000), (500, 400_000))
"""What each further point may take at the most, once those of one direction have taken so many steps beyond that."""
MAX_SMALL = 1_000
"""Items or properties of a value that is small."""
MAX_IN_PLACE = 1_000
"""Comparisons of one value inside each other: a condition that leads back to itself makes ever new branches."""
STEPS_PER_COMPARISON = 10
"""A comparison takes about as long as asking this many sub-schemas whether they accept a value."""


@record(eq=False, slots=True)
class _Frame:
    """A pair of schemas that is being compared."""

    result: Result
    crossings: int


class Containment:
    """Decides pairs of schemas, each once; all contract points of a direction share branches, samples and memo."""

    def __init__(self) -> None:
        self.identity = Identity()
        self.branches = Branches()
        self.effort = Effort(STEP_BUDGET, TIERS, elsewhere=asked)
        self._samplers = (
            Sampler(self.branches, self.effort, avoiding=self._avoiding),
            Sampler(self.branches, self.effort, text=True, avoiding=self._avoiding),
        )
        self._outside: dict[int, list[Any]] = {}
        self._avoided = 0
        self._avoiding_left = AVOIDING_BUDGET
        self._filled = 0
        self.sampler = self._samplers[0]
        self.emptiness = Emptiness(self)
        self._memo: dict[tuple[Any, ...], Result] = {}
        self._running: dict[tuple[Any, ...], _Frame] = {}
        self._assumed_failed: set[tuple[Any, ...]] = set()
        self._leaning = Leaning()
        self._crossings = 0
        self._in_place = 0
        self.is_compared = False
        self._algebra_left = ALGEBRA_BUDGET
        self._alive: list[object] = []
        self.pinned = Pinned()

    def start(self, *, text: bool) -> None:
        """Begin a new contract point: its steps are counted afresh, its values are written as text or as JSON."""
        self.effort.start()
        self._algebra_left = ALGEBRA_BUDGET
        self._avoiding_left = AVOIDING_BUDGET
        self.branches.start()
        self.sampler = self._samplers[text]

    def compare(
        self, sender: Sequence[Node], receiver: Node, context: Context = JSON, *, crossed: bool = False
    ) -> Result:
        """Return what a comparison of a conjunction with a receiver finds; `crossed` after a property or item."""
        conjunction = without_anything(sender)
        if any(self.identity.same(node, receiver) for node in conjunction):
            return _ACCEPTED
        key = (*(id(node) for node in conjunction), id(receiver), context)
        return self._once(key, conjunction, receiver, context, None, crossed=crossed)

    def compare_branch(self, branch: Branch, receiver: Node, context: Context) -> Result:
        """Return what a comparison of one branch with a receiver finds."""
        if self.identity.holds(branch.sources, receiver):
            return _ACCEPTED
        if branch.kind == OBJECT and context.parts and context.text != FORM:
            # A part of a form; where it need not be an object it is a text (see there).
            context = context if never_written(self.branches, branch, context.text) else Context(context.exempt)
        key = (id(branch), id(receiver), context)
        return self._once(key, branch.sources, receiver, context, branch, crossed=False)

    def _once(
        self,
        key: tuple[Any, ...],
        sender: tuple[Node, ...],
        receiver: Node,
        context: Context,
        branch: Branch | None,
        *,
        crossed: bool,
    ) -> Result:
        if receiver.is_anything():
            return _ACCEPTED
        known = self._memo.get(key)
        if known is not None:
            self._leaning.renew(known)
            return known
        frame = self._running.get(key)
        if frame is not None:
            if key in self._assumed_failed or self._crossings + crossed > frame.crossings:
                return frame.result
            stuck = unanswered(key, sender, receiver, context, "a schema that refers to itself without an end")
            stuck.stuck = 1 << frame.result.depth
            return stuck
        self.effort.spend(STEPS_PER_COMPARISON + len(receiver.properties))
        if self.effort.is_spent():
            return unanswered(key, sender, receiver, context, "more steps than one contract point may take")
        in_place = 0 if crossed else self._in_place + 1
        if in_place > MAX_IN_PLACE:
            return unanswered(key, sender, receiver, context, "conditions inside each other without an end")
        around, self._in_place = self._in_place, in_place
        self._alive.append((sender, receiver, branch))
        self._crossings += crossed
        result = Result(key, sender, receiver, context, depth=len(self._running))
        bit = 1 << result.depth
        self._run(result, branch)
        if not result.ok and result.leaned_in_union & bit:
            # A union below was decided by taking this pair for granted: look again, knowing that it fails.
            result.places.clear()
            result.edges.clear()
            self._assumed_failed.add(key)
            self._run(result, branch)
            self._assumed_failed.discard(key)
            result.ok = False
        self._crossings -= crossed
        self._in_place = around
        result.leaned_in_union &= ~bit
        result.stuck &= ~bit
        if not result.stuck:
            # What depends on where the search came from is decided anew elsewhere.
            self._memo[key] = result
        return result

    def _run(self, result: Result, branch: Branch | None) -> None:
        sender, receiver, context = result.sender, result.receiver, result.context
        result.running = True
        self._running[result.key] = _Frame(result, self._crossings)
        try:
            if branch is not None:
                self._check_branch(result, branch, receiver, context)
            else:
                self._check_all(result, sender, receiver, context)
        except TooManyError as reason:
            result.add(self.undecided(sender, receiver, "schema", str(reason)))
        del self._running[result.key]
        result.running = False
        self._leaning.settle(result, self._memo)

    def _check_all(self, result: Result, sender: tuple[Node, ...], receiver: Node, context: Context) -> None:
        if len(sender) == 1 and sender[0].is_plain_union():
            self._each_alternative(result, sender[0], receiver, context)
            settle_unknown(result, sender, receiver)
            return
        if not sender:
            sender = (_NOTHING_SAID,)
        branches = self.branches.of(sender)
        if not context.text and all(node.is_anything() for node in sender):
            # Where whole kinds are refused, what else is refused of anything is a part of that.
            branches = [branch for branch in branches if not branch.kind & common_kinds(receiver)] or branches
        found = [self.compare_branch(branch, receiver, context) for branch in branches]
        for child in found:
            result.attach(child, (), same_value)
        result.tell_apart(found)
        settle_unknown(result, sender, receiver)

    def _each_alternative(self, result: Result, union: Node, receiver: Node, context: Context) -> None:
        """Compare the alternatives of a plain union one by one, so that each keeps its name."""
        found: list[Result] = []
        one_of = union.one_of or ()
        parts = one_of if union.any_of is None else union.any_of
        for index, part in enumerate(parts):
            child = self.compare((part,), receiver, context)
            if not child.ok and union.any_of is None:
                others = [self.branches.negated(other) for place, other in enumerate(one_of) if place != index]
                child = self.compare((part, *others), receiver, context)
            elif union.any_of is None:
                # If what it leaned on fails, there is still the other way to look.
                result.lean(child)
            found.append(child)
        unions.attach_alternatives(result, "oneOf" if union.any_of is None else "anyOf", parts, found)
        result.tell_apart(found)

    def _check_branch(self, result: Result, branch: Branch, receiver: Node, context: Context) -> None:
        if context.text and never_written(self.branches, branch, context.text):
            return
        self._keywords(result, branch, receiver, context)
        settle_unknown(result, branch.sources, receiver)
        doubt_left_out(result, branch, receiver)
        if (
            not result.ok
            and context.text
            and not context.part
            and read_as_text(self, result, branch, receiver, context)
        ):
            return
        if result.ok:
            return
        # What follows is rarely of use, and costs more than a look at the keywords.
        empty = self.emptiness.empty(branch)
        tight = None if empty else self.emptiness.tightened(branch)
        if tight is None and not empty:
            return
        # While it is looked at knowing that it fails, what leads back here has to know that, too.
        result.ok = result.key not in self._assumed_failed
        result.places.clear()
        result.edges.clear()
        if tight is not None:
            self._keywords(result, tight, receiver, context)
            doubt_left_out(result, branch, receiver)

    def _keywords(self, result: Result, branch: Branch, receiver: Node, context: Context) -> None:
        if receiver.reference is not None and not any(node.never for node in branch.sources):
            # Where the sender says the same reference, this has been answered by what is equal.
            result.add(unknown_place(receiver.reference, branch.sources, receiver))
            return
        if receiver.never:
            said = scalars.summary(branch)
            result.add(Place("schema", said, False, lambda: self.sampler.of_branch(branch)))
            return
        if receiver.opaque:
            known = {text for node in branch.sources for text in node.opaque}
            unknown = [text for text in receiver.opaque if text not in known]
            if unknown:
                result.add(self.undecided(branch.sources, receiver, "schema", unknown[0]))
                return
        if receiver.left_out:
            check_left_out(result, branch, receiver)
        if branch.values is not None:
            self._each_value(result, branch, receiver, context)
            return
        if not (common_kinds(receiver) if context.text else receiver.kinds) & branch.kind:
            if context.text:
                text_branch(self, result, branch, receiver, context)
            else:
                result.add(scalars.type_place(self, branch, receiver))
            return
        if receiver.enum is not None and (place := scalars.enum_place(self, branch, receiver)) is not None:
            result.add(place)
            return
        if branch.kind == NUMBER:
            scalars.check_number(self, result, branch, receiver)
        elif branch.kind == STRING:
            strings.check(self, result, branch, receiver)
            if context.text and not context.part:
                strings_as_numbers(self, result, branch, receiver, context)
        elif branch.kind == ARRAY:
            arrays.check(self, result, branch, receiver, context)
        elif branch.kind == OBJECT:
            objects.check(self, result, branch, receiver, context)
        unions.check(self, result, branch, receiver, context)

    def _each_value(self, result: Result, branch: Branch, receiver: Node, context: Context) -> None:
        refused: list[Any] = []
        unsure: str | None = None
        for value in branch.values or ():
            if context.text and not can_be_written(value, context.text):
                continue
            try:
                accepted = unions.takes(receiver, value, context)
            except CannotSayError as reason:
                if not valid(branch.sources, value) or not any(self.identity.same(receiver, n) for n in branch.sources):
                    unsure = unsure or str(reason)
                continue
            if not accepted:
                refused.append(value)
        unlisted = branch.kind == BOOLEAN or (branch.kind == NULL and all(node.kinds == ANY for node in branch.sources))
        if unlisted and len(refused) == len(branch.values or ()) and receiver.is_plain_union():
            # Nobody listed these: it is the type that no alternative takes.
            unions.check(self, result, branch, receiver, context)
        elif refused:
            result.add(scalars.values_place(branch, receiver, refused))
        elif unsure is not None:
            result.add(self.undecided(branch.sources, receiver, "schema", unsure))

    def once_compared(self, look: Callable[[], list[Any]]) -> list[Any]:
        """Return values that were looked for in vain while pairs below were running; none before all are compared."""
        if not self.is_compared:
            return []
        self.is_compared = False  # a look inside another one finds no more
        try:
            return look()
        finally:
            self.is_compared = True

    def undecided(
        self, sender: Sequence[Node], receiver: Node, aspect: str, reason: str, *, values: Iterable[Any] = ()
    ) -> Place:
        """Return a place that could not be decided; samples of the sender are still tried as a witness."""
        listed = list(values)

        def candidates() -> list[Any]:
            return [*listed, *self.sampler.values(sender)]

        return Place(aspect, sender[0].raw if sender else True, receiver.raw, candidates, reason=reason)

    def _avoiding(self, branch: Branch) -> list[Any]:
        """Return values of a branch that show what its `nots` refuse: what breaks a comparison with each of them."""
        known = self._outside.get(id(branch))
        if known is not None:
            return known
        if self._avoided >= MAX_AVOIDED or self.emptiness.is_asking or self._avoiding_left <= 0:
            return []
        self._avoiding_left -= 1
        # What is asked for while it is being made is made without.
        self._outside[id(branch)] = []
        self._alive.append(branch)
        self._avoided += 1
        try:
            rows = [local_candidates(self.compare_branch(branch, other, PURE), 8) for other in branch.nots]
        except TooManyError:
            rows = []
        finally:
            self._avoided -= 1
        found = [value for row in rows for value in row]
        for first, second in itertools.pairwise(rows):
            pairs = itertools.product(first[:3], second[:3])
            found += [{**one, **two} for one, two in pairs if isinstance(one, dict) and isinstance(two, dict)]
        self._outside[id(branch)] = found
        return found

    def may_fill(self, size: int) -> bool:
        """Whether a value may still be made that is so large; small ones always may."""
        if size > MAX_SMALL:
            self._filled += size
        return size <= MAX_SMALL or self._filled <= FILLED_BUDGET

    def covers(self, branch: Branch, receiver: Node, keyword: str) -> bool:
        """Whether set algebra proves a part of the receiver; asked a number of times for one contract point at most."""
        self._algebra_left -= 1
        return self._algebra_left >= 0 and algebra.covers(branch, receiver, keyword)

    def proven(self, sender: Sequence[Node], receiver: Node) -> bool:
        """Whether every value of the sender, exemption aside, is surely accepted."""
        return self.compare(sender, receiver, PURE).is_certain


_NOTHING_SAID = Node(raw=True)
_ACCEPTED = Result((), (), _NOTHING_SAID, JSON)
