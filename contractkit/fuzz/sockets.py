"""The WebSockets of a contract as the fuzzer talks to them: handshakes, messages of both sides, close codes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contractkit.asyncapi.channels import operations_of
from contractkit.fuzz.message import Exchange
from contractkit.fuzz.operation import Api, Operation
from contractkit.fuzz.talk import Step, content_of, transcript_of
from contractkit.model.change import SOCKET
from contractkit.model.contract import Contract
from contractkit.openapi.endpoint import Endpoint, endpoints_of
from contractkit.openapi.media import MediaType, parse_media_type
from contractkit.schema.check import Check, Violation
from contractkit.schema.lift import Lift


@dataclass(frozen=True)
class Message:
    """One kind of message.

    Attributes:
        name: its name.
        media_type: how it is written.
        schema: its schema, as the document has it.
        check: the validator of its value.
        once: the property that tells one message from another, where a socket gets each once; None where nothing is
            said of that.
        replies: the names of the messages that answer one of this kind, or the socket is closed; empty where no answer
            is promised.
    """

    name: str
    media_type: MediaType
    schema: Any
    check: Check
    once: str | None = None
    replies: frozenset[str] = frozenset()

    def takes(self, step: Step) -> bool | None:
        """Return whether a message is one of this kind, None where that cannot be said.

        JSON is sent as text; that a binary message holds it is nobody's promise, and no break of one.
        """
        content = content_of(step)
        if content is None:
            return None
        if not self.media_type.is_json:
            is_text = self.media_type.essence.startswith("text/")
            if isinstance(content, bytes) == is_text:
                return False
            return None if isinstance(content, bytes) else self.check.is_valid(content)
        value = _value(step, content)
        verdict = False if value is _NO_JSON else self.check.is_valid(value)
        return None if verdict and isinstance(content, bytes) else verdict

    def violations(self, step: Step) -> list[Violation]:
        """Return what keeps a message from being one of this kind."""
        content = content_of(step)
        if content is None:
            return []
        if not self.media_type.is_json:
            kind = "binary" if isinstance(content, bytes) else "text"
            return [Violation("", "media-type", f"it is a {kind} message, no {self.media_type.text}")]
        value = _value(step, content)
        if value is _NO_JSON:
            return [Violation("", "syntax", "it is no JSON")]
        return list(self.check.violations(value))


@dataclass
class Socket(Operation):
    """One WebSocket under test: an operation whose method is `WS`.

    Attributes:
        receive: what it takes from the client; None where that is not known.
        send: what it sends; None where that is not known.
        codes: the codes that it says to close with.
        refusals: the names of the messages that answer one that it does not allow.
    """

    receive: tuple[Message, ...] | None = None
    send: tuple[Message, ...] | None = None
    codes: frozenset[int] = frozenset()
    refusals: frozenset[str] = frozenset()

    def takes(self, status: int) -> bool:
        """Return whether a status says that the handshake was taken."""
        return status == 101

    def kind_of(self, step: Step) -> Message | None:
        """Return what kind of its own messages one is, None where it is of none or they are not known."""
        return next((one for one in self.send or () if one.takes(step) is not False), None)

    def heard(self, exchange: Exchange) -> Counter[str] | None:
        """Return how many messages of each kind came (those of none under ""); None where it did not stay open."""
        transcript = transcript_of(exchange.response)
        if transcript is None or transcript.code is not None or not transcript.ended:
            return None
        kinds = (self.kind_of(step) for step in transcript.messages)
        return Counter("" if kind is None else kind.name for kind in kinds)

    def is_allowed(self, step: Step) -> bool | None:
        """Return whether a client may send a message, None where that cannot be said."""
        if not self.receive or content_of(step) is None:
            return None
        verdicts = [one.takes(step) for one in self.receive]
        return True if True in verdicts else None if None in verdicts else False


_NO_JSON: Any = object()


def _value(step: Step, content: str | bytes) -> Any:
    """Return the JSON value of a message, `_NO_JSON` where it is none."""
    if "json" in step:
        return step["json"]
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return _NO_JSON


def nearest(kinds: Sequence[Message], step: Step) -> tuple[Message, list[Violation]]:
    """Return the kind that a message comes nearest to, and what keeps it from being one."""
    found = [(one, one.violations(step)) for one in kinds]
    return min(found, key=lambda row: (_tagged(row[1]), len(row[1])))


def _tagged(violations: Sequence[Violation]) -> int:
    """Return how many of them say that it is a message of another kind: a tag (`type`) is another one."""
    return sum(one.keyword in ("const", "enum", "syntax", "media-type") for one in violations)


def sockets_of(contract: Contract, base_path: str) -> dict[str, Socket]:
    """Return the WebSockets of a contract by key.

    Args:
        contract: a contract that knows its sockets.
        base_path: what stands before every path where the server is.
    """
    api = _SocketApi(operations_of(contract, alone=False), base_path)
    return {one.key: one for one in sorted(api.described, key=lambda one: one.template)}


class _SocketApi(Api):
    """Reads the channels, which stand in a document as operations called `WS`."""

    @property
    def described(self) -> Iterator[Socket]:
        """The sockets."""
        for path, item in self._root.table("paths", patterned=True).items():
            for endpoint in endpoints_of(item, path).values():
                if endpoint.method == SOCKET:
                    yield self._socket(endpoint)

    def _socket(self, endpoint: Endpoint) -> Socket:
        codes = endpoint.operation.part("closeCodes")
        return Socket(
            **vars(self._operation(endpoint)),
            receive=self._messages(endpoint, "receive", self._requests),
            send=self._messages(endpoint, "send", self._responses),
            codes=frozenset(int(code) for code in (codes.fields if codes is not None else ()) if str(code).isdigit()),
            refusals=frozenset(endpoint.operation.get("refusals") or ()),
        )

    @staticmethod
    def _messages(endpoint: Endpoint, action: str, lift: Lift) -> tuple[Message, ...] | None:
        holder = endpoint.operation.part(action)
        if holder is None:
            return None
        found = []
        for name, message in holder.table("messages").items():
            schema = message.get("payload")
            schema = True if schema is None else schema
            media_type = parse_media_type(str(message.get("contentType") or "application/json"))
            replies = frozenset(message.get("replies") or ())
            found.append(Message(name, media_type, schema, Check(lift.node(schema)), message.text("x-once"), replies))
        return tuple(found)


def as_requests(sockets: Mapping[str, Socket], contract: Contract) -> dict[str, Any]:
    """Return an OpenAPI document whose requests hold what clients send, for what can make requests and no messages.

    A socket's handshake is a GET of its path; each message is the body of a POST to `/{socket}/{message}`, both by
    their number.

    Args:
        sockets: the sockets of the contract.
        contract: the contract.
    """
    document = operations_of(contract, alone=False).document
    paths: dict[str, Any] = {}
    for number, socket in enumerate(sockets.values()):
        described = document["paths"][socket.endpoint.path]["additionalOperations"][SOCKET]
        paths[socket.endpoint.path] = {"get": {"parameters": described["parameters"], "responses": {}}}
        for index, message in enumerate(socket.receive or ()):
            body = {"required": True, "content": {"application/json": {"schema": message.schema}}}
            if message.media_type.is_json:
                paths[f"/{number}/{index}"] = {"post": {"requestBody": body, "responses": {}}}
    info = {"title": "", "version": ""}
    return {
        "openapi": "3.1.0",
        "info": info,
        "paths": paths,
        "components": {"schemas": document["components"]["schemas"]},
    }
