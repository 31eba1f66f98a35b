"""Makes small values that a sender may send."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from contractkit.model.jsontext import typed_text
from contractkit.schema import regex
from contractkit.schema.branch import Branch
from contractkit.schema.effort import Effort
from contractkit.schema.evaluate import CannotSayError, accepts
from contractkit.schema.expand import Branches, TooManyError
from contractkit.schema.formats import FORMATS
from contractkit.schema.node import ARRAY, NULL, NUMBER, OBJECT, STRING, Node, kind_of
from contractkit.schema.packing import packed
from contractkit.schema.several import different, guesses, is_counted, numbers, shown
from contractkit.schema.texts import MAX_FILL, empty_texts, padded

MAX_NAMES = 10_002
"""Names that are made up for one object, to have more of them than a schema allows."""
MAX_DEPTH = 600
STEPS_PER_SEARCH = 10
"""What a search for the values of a schema counts: alternatives that lead back to each other are searched again."""
MAX_UNSURE = 8
"""Values that nobody can judge here, of which one is taken where no other is found."""
MAX_SMALL = 64  # items of an array that is made whatever else is made
ITEM_WEIGHT = 4
"""What a character of an item counts: lists take longer to be judged than texts."""
MAX_TEXT = 1_200_000  # characters of a value: where each level holds the next one twice, it doubles
MAX_FILLED = 2_000_000
"""Characters of all larger arrays and texts together: those that a schema asks for."""
_TEXTS = ("a", "", "0", "ab", "A", "a b", "1", "-", "é", "aa", "abc", "a@b.co", "2024-01-01", "1.0", "a-b", "a_b", "x1")
_ANYTHING, _NAME = Node(raw=True), Node(raw=True, kinds=STRING)


def valid(nodes: Iterable[Node], value: Any) -> bool:
    """Whether all schemas surely accept the value."""
    try:
        return all(accepts(node, value) for node in nodes)
    except CannotSayError:
        return False


def belongs(branch: Branch, value: Any) -> bool:
    """Whether a branch surely has the value. What it chose of a union is asked before the union: it refuses most."""
    return branch.kind == kind_of(value) and valid(reversed(branch.sources), value)


def _judged(nodes: Iterable[Node], value: Any) -> bool | None:
    """Return whether all schemas accept the value; None where nobody can say here, though the validators can."""
    sure = True
    for node in nodes:
        try:
            if not accepts(node, value):
                return False
        except CannotSayError:
            sure = False
    return True if sure else None


class Sampler:
    """Makes values, smallest first, the same ones on every run.

    Args:
        branches: the expansion of schemas into branches.
        effort: what a contract point may take; once it is spent, no value that has to be tried out is found.
        text: whether the values are written as text: no null, no empty list.
        avoiding: makes values of a branch that the schemas refuse which do not hold for it.
    """

    def __init__(
        self,
        branches: Branches,
        effort: Effort,
        *,
        text: bool = False,
        avoiding: Callable[[Branch], Iterable[Any]] = lambda _: (),
    ) -> None:
        self._branches = branches
        self._effort = effort
        self._text = text
        self._avoiding = avoiding
        self._values: dict[tuple[int, ...], list[Any]] = {}
        self._running: set[tuple[int, ...]] = set()
        self._alive: list[Sequence[Node]] = []
        self._smallest: dict[Branch, dict[str, Any] | None] = {}
        self._texts: dict[int, str] = {}
        self._depth = 0
        self._filled = 0

    def values(self, conjunction: Sequence[Node]) -> list[Any]:
        """Return up to eight values that every node accepts; none when none was found.

        Where none surely is accepted, they are ones that the validators have to judge.
        """
        key = tuple(id(node) for node in conjunction)
        if key in self._values:
            return self._values[key]
        if key in self._running or self._depth > MAX_DEPTH or self._effort.is_spent():
            return []
        self._effort.spend(STEPS_PER_SEARCH)
        self._running.add(key)
        self._depth += 1
        found, unsure, complete = dict[str, Any](), dict[str, Any](), True
        try:
            for branch in self._branches.of(conjunction):
                count = 0
                for value in self.of_branch(branch):
                    text = self._text_of(value)
                    if len(text) > MAX_TEXT:
                        continue
                    holds = branch.is_simple or _judged(conjunction, value)
                    if holds is None and len(unsure) < MAX_UNSURE and not any(node.opaque for node in branch.sources):
                        unsure.setdefault(text, value)
                    if holds:
                        found.setdefault(text, value)
                        count += 1
                        if count >= 3:
                            break
        except TooManyError:
            complete = False
        finally:
            self._running.discard(key)
            self._depth -= 1
        if not found and complete:
            # What no search finds may be what the author shows; else it is one that only the validators can judge.
            examples = [value for value in shown(conjunction) if _judged(conjunction, value) is not False]
            found = {self._text_of(value): value for value in examples} or unsure
        empty = {text: empty_texts(value) if self._text else 0 for text, value in found.items()}
        values = [found[text] for text in sorted(found, key=lambda text: (empty[text], len(text), text))][:8]
        if values or (complete and not self._running and not self._effort.is_spent()):
            # An empty answer inside a recursion may only mean that the recursion was cut.
            self._values[key] = values
            self._texts |= {id(value): self._text_of(value) for value in values if isinstance(value, dict | list)}
            self._alive.append(tuple(conjunction))
        return values

    def _text_of(self, value: Any) -> str:
        """Return `typed_text`; what stands deep inside was written when it was made, and is not written again."""
        known = self._texts.get(id(value))
        if known is not None:
            return known
        if isinstance(value, dict):
            return "{" + ",".join(f"{typed_text(name)}:{self._text_of(value[name])}" for name in sorted(value)) + "}"
        if isinstance(value, list):
            return "[" + ",".join(map(self._text_of, value)) + "]"
        return typed_text(value)

    def of_branch(self, branch: Branch) -> Iterator[Any]:
        """Yield values that belong to a branch, as far as its own bounds and what it refuses say."""
        if not branch.nots or branch.values is not None:
            yield from self._unrefused(branch)
            return
        for value in (*self._unrefused(branch), *self._avoiding(branch)):
            self._effort.spend(len(branch.nots))
            if self._effort.is_spent():
                return
            if not any(valid((node,), value) for node in branch.nots):
                yield value

    def _unrefused(self, branch: Branch) -> Iterator[Any]:
        if branch.kind == NULL and self._text:
            return
        if branch.values is not None:
            yield from branch.values
        elif branch.kind == NUMBER:
            yield from numbers(branch)
        elif branch.kind == STRING:
            yield from self.texts(branch)
        elif branch.kind == ARRAY:
            yield from self.arrays(branch)
        else:
            yield from self.objects(branch)

    def texts(self, branch: Branch, outside: Sequence[regex.Lang] = ()) -> Iterator[str]:
        """Yield texts of a branch that lie outside the given languages."""
        for name in branch.formats:
            yield from FORMATS[name].samples
        inside_text = tuple(node.content_schema for node in branch.sources if node.content_schema is not None)
        if inside_text:
            content = {text for node in branch.sources for text in node.content}
            for value in self.values(inside_text):
                yield from packed(value, content)
        fill = max(branch.min_length, 0)
        if fill > MAX_SMALL:
            self._filled += fill
            if self._filled > MAX_FILLED:
                return
        if not branch.patterns and not outside:
            if branch.formats:
                yield from padded(branch, max(fill, *(FORMATS[name].lengths[0] for name in branch.formats)))
                yield from different(branch, 3)
                return
            longest = branch.max_length
            made = ["", "a", "b", "ab"] if fill == 0 else []
            made += ["a" * fill, "b" * (fill + 1), "0" * fill] if fill <= MAX_FILL else []
            yield from (text for text in made if longest is None or len(text) <= longest)
            return
        try:
            inside = [regex.pattern(pattern) for pattern in branch.patterns]
            inside.append(regex.length(branch.min_length, branch.max_length))
            inside += [regex.fullmatch(under) for name in branch.formats if (under := FORMATS[name].under) is not None]
            yield from regex.examples(inside, outside, limit=6)
        except (regex.Unsupported, ValueError):
            yield from guesses(branch)
            yield from _TEXTS

    def arrays(self, branch: Branch, fixed: Mapping[int, Any] | None = None) -> Iterator[list[Any]]:
        """Yield short arrays of a branch with the given items in place, each once."""
        fixed = fixed or {}
        least = max(branch.min_items, max(fixed, default=-1) + 1, int(self._text))
        counted = [node for node in branch.sources if node.contains is not None]
        sizes = [least, least + 1] if fixed or least else [0, 1]
        if fixed and counted:
            sizes.append(least + max(node.min_contains for node in counted))
        longest, made = branch.longest, list[list[Any]]()
        if len(fixed) == least and not counted and not branch.unique_items and (longest is None or least <= longest):
            made.append([fixed[index] for index in range(least)])
            yield made[0]  # nothing is left to choose
        for size in dict.fromkeys(sizes):
            if (longest is not None and size > longest) or (size > MAX_SMALL and (size > least or counted)):
                continue
            for shift in (0, 1) if size <= MAX_SMALL else (0,):
                items = self._items(branch, fixed, size, counted, shift)
                if items is None or not is_counted(counted, items):
                    continue
                if not any(items == one and typed_text(items) == typed_text(one) for one in made):
                    made.append(items)  # nothing is written of the first one, which may be deep and enough
                    yield items

    def _items(
        self, branch: Branch, fixed: Mapping[int, Any], size: int, counted: Sequence[Node], shift: int
    ) -> list[Any] | None:
        """Return an array of a size; the last items are those that `contains` asks for."""
        wanted = [node.contains for node in counted if node.contains is not None]
        needed = max((node.min_contains for node in counted), default=0)
        limited = [node.contains for node in counted if node.contains is not None and node.max_contains is not None]
        items: list[Any] = []
        texts: set[str] = set()
        others: dict[tuple[int, ...], Iterator[Any]] = {}
        for index in range(size):
            if size > MAX_SMALL and items:
                # Long arrays are bounded all together, by what is written of them.
                self._filled += ITEM_WEIGHT * len(self._text_of(items[-1]))
                if self._filled > MAX_FILLED:
                    return None
            if branch.unique_items and items:
                texts.add(typed_text(items[-1]))
            if index in fixed:
                items.append(fixed[index])
                continue
            allowed = branch.item(index)
            choices: list[Any] = []
            if wanted and index >= size - needed:
                choices = self.values([*allowed, *wanted])
            elif limited:
                choices = [item for item in self._any(allowed) if not any(valid((one,), item) for one in limited)]
            choices = choices or self._any(allowed)
            if not choices:
                return None
            fresh = [item for item in choices if typed_text(item) not in texts] if branch.unique_items else choices
            if not fresh:
                key = tuple(map(id, allowed))
                if key not in others:
                    others[key] = self._others(allowed, size, texts)
                fresh = list(itertools.islice(others[key], 1))
            items.append((fresh or choices)[min(shift, len(fresh or choices) - 1)])
        return items

    def _others(self, conjunction: Sequence[Node], count: int, known: set[str]) -> Iterator[Any]:
        """Yield values of a schema that are none of the known ones, looked for among `count` of each branch."""
        with contextlib.suppress(TooManyError):
            for branch in self._branches.of(conjunction or (_ANYTHING,)):
                for value in different(branch, count):
                    if typed_text(value) not in known and (branch.is_simple or valid(conjunction, value)):
                        yield value
                for name in sorted(branch.required)[:1] if branch.kind == OBJECT else ():
                    for value in self._others(branch.at(name), count, set()):
                        made = self.object(branch, {name: value})
                        if made is not None and typed_text(made) not in known and valid(conjunction, made):
                            yield made

    def objects(self, branch: Branch) -> Iterator[dict[str, Any]]:
        """Yield small objects of a branch: the minimal one, then variations of one property each."""
        smallest = self.object(branch, {})
        if smallest is None:
            return
        yield smallest
        for name in branch.names[:40]:
            for value in self._any(branch.at(name))[:3]:
                if name not in smallest or self._text_of(smallest[name]) != self._text_of(value):
                    larger = self.object(branch, {name: value})
                    if larger is not None:
                        yield larger

    def object(
        self, branch: Branch, fixed: Mapping[str, Any], avoid: Iterable[str] = (), size: int = 0
    ) -> dict[str, Any] | None:
        """Return the smallest object of a branch with the given properties, without the avoided names.

        Args:
            branch: an object branch.
            fixed: properties that must stand there.
            avoid: names that must not (unless the branch requires them: then None).
            size: the least number of properties.
        """
        avoided = set(avoid)
        if fixed and not avoided and not size:
            # The usual case, asked for once for each property and once for each level of a deep witness.
            if branch not in self._smallest:
                dependent = any(node.dependent_required for node in branch.sources)
                self._smallest[branch] = None if dependent else self.object(branch, {})
            smallest = self._smallest[branch]
            if smallest is not None:
                return {**smallest, **fixed}
        todo = [*fixed, *(name for name in sorted(branch.required) if name not in fixed)]
        made: dict[str, Any] = {}
        while todo:
            name = todo.pop(0)
            if name in made:
                continue
            if name in avoided:
                return None
            if name in fixed:
                made[name] = fixed[name]
            else:
                choices = self._any(branch.at(name))
                if not choices:
                    return None
                made[name] = choices[0]
            for node in branch.sources:
                todo += node.dependent_required.get(name, ())
        least = max(branch.min_properties, size)
        if len(made) < least:
            for name in self.spare_names(branch, avoided):
                if len(made) >= least:
                    break
                if name not in made:
                    choices = self._any(branch.at(name))
                    if choices:
                        made[name] = choices[0]
        return made if len(made) >= least else None

    def tagged(self, conjunction: Sequence[Node], value: Any, without: frozenset[str]) -> Any:
        """Return a value with the properties that have one possible value, by which unions tell alternatives apart.

        Args:
            conjunction: the schemas that accept the value.
            value: a JSON value.
            without: names that are not added.
        """
        if not isinstance(value, dict | list):
            return value
        try:
            branches = self._branches.of(conjunction)
        except TooManyError:
            return value
        branch = next((one for one in branches if one.values is None and belongs(one, value)), None)
        if branch is None:
            return value
        if isinstance(value, list):
            return [self.tagged(branch.item(index), item, without) for index, item in enumerate(value)]
        made = {name: self.tagged(branch.at(name), item, without) for name, item in value.items()}
        return {**{name: tag for name, tag in branch.tags.items() if name not in value and name not in without}, **made}

    def spare_names(self, branch: Branch, avoided: Iterable[str]) -> Iterator[str]:
        """Yield declared names, then undeclared ones, that the branch may send."""
        skip = set(avoided)
        needing = {name for node in branch.sources for name in node.dependent_required}
        declared = sorted((name for name in branch.names if name not in skip), key=lambda name: (name in needing, name))
        yield from (name for name in declared if not any(node.never for node in branch.at(name)))
        yield from (name for name in self.fresh_names(branch) if name not in skip)

    def fresh_names(self, branch: Branch) -> Iterator[str]:
        """Yield names that no layer declares but the branch may send, where it is open."""
        for layer in branch.object_layers:
            for pattern in layer.pattern_properties:
                try:
                    yield from regex.examples([regex.pattern(pattern)], limit=2)
                except (regex.Unsupported, ValueError):
                    continue
        if branch.is_closed():
            return
        known = set(branch.names)
        rules = branch.name_rules
        pool: Iterable[Any] = ()
        if rules:
            named = (*rules, _NAME)
            pool = itertools.chain(self.values(named), self._others(named, MAX_SMALL, set()))
        for name in itertools.chain(pool, ("x", "extra"), (f"x{index}" for index in range(1, MAX_NAMES))):
            if isinstance(name, str) and name not in known and valid(rules, name):
                yield name

    def _any(self, conjunction: Sequence[Node]) -> list[Any]:
        if conjunction:
            return self.values(conjunction)
        return [0, "a", False] if self._text else [None, 0, "", False, [], {}]
