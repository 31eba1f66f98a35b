"""Compares request bodies and what request and response bodies share: media types, schemas, encodings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from contractkit.diff.encodings import compare_encodings
from contractkit.diff.envelope import Envelope
from contractkit.diff.media import match_media_types
from contractkit.diff.record import Place
from contractkit.model.change import Direction, Witness
from contractkit.openapi.endpoint import Endpoint
from contractkit.openapi.media import MediaType
from contractkit.openapi.part import Part
from contractkit.schema.point import Mode

_BODY_KNOWN = frozenset({"$ref", "description", "required", "content"})
_TEXTS = ("example", "examples", "description")
_MEDIA_KNOWN = frozenset({"$ref", "schema", "itemSchema", "encoding", *_TEXTS})

MakeBody = Callable[[MediaType, Any, str], Witness]
"""Makes the message that carries a body: its media type, its value, the refusal in words."""


def compare_request_body(place: Place, base: Endpoint, revision: Endpoint, envelope: Envelope) -> None:
    """Compare the request bodies of a pair of operations."""
    old, new = base.operation.part("requestBody"), revision.operation.part("requestBody")
    here = place.at("body", "body", place.of_request)
    if old is not None and new is not None and here.record.sameness.same(old.fields, new.fields):
        return
    if old is None or new is None:
        if new is not None:
            required = new.flag("required")
            refusal = partial(envelope.request, "a body is required", has_body=False)
            witness = refusal if required and not here.turned else None
            here.add("presence", "added", None, sorted(new.table("content")), witness=witness, required=required)
        elif old is not None:
            here.add("presence", "removed", sorted(old.table("content")), None, required=old.flag("required"))
        return
    here = here.within(old, new)
    before, after = old.flag("required"), new.flag("required")
    if before != after:
        refusal = partial(envelope.request, "a body is required", has_body=False)
        witness = refusal if after and not here.turned else None
        here.add("required", "added" if after else "removed", before, after, witness=witness)
    here.compare(old, new, ("description",))
    here.compare_rest(old, new, _BODY_KNOWN)

    def make(media_type: MediaType, value: Any, refusal: str) -> Witness:
        return envelope.request(refusal, media_type=media_type, has_body=True, body=value)

    def refused(media_type: MediaType) -> Witness:
        return envelope.with_own_body(f"a body of type {media_type.text} is not accepted", media_type)

    there = here.at("media-type", "body")
    compare_content(there, old, new, make, None if here.turned else refused)


def compare_content(
    here: Place, old: Part, new: Part, make: MakeBody, refused: Callable[[MediaType], Witness] | None = None
) -> None:
    """Compare the media types of a body and, pair by pair, what they say.

    Args:
        here: the place, of area `media-type`; its direction says who sends.
        old: the base's object that holds `content`.
        new: the revision's.
        make: makes the message that carries a value.
        refused: makes the message that shows that a media type is not accepted any more.
    """
    before, after = old.table("content"), new.table("content")
    found = match_media_types(before, after, client_sends=here.direction is Direction.REQUEST)
    for one, other in found.respelled:
        witness = None if refused is None else partial(refused, one)
        there = here.at("media-type", here.location, media_type=one.text)
        there.add("presence", "changed", one.text, other.text, witness=witness)
    for one in found.removed:
        witness = None if refused is None else partial(refused, one)
        there = here.at("media-type", here.location, media_type=one.text)
        there.add("presence", "removed", one.text, None, witness=witness)
    for other in found.added:
        here.at("media-type", here.location, media_type=other.text).add("presence", "added", None, other.text)
    for one, other in found.pairs + found.respelled:
        first, second = before[one.text], after[other.text]
        if not here.record.sameness.same(first.fields, second.fields):
            sent = one if here.direction is Direction.REQUEST else other
            there = here.at("media-type", here.location, media_type=sent.text)
            _compare_media_type(there, (one, first), (other, second), partial(make, sent))


def _compare_media_type(
    here: Place, old: tuple[MediaType, Part], new: tuple[MediaType, Part], make: Callable[[Any, str], Witness]
) -> None:
    (one, first), (other, second) = old, new
    mode = other.mode
    encodings = [encoding for side in (first, second) for encoding in side.table("encoding").values()]
    if mode is Mode.FORM and _is_styled(one, encodings):
        mode = Mode.STYLED
    here.point(_schema(first, "schema"), _schema(second, "schema"), make, mode, holders=(first, second))
    if "itemSchema" in first or "itemSchema" in second:

        def item(value: Any, refusal: str) -> Witness:
            return make([value], refusal)

        items = f"{here.location}[]"
        here.point(_schema(first, "itemSchema"), _schema(second, "itemSchema"), item, mode, items)
    compare_encodings(here, first, second, one.essence)
    here.compare(first, second, _TEXTS)
    here.compare_rest(first, second, _MEDIA_KNOWN)


def _is_styled(form: MediaType, encodings: Sequence[Part]) -> bool:
    """Whether the fields of objects are written as text.

    OpenAPI 3.0 and 3.1.0 give all fields of an urlencoded body a style, 3.1.1 only those that name it; there an object
    is surely JSON only where a `contentType` says so.
    """
    if any("style" in one or "explode" in one for one in encodings):
        return True
    return form.subtype == "x-www-form-urlencoded" and not any("contentType" in one for one in encodings)


def _schema(holder: Part, key: str) -> Any:
    schema = holder.get(key)
    return True if schema is None else schema
