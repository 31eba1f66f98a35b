"""Independent validators confirm a witness: the sender's side accepts it, the receiver's side refuses it.

`jsonschema_rs` is asked always. Where schema and value hold what validators are known to disagree about (patterns and
characters beyond plain ASCII, `multipleOf` and fractions), `jsonschema` must agree.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Sequence
from typing import Any

from contractkit.model.jsontext import typed_text
from contractkit.schema.complaint import inside, message
from contractkit.schema.dump import Dump, dump
from contractkit.schema.node import Node
from contractkit.schema.point import CONTEXTS, Mode
from contractkit.schema.readings import lists_of_one, may_read_lists, readings
from contractkit.schema.steps import Toll, is_deeper, takes_no_more

Error = tuple[tuple[str | int, ...], tuple[str | int, ...]]
"""Where a validator finds a value wrong: the place in the value, and in the schema."""
TOO_DEEP = "it is nested too deep to say where"
"""What stands for the words of a validator that refuses a value and cannot say why."""
MAX_ERRORS = 500
"""Errors of one value that are looked at."""
MAX_STEPS = 5_000_000
"""Steps up to which `jsonschema_rs` is asked whether a value is valid: it takes a million in 0.04 s."""
MAX_TOLD_LEVELS = 100
"""Values inside each other up to which a schema that has unions, or parts, is asked for the errors."""
MAX_TOLD_STEPS = 20_000
"""Steps up to which it is asked for the errors, of which it keeps all at once, and `jsonschema` for anything."""


class Validators:
    """Makes the validators of a schema once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], _Judge] = {}
        self._alive: list[Sequence[Node]] = []

    def confirm(self, sender: Node, receiver: Node, value: Any, *, mode: Mode) -> bool:
        """Whether the value is valid for the sender's schema and invalid for the receiver's.

        Args:
            sender: the whole schema of the side that sends, at the contract point.
            receiver: the whole schema of the side that receives.
            value: the whole JSON value.
            mode: how the value is written: where that is as text, the receiver may read it in several ways.
        """
        text = mode is not Mode.JSON
        sends, receives = self._judge(sender, receives=False), self._judge(receiver, receives=True)
        keywords = sends.dump.keywords | receives.dump.keywords
        contested = {"pattern", "multipleOf"} & keywords
        second = bool(contested) and "backtracking" not in keywords and is_contested(value)
        if not sends.accepts(value, second=second):
            return False
        if text and not any(sends.accepts(one, second=second) for one in _read(value, sender, mode)):
            return False
        options = _read(value, receiver, mode)
        if text and may_read_lists(receiver) and not isinstance(value, list | dict):
            options += lists_of_one(value, receiver)
        # A format that only one validator knows cannot be refused by both.
        second = second and "format" not in receives.dump.keywords
        return all(receives.refuses(option, second=second) for option in options)

    def accept(self, node: Node, value: Any, *, mode: Mode) -> bool:
        """Whether the value, also as it is read from what is written, is valid for a schema."""
        judge = self._judge(node, receives=False)
        second = bool({"pattern", "multipleOf"} & judge.dump.keywords) and "backtracking" not in judge.dump.keywords
        second = second and is_contested(value)
        options = _read(value, node, mode)
        return judge.accepts(value, second=second) and any(judge.accepts(one, second=second) for one in options)

    def refusal(
        self, receiver: Node, value: Any, near: Sequence[str] = (), keywords: Sequence[str] = (), *, mode: Mode
    ) -> str:
        """Return in words why the receiver refuses a value; empty when the validator says nothing.

        Of several reasons it is that of the place at the path `near` (`items`, `[]`, `qty`), or closest to it, and
        there that of one of the keywords.
        """
        reading = self._best(receiver, value, mode)
        return self._judge(receiver, receives=True).complaint(reading, near, keywords)

    def errors(self, receiver: Node, value: Any, *, mode: Mode) -> frozenset[Error]:
        """Return all errors that the receiver finds in a value, those of alternatives included; none if too many."""
        return self._judge(receiver, receives=True).errors(self._best(receiver, value, mode))

    def _best(self, receiver: Node, value: Any, mode: Mode) -> Any:
        """Return what a receiver reads: of several readings of a text one whose type it takes."""
        if mode is Mode.JSON:
            return value
        judge = self._judge(receiver, receives=True)

        def wrong_types(reading: Any) -> int:
            return sum("type" in where for _, where in judge.errors(reading))

        options = _read(value, None, mode)
        if may_read_lists(receiver) and not isinstance(value, list | dict):
            options += lists_of_one(value, receiver)
        return min(reversed(options), key=wrong_types)

    def _judge(self, node: Node, *, receives: bool) -> _Judge:
        key = (id(node), receives)
        if key not in self._known:
            self._known[key] = _Judge(dump((node,), opaque=receives, unsent=receives))
            self._alive.append((node,))
        return self._known[key]


def _read(value: Any, node: Node | None, mode: Mode) -> list[Any]:
    """Return what may be read from what is written for a value."""
    context = CONTEXTS[mode]
    return [value] if mode is Mode.JSON else readings(value, node, parts=context.parts, joined=context.joined)


def shared(place: Sequence[str | int], path: Sequence[str]) -> int:
    """Return how many steps from the root a place in a value and a path have in common; `*` is any name."""
    steps = ("[]" if isinstance(step, int) else step for step in place)
    pairs = zip(steps, path, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[1] in (pair[0], "*"), pairs))


def reaches(place: Sequence[str | int], path: Sequence[str]) -> bool:
    """Whether a place in a value is at a path (`items`, `[]`, `qty`; `*` is any name) or below it."""
    return len(place) >= len(path) and all(
        step.startswith("[") if isinstance(one, int) else step in (one, "*")
        for one, step in zip(place, path, strict=False)
    )


def is_contested(value: Any) -> bool:
    """Whether a value holds what validators disagree about: characters beyond ASCII, controls, fractions."""
    text = typed_text(value)
    return not text.isascii() or "\\" in text or _FRACTION.search(text) is not None


_FRACTION = re.compile(r"\d[.eE]\d?")


_NAMING = frozenset({"required", "additionalProperties", "unevaluatedProperties", "propertyNames"})
"""The keywords whose errors name properties; in those of others a name is a part of the value."""


class _Judge:
    def __init__(self, made: Dump) -> None:
        self.dump = made
        self._last: tuple[Any, tuple[Any, ...] | None] = (self, None)

    @functools.cached_property
    def _fast(self) -> Any:
        import jsonschema_rs

        if self._toll.weight * self._toll.ways > MAX_STEPS and self._toll.weight > 1:
            return None  # to make it would take as long
        try:
            return jsonschema_rs.Draft202012Validator(self.dump.schema, validate_formats=True)
        except (ValueError, jsonschema_rs.ValidationError):
            return None

    @functools.cached_property
    def _toll(self) -> Toll:
        return Toll(self.dump.written)

    @functools.cached_property
    def _slow(self) -> Any:
        import jsonschema

        return jsonschema.Draft202012Validator(self.dump.schema)

    def accepts(self, value: Any, *, second: bool) -> bool:
        """Whether the validators agree that the value is valid; an unreadable part is never agreed on."""
        verdicts = self._verdicts(value, second=second)
        return not self.dump.opaque and all(verdict is True for verdict in verdicts)

    def refuses(self, value: Any, *, second: bool) -> bool:
        """Whether the validators agree that the value is invalid."""
        return not self.dump.opaque and all(verdict is False for verdict in self._verdicts(value, second=second))

    def complaint(self, value: Any, near: Sequence[str], keywords: Sequence[str] = ()) -> str:
        """Return the error that is closest to a path in words, with its place in the value; else the first one."""
        whole = self._reasons(value)
        if not whole:
            return "" if whole is not None else TOO_DEEP

        def is_named(error: Any) -> bool:
            return (
                bool(near)
                and error.kind.name in _NAMING
                and (f'"{near[-1]}"' in error.message or f"'{near[-1]}'" in error.message)
            )

        def is_there(error: Any) -> bool:
            place = error.instance_path
            if not near or reaches(place, near):
                return bool(near)
            return is_named(error) and len(place) == len(near) - 1 and reaches(place, near[:-1])

        def closeness(error: Any) -> tuple[int, bool, bool, bool]:
            steps = shared(error.instance_path, near)
            # What is wrong on the way to the place, or in it, says more of it than what is wrong beside it.
            is_on_the_way = steps in (len(error.instance_path), len(near))
            is_said = bool(error.schema_path) and error.schema_path[-1] in keywords
            return steps, is_on_the_way, is_said, is_named(error)

        errors = [inner for error in whole for inner in inside(error, is_there)]
        error = max(errors, key=closeness)
        place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path).lstrip(
            "."
        )
        return f"{place}: {message(error)}" if place else message(error)

    def errors(self, value: Any) -> frozenset[Error]:
        """Return all errors, none where there are more than `MAX_ERRORS`."""
        found: set[Error] = set()
        errors = list(self._reasons(value) or ())
        while errors:
            if len(found) + len(errors) >= MAX_ERRORS:
                return frozenset()
            error = errors.pop()
            found.add((tuple(error.instance_path), tuple(error.schema_path)))
            for alternative in getattr(error.kind, "context", ()):
                errors += alternative
        return frozenset(found)

    def _reasons(self, value: Any) -> tuple[Any, ...] | None:
        """Return the first errors of a value; None where the value is nested too deep for that, or the schema."""
        if self._fast is None:
            return ()
        # What is wrong with a value is asked for in several ways, one after the other.
        if self._last[0] is not value:
            self._last = value, self._told(value) if self._may_be_told(value) else None
        return self._last[1]

    def _may_be_told(self, value: Any) -> bool:
        """Whether the errors of a value can be had: those of a union hold those of all unions below, each in full."""
        return self._ends(value, MAX_TOLD_STEPS) and (self._toll.ways == 1 or not is_deeper(value, MAX_TOLD_LEVELS))

    def _told(self, value: Any) -> tuple[Any, ...] | None:
        try:
            return tuple(itertools.islice(self._fast.iter_errors(value), MAX_ERRORS))
        except ValueError:
            return None

    def _ends(self, value: Any, most: int) -> bool:
        """Whether a validator is done with a value after so many steps."""
        return takes_no_more(self.dump.schema, value, most, self._toll)

    def _verdicts(self, value: Any, *, second: bool) -> list[bool | None]:
        if self._fast is None or not self._ends(value, MAX_STEPS // self._toll.weight):
            return [None]
        try:
            verdicts: list[bool | None] = [self._fast.is_valid(value)]
        except ValueError:
            return [None]
        if second and not self._ends(value, MAX_TOLD_STEPS):
            verdicts.append(None)
        elif second:
            try:
                verdicts.append(self._slow.is_valid(value))
            except (re.error, RecursionError, ValueError, ArithmeticError):
                # A pattern that Python's `re` cannot read, a recursion: this validator has no opinion.
                verdicts.append(None)
        return verdicts
