"""What a kind of change is: a name, a sentence, and the places of a document where it can be made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from contractkit.mutants.edit import Edit
from contractkit.mutants.survey import Survey

Find = Callable[[Survey, Random], Iterable[Edit]]
"""Yields the edits that a document allows; what is drawn in them (a value, an order) comes from the generator given."""


@dataclass(frozen=True)
class Kind:
    """One kind of change.

    Attributes:
        name: such as `request-maximum-lowered`.
        says: what becomes of the contract, in a sentence without its end.
        breaks: whether it breaks clients; else it changes nothing for them.
        find: where it can be made.
    """

    name: str
    says: str
    breaks: bool
    find: Find
