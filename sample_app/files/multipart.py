"""The file in a multipart/form-data body (RFC 7578), read as it arrives.

FastAPI's `UploadFile` would do, if it did not put the whole body into a temporary file before the first dependency
runs: before anybody has asked who is calling, and what the file is.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from fastapi.exceptions import RequestValidationError
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from sample_app.core.errors import MalformedRequestError
from sample_app.files.errors import FileTooLargeError, NoFormError

FIELD = "file"

# What the document says of the body; FastAPI sees no more than a stream.
REQUEST_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "title": "FileUpload",
                "required": [FIELD],
                "properties": {
                    FIELD: {"type": "string", "format": "binary", "description": "The file, with its name."},
                },
            }
        }
    },
}

# Boundaries, part headers and other fields.
_OVERHEAD_BYTES = 64 * 1024


class UploadedFile:
    """The first file of the field `file`, up to whose content the body has been read.

    Attributes:
        filename: as the client calls it, whatever that is.
        media_type: what the client says that it is, if anything.
    """

    def __init__(self, form: "_Form", body: AsyncIterator[bytes]) -> None:
        self.filename = form.filename or ""
        self.media_type = form.media_type
        self._form = form
        self._body = body

    async def content(self) -> AsyncGenerator[bytes]:
        """The content in pieces. It ends when the whole body was read and found complete.

        Raises:
            MalformedRequestError: the body breaks off, or is not what it says that it is.
            FileTooLargeError: the body is longer than it may be.
            RequestValidationError: there is a second file.
        """
        for piece in self._form.take():
            yield piece
        async for chunk in self._body:
            self._form.feed(chunk)
            for piece in self._form.take():
                yield piece
        if not self._form.complete:
            raise MalformedRequestError("The form breaks off.")


async def receive_file(
    *, content_type: str, content_length: int | None, body: AsyncIterator[bytes], max_bytes: int
) -> UploadedFile:
    """Read as much of the body as it takes to know the file's name.

    Args:
        content_type: the header of the request.
        content_length: what the client announces, if anything; a body that is said to be too long is not read at all.
        body: the body in pieces, as it arrives.
        max_bytes: how long the file may be.

    Raises:
        NoFormError: the body is no form with files.
        MalformedRequestError: the form cannot be read.
        FileTooLargeError: it is too long.
        RequestValidationError: it ends without a file.
    """
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data":
        raise NoFormError("Send the file in a form, as multipart/form-data.")
    limit = max_bytes + _OVERHEAD_BYTES
    if content_length is not None and content_length > limit:
        raise FileTooLargeError(f"At most {max_bytes} bytes are accepted.")
    form = _Form(options.get(b"boundary", b""))
    pieces = _limited(body, limit, FileTooLargeError(f"At most {max_bytes} bytes are accepted."))
    async for chunk in pieces:
        form.feed(chunk)
        if form.filename is not None:
            return UploadedFile(form, pieces)
    if not form.complete:
        raise MalformedRequestError("The form breaks off.")
    raise _refused("missing", "Field required")


async def _limited(body: AsyncIterator[bytes], limit: int, error: FileTooLargeError) -> AsyncIterator[bytes]:
    received = 0
    try:
        async for chunk in body:
            received += len(chunk)
            if received > limit:
                raise error
            yield chunk
    except ClientDisconnect:
        # Nobody will read the answer; but this is not a failure of the server, and the log shall not say so.
        raise MalformedRequestError("The connection was closed before the end.") from None


def _refused(kind: str, message: str) -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": ("body", FIELD), "msg": message, "input": None}])


class _Form:
    """What the parser has found so far: the content of the file's part, and the end."""

    def __init__(self, boundary: bytes) -> None:
        self.filename: str | None = None
        self.media_type: str | None = None
        self.complete = False
        self._pieces: list[bytes] = []
        self._headers: dict[bytes, bytes] = {}
        self._name = b""
        self._value = b""
        self._in_file = False
        if not boundary:
            raise MalformedRequestError("The Content-Type names no boundary.")
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin_part,
                    "on_header_field": self._add_name,
                    "on_header_value": self._add_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._end_headers,
                    "on_part_data": self._add_data,
                    "on_part_end": self._end_part,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise MalformedRequestError(f"The boundary is not a good one: {error}.") from None

    def feed(self, chunk: bytes) -> None:
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise MalformedRequestError("This is no multipart form with that boundary.") from None

    def take(self) -> list[bytes]:
        """The pieces of the file that came since the last time."""
        pieces, self._pieces = self._pieces, []
        return pieces

    def _begin_part(self) -> None:
        self._headers = {}

    def _add_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name = self._value = b""

    def _end_headers(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        if options.get(b"name") != FIELD.encode():
            return
        if b"filename" not in options:
            raise _refused("value_error", "This is no file: it has no name")
        if self.filename is not None:
            raise _refused("value_error", "One file at a time")
        self.filename = options[b"filename"].decode(errors="replace")
        declared = self._headers.get(b"content-type")
        self.media_type = None if declared is None else declared.decode("latin-1")
        self._in_file = True

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self._pieces.append(bytes(data[start:end]))

    def _end_part(self) -> None:
        self._in_file = False

    def _end(self) -> None:
        self.complete = True
