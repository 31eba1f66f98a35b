r"""Reads a pattern into its syntax tree.

The dialect is ECMA-262 as JSON Schema recommends it (JSON Schema 2020-12 Core, section 6.4), with the liberties of its
annex B (a lone `{`, `}` or `]` stands for itself, and so does `a{,3}`), and with `(?P<name>`, `\A`, `\Z`, `\z`, which
Python and Rust write. `\d` and `\w` are ASCII, `$` is the end of the string and never the place before a final newline.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple, NoReturn

from contractkit.schema.regex.charset import CharSet, single
from contractkit.schema.regex.errors import InvalidPattern, Unsupported
from contractkit.schema.regex.escapes import read_escape
from contractkit.schema.regex.named import DOT
from contractkit.schema.regex.syntax import Assertion, Chars, Choice, Look, Node, Repeat, Sequence, sequence

MAX_TEXT = 100_000
"""Characters of a pattern that is read; the time to read one grows with them."""
MAX_NESTING = 50
MAX_COUNT_DIGITS = 9

_COUNT = re.compile(r"\{([0-9]+)(,?)([0-9]*)\}")
_NAMED_GROUP = re.compile(r"\?P?<([^\W\d][\w$]*)>")
_LOOKS = {"?=": (True, False), "?!": (True, True), "?<=": (False, False), "?<!": (False, True)}
_ASSERTIONS = {
    "b": Assertion.WORD_BOUNDARY,
    "B": Assertion.NO_WORD_BOUNDARY,
    "A": Assertion.START,
    "Z": Assertion.END,
    "z": Assertion.END,
}
_REFUSED_GROUPS = {
    "?>": "atomic group (?>",
    "?#": "comment (?#",
    "?(": "conditional (?(",
    "?|": "branch reset (?|",
    "?P=": "backreference",
    "?P>": "recursion (?P>",
    "?R": "recursion (?R",
    "?&": "recursion (?&",
}


class _Group(NamedTuple):
    """A group that is being read: its look, if it is one, its finished options, and the items of the last one."""

    opened_at: int
    look: tuple[bool, bool] | None
    options: list[Node]
    items: list[Node]


@lru_cache(maxsize=1024)
def parse(text: str) -> Node:
    """Read a pattern.

    Raises:
        InvalidPattern: the text is no regular expression.
        Unsupported: it uses a construct that this package cannot even evaluate, nests deeper than `MAX_NESTING`, or is
            longer than `MAX_TEXT`.
    """
    if len(text) > MAX_TEXT:
        raise Unsupported(f"a text of more than {MAX_TEXT} characters")
    return _Parser(text).parse()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.stack = [_Group(0, None, [], [])]
        self.repeatable = False

    def parse(self) -> Node:
        while self.at < len(self.text):
            self._step(self.text[self.at])
        if len(self.stack) > 1:
            raise InvalidPattern(f"the group opened at character {self.stack[-1].opened_at + 1} is never closed")
        return _close(self.stack.pop())

    def _step(self, char: str) -> None:
        group = self.stack[-1]
        if char == "(":
            self._open()
        elif char == ")":
            self._shut()
        elif char == "|":
            group.options.append(sequence(group.items))
            group.items.clear()
            self.at += 1
            self.repeatable = False
        elif char in "*+?" or (char == "{" and _COUNT.match(self.text, self.at)):
            self._quantify(char)
        elif char == "^":
            self._add(Assertion.START, self.at + 1)
        elif char == "$":
            self._add(Assertion.END, self.at + 1)
        elif char == "[":
            self._add(*self._class())
        elif char == "\\" and (assertion := _ASSERTIONS.get(self.text[self.at + 1 : self.at + 2])):
            self._add(assertion, self.at + 2)
        elif char == "\\":
            charset, after = read_escape(self.text, self.at)
            self._add(Chars(charset), after)
        else:
            self._add(Chars(DOT if char == "." else single(ord(char))), self.at + 1)

    def _add(self, node: Node, after: int) -> None:
        self.stack[-1].items.append(node)
        self.at = after
        self.repeatable = True

    def _open(self) -> None:
        if len(self.stack) > MAX_NESTING:
            raise Unsupported(f"nesting deeper than {MAX_NESTING} groups")
        opened_at, after, look = self.at, self.at + 1, None
        if self.text.startswith("?", after):
            head = self.text[after : after + 3]
            look_head = next((known for known in _LOOKS if head.startswith(known)), None)
            named = _NAMED_GROUP.match(self.text, after)
            if look_head:
                look = _LOOKS[look_head]
                after += len(look_head)
            elif head.startswith("?:"):
                after += 2
            elif named:
                after = named.end()
            else:
                self._refuse_group(head)
        self.stack.append(_Group(opened_at, look, [], []))
        self.at = after
        self.repeatable = False

    def _refuse_group(self, head: str) -> NoReturn:
        construct = next((name for known, name in _REFUSED_GROUPS.items() if head.startswith(known)), None)
        if construct:
            raise Unsupported(construct)
        if re.match(r"\?[-a-zA-Z]", head) and not head.startswith("?P"):
            raise Unsupported(f"inline flag (?{head[1]}")
        raise InvalidPattern(f"unknown group (? at character {self.at + 1}")

    def _shut(self) -> None:
        if len(self.stack) == 1:
            raise InvalidPattern(f"unbalanced ) at character {self.at + 1}")
        group = self.stack.pop()
        node = _close(group)
        if group.look is not None:
            node = Look(node, ahead=group.look[0], negative=group.look[1])
        self._add(node, self.at + 1)

    def _quantify(self, char: str) -> None:
        if not self.repeatable:
            raise InvalidPattern(f"nothing to repeat at character {self.at + 1}")
        minimum, maximum, after = self._bounds(char)
        if self.text.startswith("?", after):
            # A lazy quantifier tries its matches in another order; the language is the same.
            after += 1
        elif self.text.startswith("+", after):
            raise Unsupported("possessive quantifier")
        items = self.stack[-1].items
        items.append(_repeat(items.pop(), minimum, maximum))
        self.at = after
        self.repeatable = False

    def _bounds(self, char: str) -> tuple[int, int | None, int]:
        if char != "{":
            return int(char == "+"), 1 if char == "?" else None, self.at + 1
        found = _COUNT.match(self.text, self.at)
        assert found is not None
        low, comma, high = found.groups()
        if max(len(low), len(high)) > MAX_COUNT_DIGITS:
            raise Unsupported(f"repetition count of more than {MAX_COUNT_DIGITS} digits")
        minimum = int(low)
        maximum = (int(high) if high else None) if comma else minimum
        if maximum is not None and maximum < minimum:
            raise InvalidPattern(f"the repetition {found[0]} at character {self.at + 1} ends before it begins")
        return minimum, maximum, found.end()

    def _class(self) -> tuple[Node, int]:
        text, opened_at = self.text, self.at
        at = opened_at + 1
        negated = text.startswith("^", at)
        at += negated
        ranges: list[tuple[int, int]] = []
        while not text.startswith("]", at):
            if at >= len(text):
                raise InvalidPattern(f"the class opened at character {opened_at + 1} is never closed")
            start = at
            low, at = self._class_atom(at)
            if text.startswith("-", at) and at + 1 < len(text) and text[at + 1] != "]":
                high, at = self._class_atom(at + 1)
                ranges += _span(low, high, start)
            else:
                ranges += low.ranges
        charset = CharSet.of(ranges)
        return Chars(charset.complement() if negated else charset), at + 1

    def _class_atom(self, at: int) -> tuple[CharSet, int]:
        text = self.text
        if text[at] == "\\":
            if text[at + 1 : at + 2] == "b":
                return single(0x08), at + 2
            return read_escape(text, at)
        if re.match(r"\[[:.=]", text[at : at + 2]) and text[at + 1] + "]" in text[at + 2 :]:
            # ECMA-262 reads these characters one by one, the engines that pydantic and PostgreSQL use read a name.
            raise Unsupported("POSIX class [" + text[at + 1])
        return single(ord(text[at])), at + 1


def _span(low: CharSet, high: CharSet, at: int) -> list[tuple[int, int]]:
    first, last = low.only(), high.only()
    if first is None or last is None:
        # ECMA-262, annex B.1.2: beside a set such as \d the hyphen stands for itself.
        return [*low.ranges, (0x2D, 0x2D), *high.ranges]
    if last < first:
        raise InvalidPattern(f"the range at character {at + 1} ends before it begins")
    return [(first, last)]


def _close(group: _Group) -> Node:
    last = sequence(group.items)
    return Choice((*group.options, last)) if group.options else last


def _repeat(item: Node, minimum: int, maximum: int | None) -> Node:
    if maximum == 0:
        return Sequence(())
    return item if (minimum, maximum) == (1, 1) else Repeat(item, minimum, maximum)
