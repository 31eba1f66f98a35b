"""Compares what stands in a document and nobody can read, by its text: nobody can say what a difference means."""

from __future__ import annotations

import json

from contractkit.diff.record import Record
from contractkit.model.change import Change, Proof
from contractkit.model.contract import Contract
from contractkit.model.records import replace
from contractkit.schema.document import Document

_NO_PART = "it is not what OpenAPI has there, so nobody knows what it means"
_Unknown = tuple[str, str]
_REASON = "the number is beyond what JSON readers keep, so it was not compared"


def compare_unread(record: Record, base: Contract, revision: Contract) -> None:
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
            record.add(replace(change, proof=Proof.UNDECIDED, reason=_REASON), None, None)


def compare_unknown(record: Record, base: Document, revision: Document) -> None:
    """Record what nobody can read and stands on one side alone, schemas aside: see `Document.unknown`.

    Two at the same place are one change.
    """
    before, after = (
        {one: where for one, where in side.unknown.items() if one not in other.unknown}
        for side, other in ((base, revision), (revision, base))
    )
    places = {where: one for one, where in sorted(after.items(), reverse=True)}
    for old, where in sorted(before.items()):
        new = places.get(where)
        _report_unknown(record, where, old, new)
        if new is not None:
            after.pop(new, None)
    for new, where in sorted(after.items()):
        _report_unknown(record, where, None, new)


def _report_unknown(record: Record, where: str, before: _Unknown | None, after: _Unknown | None) -> None:
    action = "added" if before is None else "removed" if after is None else "changed"
    old, new = (None if one is None else json.loads(one[1]) for one in (before, after))
    name, _ = after or before or ("", "")
    aspect = name if name == "$ref" else "part"
    reason = f"what stands at `{new or old}` is not known" if name == "$ref" else _NO_PART
    change = Change("document", aspect, action, location=where.removeprefix("#"), before=old, after=new)
    record.add(replace(change, proof=Proof.UNDECIDED, reason=reason), None, None)
