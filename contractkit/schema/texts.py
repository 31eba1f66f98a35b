"""What is known of a branch's strings: a superset as languages, bounds of their length, samples of a given length."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from contractkit.schema import regex
from contractkit.schema.branch import Branch, least
from contractkit.schema.formats import FORMATS

MAX_FILL = 1_000_001
"""Characters of a text that is made to be as long as a schema asks; a longer one shows nothing to a person."""
_PADS = {"uri": "https://a.co/", "uri-reference": "/", "iri": "https://a.co/", "iri-reference": "/"}
"""Formats of any length: what a text of any length may begin with."""


class Texts:
    """The strings of one branch.

    Attributes:
        doubt: why the languages are only a superset, None where they are exact.
        shortest: a lower bound of the length.
        longest: an upper bound of the length, None for none.
    """

    def __init__(self, branch: Branch) -> None:
        self._branch = branch
        self.doubt: str | None = f"format {', '.join(branch.formats)}" if branch.formats else None
        sizes = [FORMATS[name].lengths for name in branch.formats]
        self.shortest = max([branch.min_length, *(low for low, _ in sizes)])
        self.longest = branch.max_length
        for _, high in sizes:
            self.longest = least(self.longest, high)

    @cached_property
    def inside(self) -> list[regex.Lang]:
        """Languages that all hold every string of the branch."""
        branch = self._branch
        found: list[regex.Lang] = []
        if branch.min_length or branch.max_length is not None:
            found.append(regex.length(branch.min_length, branch.max_length))
        for pattern in branch.patterns:
            try:
                found.append(regex.pattern(pattern))
            except (regex.Unsupported, ValueError) as error:
                self.doubt = f"pattern ({error})"
        found += [regex.fullmatch(FORMATS[name].over) for name in branch.formats]
        return found

    @cached_property
    def likely(self) -> list[regex.Lang]:
        """Languages narrowed to texts that surely have the branch's formats."""
        narrow = [regex.fullmatch(under) for name in self._branch.formats if (under := FORMATS[name].under) is not None]
        return [*self.inside, *narrow]


def padded(branch: Branch, size: int) -> Iterator[str]:
    """Yield texts of a length that a branch without patterns may send."""
    if size < branch.min_length or (branch.max_length is not None and size > branch.max_length) or size > MAX_FILL:
        return
    if not branch.formats:
        yield "a" * size
        return
    for name in branch.formats:
        yield from (sample for sample in FORMATS[name].samples if len(sample) == size)
        pad = _PADS.get(name)
        if pad is not None and size >= len(pad):
            yield pad + "a" * (size - len(pad))
        elif name in ("email", "idn-email", "hostname", "idn-hostname"):
            yield from _labels(size, "a@b.co" if "email" in name else "a.co")


def _labels(size: int, tail: str) -> Iterator[str]:
    """Yield a host name, or an e-mail address, of a length: labels of up to 40 letters."""
    head = ""
    while len(head) + len(tail) + 42 <= size:
        head += "a" * 40 + "."
    rest = size - len(head) - len(tail)
    if rest >= 0 and "@" not in tail:
        yield "a" * rest + tail if not head else head + "a" * rest + tail
    elif rest >= 0 and size <= 64:
        yield "a" * (size - len(tail)) + tail


def empty_texts(value: Any) -> int:
    """Return how many empty texts a value holds: on the wire many senders drop them, and many receivers read none."""
    if isinstance(value, dict | list):
        return sum(map(empty_texts, value.values() if isinstance(value, dict) else value))
    return int(value == "")
