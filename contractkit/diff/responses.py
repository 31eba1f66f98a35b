"""Compares responses: statuses, headers, bodies, links."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from contractkit.diff.bodies import compare_content
from contractkit.diff.envelope import Envelope
from contractkit.diff.links import compare_links
from contractkit.diff.parameters import compare_texts, compare_value
from contractkit.diff.record import Place
from contractkit.model.change import Witness
from contractkit.openapi.endpoint import Endpoint, Parameter, read_parameter
from contractkit.openapi.media import MediaType
from contractkit.openapi.part import Part

_KNOWN = frozenset({"$ref", "description", "summary", "headers", "content", "links"})


def compare_responses(place: Place, base: Endpoint, revision: Endpoint, envelope: Envelope) -> None:
    """Compare the responses of a pair of operations."""
    before, after = _by_status(base), _by_status(revision)
    pairs = match_statuses(before, after)
    here = place.at("response", "", place.of_response)
    kept, known = {old for old, _ in pairs}, {new for _, new in pairs}
    redirect = _followed_otherwise(before.keys() - kept, after.keys() - known, base.method)
    if redirect is not None and not place.turned:
        old, new = redirect
        here.at("response", new, status=new).add("redirect", "changed", old, new)
        kept.add(old)
        known.add(new)
    for status in sorted(before.keys() - kept):
        here.at("response", status, status=status).add("presence", "removed", status, None)
    # A status that widened to a range is kept, and the range is new.
    wider = {new for old, new in pairs if _is_wider(new, old) and new not in before}
    for status in sorted((after.keys() - known) | wider):
        here.at("response", status, status=status).add("presence", "added", None, status)
    for old, new in pairs:
        first, second = before[old], after[new]
        if not here.record.sameness.same(first.fields, second.fields):
            status = old if _is_wider(new, old) else new
            there = here.at("response", status, status=status).within(first, second)
            _compare_response(there, status, first, second, envelope)
    _compare_response_extensions(here, base, revision)


def match_statuses(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return which statuses of both sides are compared with each other.

    A status is compared with its equal, else with the range (`2XX`) and then with the `default` that takes it in on
    the other side. A `default` beside declared successes means errors and takes no success in.
    """
    pairs = [(status, status) for status in before if status in after]
    for status in before:
        if status not in after and (wide := _cover(status, after)):
            pairs.append((status, wide))
    for status in after:
        if status not in before and (wide := _cover(status, before)):
            pairs.append((wide, status))
    return sorted(set(pairs))


def _cover(status: str, others: Mapping[str, Any]) -> str | None:
    if status == "default":
        return None
    if not status.endswith("XX") and (wide := f"{status[:1]}XX") in others:
        return wide
    if "default" not in others:
        return None
    success = status.startswith("2") and any(other.startswith("2") for other in others)
    return None if success else "default"


def _followed_otherwise(removed: set[str], added: set[str], method: str) -> tuple[str, str] | None:
    """Return a redirect that is gone and the one in its place, with which clients do not send the same request again.

    303 is followed with GET, and so are 301 and 302 after a POST (RFC 9110, 15.4).
    """
    if method in ("GET", "HEAD"):
        return None
    gone = sorted(removed & {"307", "308"})
    come = sorted(added & ({"301", "302", "303"} if method == "POST" else {"303"}))
    return (gone[0], come[0]) if gone and come else None


def _is_wider(one: str, other: str) -> bool:
    """Return whether one status stands for more than the other."""
    rank = [2 if status == "default" else int(status.endswith("XX")) for status in (one, other)]
    return rank[0] > rank[1]


def _by_status(endpoint: Endpoint) -> dict[str, Part]:
    table = endpoint.operation.table("responses", patterned=True)
    return {status.upper() if status.upper().endswith("XX") else status: table[status] for status in sorted(table)}


def _compare_response_extensions(here: Place, base: Endpoint, revision: Endpoint) -> None:
    old, new = base.operation.part("responses"), revision.operation.part("responses")
    if old is not None and new is not None:
        statuses = {str(name) for side in (old, new) for name in side.entries(patterned=True)}
        here.compare_rest(old, new, frozenset(statuses))


def _compare_response(here: Place, status: str, old: Part, new: Part, envelope: Envelope) -> None:
    here.compare(old, new, ("summary", "description"))
    here.compare_rest(old, new, _KNOWN)
    _compare_headers(here, status, old, new, envelope)
    sender = old if here.turned else new
    location = f"{status}.body"

    def make(media_type: MediaType, value: Any, refusal: str) -> Witness:
        return envelope.response(refusal, status, sender, media_type=media_type, body=value)

    before, after = old.table("content"), new.table("content")
    if before and after:
        compare_content(here.at("media-type", location), old, new, make)
    elif before:
        here.at("body", location).add("presence", "removed", sorted(before), None)
    elif after:
        here.at("body", location).add("presence", "added", None, sorted(after))
    compare_links(here, old, new)


def _compare_headers(here: Place, status: str, old: Part, new: Part, envelope: Envelope) -> None:
    before, after = _headers(old), _headers(new)
    for key in sorted({*before, *after}):
        first, second = before.get(key), after.get(key)
        known = first or second
        assert known is not None
        there = here.at(
            "header",
            f"{status}.header.{known.name}",
            name=known.name,
            required_before=first is not None and first.required,
            required_after=second is not None and second.required,
        )
        if first is None:
            there.add("presence", "added", None, known.name)
        elif second is None:
            there.add("presence", "removed", known.name, None)
        elif not here.record.sameness.same(first.part.fields, second.part.fields):
            there = there.within(first.part, second.part) if here.cause is None else there
            if first.required != second.required:
                action = "added" if second.required else "removed"
                there.add("required", action, first.required, second.required)
            sender, holder = (first, old) if here.turned else (second, new)
            compare_value(there, first, second, partial(_header_message, envelope, status, holder, sender))
            compare_texts(there, first, second)


def _header_message(
    envelope: Envelope, status: str, holder: Part, header: Parameter, value: Any, refusal: str
) -> Witness:
    return envelope.response(refusal, status, holder, header=header, value=value)


def _headers(response: Part) -> dict[str, Parameter]:
    """Return the headers by name in lower case; `Content-Type` is described by `content` (OpenAPI 3.1.1, 4.8.17)."""
    return {
        name.lower(): read_parameter(part, "header", name, ("header", name.lower()))
        for name, part in response.table("headers").items()
        if name.lower() != "content-type"
    }
