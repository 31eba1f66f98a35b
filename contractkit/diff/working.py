"""Requests that a contract takes, for those who must change what they send."""

from __future__ import annotations

from collections.abc import Callable

from contractkit.diff.envelope import Envelope
from contractkit.model.change import Witness
from contractkit.model.contract import Contract
from contractkit.openapi.endpoint import Endpoint, endpoints_of, erased
from contractkit.openapi.media import parse_media_type
from contractkit.openapi.part import root_of
from contractkit.schema.document import Document, Side
from contractkit.schema.engine import SchemaEngine


def working_requests(contract: Contract) -> Callable[[str], Witness | None]:
    """Return what makes the smallest request to an operation by its key (`GET /orders/{}`) that a contract allows.

    Values are taken from the contract's examples where it has them. It gives None where there is no such operation,
    and where no body could be made.
    """
    base, revision = Document(contract, Side.BASE), Document(contract, Side.REVISION)
    engine = SchemaEngine(base, revision)
    endpoints: dict[str, Endpoint] = {}
    for path, item in root_of(base).table("paths", patterned=True).items():
        for method, endpoint in endpoints_of(item, path).items():
            endpoints[f"{method} {erased(path)}"] = endpoint

    def request(operation: str) -> Witness | None:
        endpoint = endpoints.get(operation)
        if endpoint is None:
            return None
        envelope = Envelope(engine, endpoint, endpoint)
        types = [parse_media_type(text) for text in endpoint.content]
        if not types:
            return envelope.request("")
        found = envelope.with_own_body("", next((one for one in types if one.is_json), types[0]))
        return found if found.has_body or not endpoint.body_required else None

    return request
