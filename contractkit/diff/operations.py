"""Compares two operations that belong together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from contractkit.diff.bodies import compare_request_body
from contractkit.diff.envelope import Envelope
from contractkit.diff.parameters import compare_parameters
from contractkit.diff.record import Place, stable_text
from contractkit.diff.responses import compare_responses
from contractkit.diff.servers import compare_servers
from contractkit.openapi.endpoint import METHODS, Endpoint, erased
from contractkit.openapi.part import Part
from contractkit.openapi.servers import DEFAULT, base_paths, servers_of

ITEM_KNOWN = frozenset({"$ref", "summary", "description", "servers", "parameters", "additionalOperations", *METHODS})
_KNOWN = frozenset(
    {
        "tags",
        "summary",
        "description",
        "externalDocs",
        "operationId",
        "parameters",
        "requestBody",
        "responses",
        "callbacks",
        "deprecated",
        "security",
        "servers",
        "x-sunset",
    }
)
_OF_A_CHANNEL = _KNOWN | {"receive", "send", "refusals", "closeCodes"}
_TEXTS = ("operationId", "tags", "summary", "description", "externalDocs")


def compare_operation(place: Place, base: Endpoint, revision: Endpoint) -> None:
    """Compare what two operations say of themselves."""
    here = place.at("operation", "")
    here.compare(base.operation, revision.operation, _TEXTS)
    here.compare_deprecation(base.operation, revision.operation)
    here.compare_rest(base.operation, revision.operation, _OF_A_CHANNEL if place.record.sockets else _KNOWN)


def compare_requests(place: Place, base: Endpoint, revision: Endpoint) -> None:
    """Compare the requests of two operations."""
    envelope = Envelope(place.record.engine, base, revision, place.turned)
    compare_parameters(place, base, revision, envelope)
    compare_request_body(place, base, revision, envelope)


def compare_answers(place: Place, base: Endpoint, revision: Endpoint) -> None:
    """Compare the responses of two operations."""
    if not place.record.sameness.same(base.operation.get("responses"), revision.operation.get("responses")):
        compare_responses(place, base, revision, Envelope(place.record.engine, base, revision, place.turned))


def compare_channels(place: Place, base: Endpoint, revision: Endpoint) -> None:
    """Compare the handshakes and the messages of two WebSocket channels."""
    from contractkit.diff.messages import compare_messages

    envelope = Envelope(place.record.engine, base, revision, place.turned)
    compare_parameters(place, base, revision, envelope)
    compare_messages(place, base, revision, envelope)


def alike(base: Mapping[str, Endpoint], revision: Mapping[str, Endpoint]) -> bool:
    """Whether most operations of two paths take and give the same, as far as their own texts tell."""
    both = base.keys() & revision.keys()
    same = sum(_content(base[method]) == _content(revision[method]) for method in both)
    return bool(both) and same * 2 > max(len(base), len(revision))


def _content(endpoint: Endpoint) -> str:
    """Return what an operation takes and answers where all is well, as text."""
    answers = endpoint.operation.get("responses")
    good = {key: one for key, one in answers.items() if str(key)[:1] == "2"} if isinstance(answers, Mapping) else {}
    bodies = [
        one.get("content", one.get("$ref")) if isinstance(one, Mapping) else one
        for one in (endpoint.operation.get("requestBody"), *good.values())
    ]
    return stable_text(bodies)


def compare_own_servers(place: Place, base: Endpoint, revision: Endpoint, roots: tuple[Part, Part]) -> None:
    """Compare the servers of an operation where it, or its path, has servers of its own."""
    own = [_own_servers(side) for side in (base, revision)]
    if own[0] is None and own[1] is None:
        return
    holders = [side or root for side, root in zip(own, roots, strict=True)]
    lists = [servers_of(holder) or DEFAULT for holder in holders]
    raw = (holders[0].get("servers"), holders[1].get("servers"))
    old, new = (
        erased(base_paths(servers)[0] + side.path) for servers, side in zip(lists, (base, revision), strict=True)
    )
    compare_servers(place.at("server", ""), lists[0], lists[1], raw, same_total=old == new)


def _own_servers(endpoint: Endpoint) -> Part | None:
    for holder in (endpoint.operation, endpoint.item):
        if holder.get("servers"):
            return holder
    return None


def report_removed(place: Place, endpoint: Endpoint) -> None:
    """Record that an operation is gone."""
    operation = endpoint.operation
    envelope = Envelope(place.record.engine, endpoint, endpoint, place.turned)
    refusal = f"there is no {endpoint.method} on this path any more"
    place.add(
        "presence",
        "removed",
        endpoint.path,
        None,
        witness=None if place.turned else partial(envelope.request, refusal),
        deprecated_before=operation.flag("deprecated"),
        sunset_before=operation.get("x-sunset"),
        stability_before=operation.get("x-stability-level"),
    )


def report_added(place: Place, endpoint: Endpoint) -> None:
    """Record that an operation is new."""
    place.add("presence", "added", None, endpoint.path, deprecated_after=endpoint.operation.flag("deprecated"))
