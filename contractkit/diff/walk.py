"""Compares two contracts, half by half: what clients send, and what they are sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from contractkit.diff.nulls import group_nulls
from contractkit.diff.pairs import Pairing
from contractkit.diff.record import stable_text
from contractkit.diff.unread import compare_unknown, compare_unread
from contractkit.model.aside import at_once
from contractkit.model.change import Change, Direction
from contractkit.model.contract import Contract, Notice
from contractkit.model.records import NamedTuple
from contractkit.schema.document import Document, Seen, Side

if TYPE_CHECKING:
    from contractkit.model.aside import Aside

T = TypeVar("T")

WORTH_A_PROCESS = 60
"""Parts to compare and touched parts, together, from which on both halves are compared side by side."""


class Comparison(NamedTuple):
    """What differs between two contracts.

    Attributes:
        changes: all changes, in a fixed order.
        base_warnings: bad parts of the base seen on the way; what was seen while loading is the contract's own.
        revision_warnings: the same for the revision.
    """

    changes: tuple[Change, ...]
    base_warnings: tuple[Notice, ...]
    revision_warnings: tuple[Notice, ...]


def compare(base: Contract, revision: Contract, aside: Aside = at_once) -> Comparison:
    """Compare two contracts: their OpenAPI documents, and their AsyncAPI documents where both have one.

    Bad parts of a document become warnings and are read as if they were not there; nothing raises.

    Args:
        base: the contract that clients were built on.
        revision: the contract that is to take its place.
        aside: does a part of a large comparison beside the rest.

    Returns:
        The changes, the same ones in the same order for the same two documents.
    """
    changes, *warnings = compare_as(base, revision, _itself, aside)
    return Comparison(tuple(sorted(changes, key=_order)), *warnings)


def compare_as(
    base: Contract, revision: Contract, make: Callable[[Change], T], aside: Aside = at_once
) -> tuple[list[T], tuple[Notice, ...], tuple[Notice, ...]]:
    """Compare two contracts, as `compare` does, and return what is made of each change, with the warnings of both.

    Args:
        base: the contract that clients were built on.
        revision: the contract that is to take its place.
        make: makes something of a change, beside the rest where that is done; the order of changes says nothing to it.
        aside: does a part of a large comparison beside the rest.
    """
    made: list[T] = []
    warnings: list[tuple[Notice, ...]] = [(), ()]
    if not (base.is_asyncapi or revision.is_asyncapi):
        made, *warnings = _compare(base, revision, make, unread=(base, revision), aside=aside)
    if base.asyncapi is not None and revision.asyncapi is not None and (base.asyncapi or revision.asyncapi):
        more, *others = _compare_sockets(base, revision, make)
        made += more
        warnings = [one + other for one, other in zip(warnings, others, strict=True)]
    return made, warnings[0], warnings[1]


def _compare_sockets(
    base: Contract, revision: Contract, make: Callable[[Change], T]
) -> tuple[list[T], tuple[Notice, ...], tuple[Notice, ...]]:
    from contractkit.asyncapi.channels import operations_of

    alone = base.is_asyncapi and revision.is_asyncapi
    before, after = operations_of(base, alone=alone), operations_of(revision, alone=alone)
    made, *warnings = _compare(before, after, make, sockets=True, unread=(base, revision) if alone else None)
    return made, before.warnings + warnings[0], after.warnings + warnings[1]


def _compare(
    base: Contract,
    revision: Contract,
    make: Callable[[Change], T],
    *,
    sockets: bool = False,
    unread: tuple[Contract, Contract] | None = None,
    aside: Aside = at_once,
) -> tuple[list[T], tuple[Notice, ...], tuple[Notice, ...]]:
    before, after = Document(base, Side.BASE), Document(revision, Side.REVISION)
    pairing = Pairing(before, after, sockets=sockets)
    pairing.run()
    sent, received = pairing.halves[Direction.REQUEST], pairing.halves[Direction.RESPONSE]

    def made_of(changes: list[Change]) -> list[T]:
        return [make(change) for change in group_nulls(sorted(changes, key=_order), base.document)]

    def beside() -> tuple[list[T], Seen, Seen]:
        return made_of(received.compare()), before.seen, after.seen

    is_much = received.size and sent.size + received.size + pairing.sameness.touched >= WORTH_A_PROCESS
    waiting = (aside if is_much else at_once)(beside)
    changes = sent.compare()
    if sockets:
        from contractkit.diff.messages import told_by_message

        changes = told_by_message(changes, base, revision)
    made = made_of(changes)
    more, *seen = waiting()
    for document, one in zip((before, after), seen, strict=True):
        document.see(one)
    last = pairing.new_record()
    compare_unknown(last, before, after)
    if unread is not None:
        compare_unread(last, *unread)
    return made + more + made_of(last.definitions()), _warnings(before), _warnings(after)


def _itself(change: Change) -> Change:
    return change


def _order(change: Change) -> tuple[str, ...]:
    values = stable_text([change.before, change.after, dict(change.facts), list(change.operations)])
    place = (change.operation, change.direction or "", change.location, change.area, change.aspect, change.action)
    return (*place, change.component or "", values)


def _warnings(document: Document) -> tuple[Notice, ...]:
    return tuple(sorted(document.notices.values(), key=lambda notice: (notice.place, notice.text)))
