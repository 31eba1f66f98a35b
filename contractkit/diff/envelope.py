"""Builds whole messages: the smallest request or response in which a value is sent."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

from contractkit.diff.security import SecuritySide
from contractkit.model.change import Credential, Direction, Witness
from contractkit.model.records import record
from contractkit.openapi.endpoint import Endpoint, Parameter, read_parameter
from contractkit.openapi.media import MediaType, parse_media_type
from contractkit.openapi.part import Part
from contractkit.openapi.wire import file_fields, scalar_text, serialise
from contractkit.schema.document import Side
from contractkit.schema.engine import SchemaEngine
from contractkit.schema.point import Mode

_FALLBACK = "x"


@record(frozen=True)
class Envelope:
    """Makes the messages of one pair of operations, from the side that sends them.

    Attributes:
        engine: makes sample values.
        base: the base's operation.
        revision: the revision's operation.
        turned: whether the server sends the request (webhooks and callbacks).
    """

    engine: SchemaEngine
    base: Endpoint
    revision: Endpoint
    turned: bool = False

    @property
    def _sender(self) -> Endpoint:
        return self.revision if self.turned else self.base

    @cached_property
    def _credentials(self) -> tuple[Credential, ...]:
        """What the sender shows: what its own contract asks for."""
        return SecuritySide(self._sender.document).credentials(self._sender, inherits=not self.turned)

    @cached_property
    def _samples(self) -> dict[tuple[str, str], Any]:
        """A value for every parameter that a request must have."""
        found = {}
        for identity, parameter in self._sender.parameters.items():
            if parameter.required:
                found[identity] = self._request_sample(parameter)
        return found

    def _request_sample(self, parameter: Parameter) -> Any:
        schema: Any = parameter.schema
        if parameter.where == "path":
            # An empty text makes another path of it.
            schema = {"allOf": [schema, {"minLength": 1}]}
        side = Side.REVISION if self.turned else Side.BASE
        direction = Direction.RESPONSE if self.turned else Direction.REQUEST
        known, value = self.engine.sample(side, schema, direction, _mode(parameter), parameter.holder.examples())
        return value if known and (value != "" or parameter.where != "path") else _FALLBACK

    def request(
        self,
        refusal: str,
        *,
        parameter: Parameter | None = None,
        value: Any = None,
        without: Parameter | None = None,
        media_type: MediaType | None = None,
        has_body: bool | None = None,
        body: Any = None,
    ) -> Witness:
        """Return the smallest request of the sender.

        Args:
            refusal: what the receiver says to it.
            parameter: the parameter that the value is sent in.
            value: its value.
            without: a parameter to leave out though the sender knows it.
            media_type: the media type of the body.
            has_body: True for the body given, False for none; None for a body where the sender must send one.
            body: the JSON value of the body.
        """
        sender = self._sender
        rows = {identity: (sender.parameters[identity], sample) for identity, sample in self._samples.items()}
        if parameter is not None:
            if parameter.where == "query":
                # A pair of an exploded object stands in for the whole object.
                rows = {key: row for key, row in rows.items() if row[0].part.place != parameter.part.place}
            rows[parameter.identity] = (parameter, value)
        if without is not None:
            rows.pop(without.identity, None)
        headers = {
            row.name: field
            for row, item in _in(rows, "header")
            if (field := _text(row, item)) or row.required or row is parameter
        }
        if cookies := [text for row, item in _in(rows, "cookie") if (text := _text(row, item))]:
            headers["Cookie"] = "; ".join(cookies)
        if has_body is None:
            has_body, media_type, body = self._own_body()
        if has_body and media_type is not None:
            headers["Content-Type"] = media_type.concrete
        return Witness(
            refusal,
            sender.method,
            self._url(rows),
            headers,
            has_body,
            body if has_body else None,
            credentials=self._credentials,
            files=self._files(media_type) if has_body else (),
        )

    def _files(self, media_type: MediaType | None) -> tuple[str, ...]:
        """Return the fields of the sender's form that are files."""
        if media_type is None or media_type.essence != "multipart/form-data":
            return ()
        known = self._file_fields
        if media_type.text not in known:
            holder = self._sender.content.get(media_type.text)
            schema = None if holder is None else holder.get("schema")
            known[media_type.text] = file_fields(self._sender.document, schema)
        return known[media_type.text]

    @cached_property
    def _file_fields(self) -> dict[str, tuple[str, ...]]:
        return {}

    def with_own_body(self, refusal: str, media_type: MediaType) -> Witness:
        """Return the smallest request whose body is of one of the sender's media types."""
        known, value = self._body_sample(media_type)
        return self.request(refusal, media_type=media_type, has_body=known, body=value)

    def _own_body(self) -> tuple[bool, MediaType | None, Any]:
        """Return a body where the sender must send one."""
        sender = self._sender
        if not sender.body_required or not sender.content:
            return False, None, None
        types = [parse_media_type(text) for text in sender.content]
        media_type = next((one for one in types if one.is_json), types[0])
        known, value = self._body_sample(media_type)
        return (True, media_type, value) if known else (False, None, None)

    def _body_sample(self, media_type: MediaType) -> tuple[bool, Any]:
        side = Side.REVISION if self.turned else Side.BASE
        direction = Direction.RESPONSE if self.turned else Direction.REQUEST
        holder = self._sender.content[media_type.text]
        schema = holder.get("schema")
        known = True if schema is None else schema
        return self.engine.sample(side, known, direction, media_type.mode, holder.examples())

    def _url(self, rows: dict[tuple[str, str], tuple[Parameter, Any]]) -> str:
        in_path = {row.identity[1]: _text(row, item) for row, item in _in(rows, "path")}
        # Where all paths moved, that is told once: what else breaks is shown where the revision answers.
        count = len(self.revision.template_names)
        texts = iter([in_path.get(str(count - index), _FALLBACK) for index in range(count)])
        path = self.revision.places.sub(lambda _: next(texts), self.revision.path)
        pairs = [text for row, item in _in(rows, "query") if (text := _text(row, item))]
        for _, item in _in(rows, "querystring"):
            pairs.append(serialise("query", "", item, style="form", explode=True))
        return f"{path}?{'&'.join(pairs)}" if pairs else path

    def response(
        self,
        refusal: str,
        status: str,
        holder: Part,
        *,
        header: Parameter | None = None,
        value: Any = None,
        media_type: MediaType | None = None,
        body: Any = None,
    ) -> Witness:
        """Return the smallest response of the sender.

        Args:
            refusal: what the receiver says to it.
            status: the status code, a range or `default`.
            holder: the sender's response object.
            header: the header that the value is sent in.
            value: its value.
            media_type: the media type of the body given, None for the sender's own body.
            body: the JSON value of the body.
        """
        headers: dict[str, str] = {}
        for name, part in holder.table("headers").items():
            if name.lower() == "content-type" or (header is not None and name.lower() == header.name.lower()):
                continue
            own = read_parameter(part, "header", name, ("header", name.lower()))
            if own.required:
                known, sample = self._response_sample(own.schema, _mode(own), own.holder)
                headers[name] = _text(own, sample) if known else _FALLBACK
        if header is not None:
            headers[header.name] = _text(header, value)
        has_body = media_type is not None
        if media_type is None:
            types = [parse_media_type(text) for text in holder.table("content")]
            media_type = next((one for one in types if one.is_json), None)
            if media_type is not None:
                content = holder.table("content")[media_type.text]
                schema = content.get("schema")
                has_body, body = self._response_sample(True if schema is None else schema, media_type.mode, content)
        if has_body and media_type is not None:
            headers["Content-Type"] = media_type.concrete
        return Witness(refusal, None, None, headers, has_body, body if has_body else None, self._code(status))

    def _response_sample(self, schema: Any, mode: Mode, holder: Part) -> tuple[bool, Any]:
        side = Side.BASE if self.turned else Side.REVISION
        direction = Direction.REQUEST if self.turned else Direction.RESPONSE
        return self.engine.sample(side, schema, direction, mode, holder.examples())

    def _code(self, status: str) -> str:
        """Return a status code for a range or `default`: `default` is an error where a success is declared."""
        if status != "default":
            return status[0] + "00" if status.endswith("XX") else status
        declared = self.base.operation.table("responses", patterned=True)
        return "500" if any(code.startswith("2") for code in declared) else "200"


def _mode(parameter: Parameter) -> Mode:
    return Mode.TEXT if parameter.media_type is None else parameter.media_type.mode


def _in(rows: dict[tuple[str, str], tuple[Parameter, Any]], where: str) -> list[tuple[Parameter, Any]]:
    found = [row for identity, row in rows.items() if identity[0] == where]
    return sorted(found, key=lambda row: row[0].identity)


def _text(parameter: Parameter, value: Any) -> str:
    """Return a parameter's text: by its style, or by its media type."""
    if parameter.media_type is not None:
        json_text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        value = json_text if parameter.media_type.is_json else scalar_text(value)
    return serialise(
        parameter.where,
        parameter.name,
        value,
        style=parameter.style,
        explode=parameter.explode,
        allow_reserved=parameter.allow_reserved,
    )
