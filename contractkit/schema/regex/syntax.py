"""The syntax tree of a pattern."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from contractkit.model.records import record
from contractkit.schema.regex.charset import CharSet


class Assertion(Enum):
    """A condition on a place between two characters that looks at its direct neighbours only."""

    START = "^"
    END = "$"
    WORD_BOUNDARY = "\\b"
    NO_WORD_BOUNDARY = "\\B"


@record(frozen=True, slots=True)
class Chars:
    """One character out of a set."""

    charset: CharSet


@record(frozen=True, slots=True)
class Sequence:
    """Its items one after the other; without items the empty string."""

    items: tuple[Node, ...]


@record(frozen=True, slots=True)
class Choice:
    """Any one of its options."""

    options: tuple[Node, ...]


@record(frozen=True, slots=True)
class Repeat:
    """Its item from `minimum` to `maximum` times; without a maximum any number of times."""

    item: Node
    minimum: int
    maximum: int | None


@record(frozen=True, slots=True)
class Look:
    """A lookahead or lookbehind."""

    body: Node
    ahead: bool
    negative: bool

    @property
    def construct(self) -> str:
        """The construct's name as messages write it."""
        if self.ahead:
            return "lookahead (?!" if self.negative else "lookahead (?="
        return "lookbehind (?<!" if self.negative else "lookbehind (?<="


Node = Chars | Sequence | Choice | Repeat | Look | Assertion


def sequence(items: Iterable[Node]) -> Node:
    """The items one after the other, inner sequences spliced in; a single item stands for itself."""
    flat: list[Node] = []
    for item in items:
        flat.extend(item.items if isinstance(item, Sequence) else (item,))
    return flat[0] if len(flat) == 1 else Sequence(tuple(flat))


def options(node: Node) -> tuple[Node, ...]:
    """The alternatives of a node; a node that is no choice is its only one."""
    return node.options if isinstance(node, Choice) else (node,)


def items(node: Node) -> tuple[Node, ...]:
    """The items of a node; a node that is no sequence is its only one."""
    return node.items if isinstance(node, Sequence) else (node,)
