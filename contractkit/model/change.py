"""A change: a neutral fact about two contracts, with what could be proved about it. No judgement."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from contractkit.model.records import field, record


class Direction(StrEnum):
    """Who sends: the client (request) or the server (response). Webhooks and callbacks are already turned round."""

    REQUEST = "request"
    RESPONSE = "response"


class Proof(StrEnum):
    """How sure we are: see the design's table of words."""

    WITNESS = "witness"
    DEFINITION = "definition"
    CONTAINED = "contained"
    UNDECIDED = "undecided"


SOCKET = "WS"
"""The method of a channel of WebSockets, in the keys of operations and in witnesses."""

MESSAGE = "message"
"""The status of a witness that is a message of the server over a WebSocket."""


@record(frozen=True, slots=True)
class Credential:
    """What shows who sends a request; never its value.

    Attributes:
        where: `header`, `query`, `cookie`, or `certificate` for one of the client's TLS connection.
        name: the name of the header, query parameter or cookie.
        scheme: for the header `Authorization`, the scheme in lower case (RFC 9110, 11.4): `bearer`, `basic`, ...
    """

    where: str
    name: str = ""
    scheme: str = ""


@record(frozen=True, slots=True)
class Witness:
    """The smallest whole request or response that shows the break.

    Attributes:
        refusal: what the receiving side says to it, in words.
        method: HTTP method, in upper case; `WS` for a message that is sent over a WebSocket.
        url: path and query as sent, relative to the server.
        headers: header fields as sent, those for credentials left out.
        has_body: whether there is a body; JSON null is a body too.
        body: the JSON value of the whole body.
        status: the status code of a response, `message` for a message of the server, None for what the client sends.
        credentials: what the sender must show besides; the break does not depend on it.
        files: the fields of a body of type `multipart/form-data` that are sent as files.
    """

    refusal: str
    method: str | None = None
    url: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    has_body: bool = False
    body: Any = None
    status: str | None = None
    credentials: tuple[Credential, ...] = ()
    files: tuple[str, ...] = ()


@record(frozen=True, slots=True)
class Change:
    """One difference between two contracts at one place.

    Attributes:
        area: the part of the contract: `document`, `server`, `path`, `operation`, `parameter`, `body`, `media-type`,
            `response`, `header`, `security`, `schema`, `callback`, `webhook`, `link`, `message`, `close-code`.
        aspect: what differs there: `presence`, `required`, `type`, `enum`, `style`, `deprecated`, ...
        action: `added`, `removed`, `changed`, `increased`, `decreased`.
        operation: the operation's key, parameter names erased (`GET /orders/{}`); empty for the whole document.
        location: the place inside the operation: `query.limit`, `body.items[].qty`, `200.body.id`, `200.header.ETag`;
            over a WebSocket `receive.text` and `send.Said`.
        direction: request or response; None where neither applies.
        before: the base's value of this aspect (JSON), None when absent.
        after: the revision's value of this aspect (JSON), None when absent.
        component: the name of the component schema that holds the place, if any.
        operations: keys of all operations reached, sorted.
        proof: what could be proved about the receiver accepting what the sender may send.
        witness: the counter-example where `proof` is `witness`.
        reason: for `undecided`, the construct that stopped it.
        facts: whatever else rules may ask (`in`, `required`, `sunset`, `status`, `read_only`, ...).
    """

    area: str
    aspect: str
    action: str
    operation: str = ""
    location: str = ""
    direction: Direction | None = None
    before: Any = None
    after: Any = None
    component: str | None = None
    operations: tuple[str, ...] = ()
    proof: Proof = Proof.DEFINITION
    witness: Witness | None = None
    reason: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
