"""Compares the numbers that a text can hold and a comparison cannot: they were read as null on the way."""

from __future__ import annotations

from contractkit.diff.record import Place
from contractkit.model.change import Change, Proof
from contractkit.model.contract import Contract
from contractkit.model.records import replace

_REASON = "the number is beyond what JSON readers keep, so it was not compared"


def compare_unread(place: Place, base: Contract, revision: Contract) -> None:
    """Record each place where such a number is not the same text on both sides: nobody can say what that means.

    A stored contract holds null where the document had such a number when it was saved, so null there says nothing.
    """
    before, after = ({one.place: one.unread for one in side.warnings if one.unread} for side in (base, revision))
    stored = base.source.startswith("@")
    for where in sorted(before.keys() | after.keys()):
        old, new = before.get(where), after.get(where)
        if old != new and not (old is None and stored):
            action = "added" if old is None else "removed" if new is None else "changed"
            change = Change("document", "number", action, location=where, before=old, after=new)
            place.record.add(replace(change, proof=Proof.UNDECIDED, reason=_REASON), None, None)
