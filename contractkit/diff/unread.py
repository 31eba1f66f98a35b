"""Compares what stands in a document and nobody can read, by its text: nobody can say what a difference means."""

from __future__ import annotations

from contractkit.diff.record import Place
from contractkit.model.change import Change, Proof
from contractkit.model.contract import Contract
from contractkit.model.records import replace
from contractkit.schema.document import Document

_REASON = "the number is beyond what JSON readers keep, so it was not compared"


def compare_unread(place: Place, base: Contract, revision: Contract) -> None:
    """Record each place where a number that was read as null on the way is not the same text on both sides.

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


def compare_unknown(place: Place, base: Document, revision: Document) -> None:
    """Record the references that lead nowhere and stand on one side alone, those in schemas aside.

    Two at the same place are one change.
    """
    before, after = (
        {ref: where for ref, where in side.unknown.items() if ref not in other.unknown}
        for side, other in ((base, revision), (revision, base))
    )
    places = {where: ref for ref, where in sorted(after.items(), reverse=True)}
    for old, where in sorted(before.items()):
        new = places.get(where)
        _report_unknown(place, where, old, new)
        after.pop(new or "", None)
    for new, where in sorted(after.items()):
        _report_unknown(place, where, None, new)


def _report_unknown(place: Place, where: str, before: str | None, after: str | None) -> None:
    action = "added" if before is None else "removed" if after is None else "changed"
    location = where.removeprefix("#")
    change = Change("document", "$ref", action, location=location, before=before, after=after)
    reason = f"what stands at `{after or before}` is not known"
    place.record.add(replace(change, proof=Proof.UNDECIDED, reason=reason), None, None)
