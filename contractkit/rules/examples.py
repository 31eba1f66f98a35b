"""Example pairs: a fragment before and after, and the small OpenAPI document that it stands in.

The fragment is what `contractkit rules show` prints; the documents are what the tests compare.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contractkit.model.records import NamedTuple

Fragment = Any
Document = dict[str, Any]


class Example(NamedTuple):
    """A pair of fragments and the document around them.

    Attributes:
        place: where the fragment stands, in words.
        before: the fragment in the base.
        after: the fragment in the revision.
        wrap: makes the whole document of a fragment.
    """

    place: str
    before: Fragment
    after: Fragment
    wrap: Callable[[Fragment], Document]

    def documents(self) -> tuple[Document, Document]:
        """Return the base and the revision as whole OpenAPI 3.1 documents."""
        return self.wrap(self.before), self.wrap(self.after)


def documents(before: Document, after: Document) -> Example:
    """Return an example of two documents that name only what differs."""
    return Example("the document", before, after, _document)


def operations(before: Document, after: Document) -> Example:
    """Return an example of two versions of `POST /orders`."""
    return Example("POST /orders", before, after, _operation)


def parameters(before: list[Document], after: list[Document]) -> Example:
    """Return an example of two lists of parameters of `POST /orders`."""
    return Example("the parameters of POST /orders", before, after, lambda value: _operation({"parameters": value}))


def request_contents(before: Document, after: Document) -> Example:
    """Return an example of two `content` maps of a required request body."""
    return Example("the content of a request body", before, after, _request)


def response_contents(before: Document, after: Document) -> Example:
    """Return an example of two `content` maps of a 200 response."""
    return Example("the content of a 200 response", before, after, _response)


def response_headers(before: Document, after: Document) -> Example:
    """Return an example of two `headers` maps of a 200 response."""
    return Example(
        "the headers of a 200 response",
        before,
        after,
        lambda value: _operation({"responses": {"200": {"description": "done", "headers": value}}}),
    )


def webhooks(before: Document, after: Document) -> Example:
    """Return an example of two versions of the webhook `POST shipped`."""
    return Example("the webhook POST shipped", before, after, _webhook)


def request_schemas(before: Fragment, after: Fragment) -> Example:
    """Return an example of two schemas of a JSON request body."""
    return Example("the schema of a request body", before, after, lambda value: _request(_json(value)))


def response_schemas(before: Fragment, after: Fragment) -> Example:
    """Return an example of two schemas of a JSON response body."""
    return Example("the schema of a response body", before, after, lambda value: _response(_json(value)))


def request_values(before: Fragment, after: Fragment) -> Example:
    """Return an example of two schemas of the property `value` in a JSON request body."""
    return Example(
        "the schema of `value` in a request body", before, after, lambda value: _request(_json(_holding(value)))
    )


def response_values(before: Fragment, after: Fragment) -> Example:
    """Return an example of two schemas of the property `value` in a JSON response body."""
    return Example(
        "the schema of `value` in a response body", before, after, lambda value: _response(_json(_holding(value)))
    )


_Messages = dict[str, Any] | None


def sockets(
    receive: tuple[_Messages, _Messages] = ({}, {}),
    send: tuple[_Messages, _Messages] = ({}, {}),
    close: tuple[dict[str, str], dict[str, str]] = ({}, {}),
    reply: tuple[dict[str, list[str]], dict[str, list[str]]] = ({}, {}),
) -> Example:
    """Return an example of two AsyncAPI documents with one WebSocket.

    Args:
        receive: the schemas of what the client sends by the names of the messages, before and after; None where nothing
            is said of messages.
        send: the same of what the server sends.
        close: the close codes before and after, and why.
        reply: the names of the messages that answer one of the client, by its name, before and after.
    """
    rows = [
        {"receive": one, "send": other, "close": codes, **({"reply": answers} if answers else {})}
        for one, other, codes, answers in zip(receive, send, close, reply, strict=True)
    ]
    return Example("the WebSocket /orders", rows[0], rows[1], _socket)


def _socket(fragment: Document) -> Document:
    channel: Document = {"address": "/orders", "x-close-codes": fragment["close"]}
    operations: Document = {}
    for action in ("receive", "send"):
        operation: Document = {"action": action, "channel": {"$ref": "#/channels/orders"}}
        if fragment["receive"] is not None:
            table = {name: {"payload": schema} for name, schema in fragment[action].items()}
            channel["messages"] = {**channel.get("messages", {}), **table}
            operation["messages"] = [{"$ref": f"#/channels/orders/messages/{name}"} for name in table]
        operations[action] = operation
    for name, answers in fragment.get("reply", {}).items():
        replied = {"messages": [{"$ref": f"#/channels/orders/messages/{answer}"} for answer in answers]}
        messages = [{"$ref": f"#/channels/orders/messages/{name}"}]
        operations[f"receive{name}"] = {**operations["receive"], "messages": messages, "reply": replied}
    info = {"title": "Orders", "version": "1.0.0"}
    return {"asyncapi": "3.0.0", "info": info, "channels": {"orders": channel}, "operations": operations}


def _document(fragment: Document) -> Document:
    return {"openapi": "3.1.0", "info": {"title": "Orders", "version": "1.0.0"}, "paths": {}, **fragment}


def _operation(fragment: Document) -> Document:
    operation = {"responses": {"200": {"description": "done"}}, **fragment}
    return _document({"paths": {"/orders": {"post": operation}}})


def _webhook(fragment: Document) -> Document:
    operation = {"responses": {"200": {"description": "heard"}}, **fragment}
    return _document({"webhooks": {"shipped": {"post": operation}}})


def _request(content: Document) -> Document:
    return _operation({"requestBody": {"required": True, "content": content}})


def _response(content: Document) -> Document:
    return _operation({"responses": {"200": {"description": "done", "content": content}}})


def _json(schema: Fragment) -> Document:
    return {"application/json": {"schema": schema}}


def _holding(schema: Fragment) -> Document:
    return {"type": "object", "required": ["value"], "properties": {"value": schema}}
