"""Matches the media types of two bodies."""

from __future__ import annotations

from collections.abc import Iterable

from contractkit.model.records import NamedTuple
from contractkit.openapi.media import MediaType, parse_media_type


class Matching(NamedTuple):
    """How the media types of two sides belong together.

    Attributes:
        pairs: base and revision types whose schemas are compared.
        removed: base types that the revision does not cover.
        added: revision types that no base type covers or is covered by.
        respelled: pairs of JSON types of different names, each alone on its side.
    """

    pairs: list[tuple[MediaType, MediaType]]
    removed: list[MediaType]
    added: list[MediaType]
    respelled: list[tuple[MediaType, MediaType]]


def match_media_types(base: Iterable[str], revision: Iterable[str], *, client_sends: bool) -> Matching:
    """Match the media types of a body.

    A range on the other side that covers a type takes it in, whoever sends. A range of the sender's that shrank is a
    removal where a client sends (it could send the others before), and none where it receives.
    """
    before = [parse_media_type(text) for text in sorted(base)]
    after = [parse_media_type(text) for text in sorted(revision)]
    pairs: list[tuple[MediaType, MediaType]] = []
    for one in before:
        exact = [other for other in after if other == one]
        pairs += [(one, other) for other in exact if other.text == one.text] or [(one, other) for other in exact[:1]]
    kept = {one.text for one, _ in pairs}
    known = {other.text for _, other in pairs}
    for one in before:
        if one.text not in kept and (wide := next((other for other in after if other.covers(one)), None)):
            pairs.append((one, wide))
    for other in after:
        if other.text not in known and (wide := next((one for one in before if one.covers(other)), None)):
            pairs.append((wide, other))
    kept = {one.text for one, other in pairs if other.covers(one) or not client_sends}
    known = {other.text for _, other in pairs}
    removed = [one for one in before if one.text not in kept]
    added = [other for other in after if other.text not in known and other not in before]
    json_before, json_after = [one for one in removed if one.is_json], [one for one in added if one.is_json]
    respelled = []
    if len(json_before) == len(json_after) == 1:
        respelled = [(json_before[0], json_after[0])]
        removed.remove(json_before[0])
        added.remove(json_after[0])
    return Matching(pairs, removed, added, respelled)
