"""What can go wrong with files."""

from collections.abc import Mapping
from http import HTTPStatus

from sample_app.core.errors import AppError


class StoredFileNotFoundError(AppError):
    status = HTTPStatus.NOT_FOUND
    code = "file-not-found"
    title = "There is no such file"


class UploadRefusedError(AppError):
    """The base of what ends an upload before its end.

    The connection ends with it: else the server would read, and throw away, all that the client goes on to send.
    """

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.headers = {"Connection": "close"}


class FileTooLargeError(UploadRefusedError):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "file-too-large"
    title = "The file is larger than what is accepted"


class NoFormError(UploadRefusedError):
    """The body is something else than a form with files."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "no-multipart-form"
    title = "The body is not multipart/form-data"


class FileTypeRefusedError(UploadRefusedError):
    """The content is of a kind that is not taken, or not of the kind that it is said to be."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "file-type-refused"
    title = "Files of this type are not accepted"


class RangeNotSatisfiableError(AppError):
    """No byte of the range exists; the header tells how many there are (RFC 9110, section 15.5.17)."""

    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
    code = "range-not-satisfiable"
    title = "The file has no such range"
    headers: Mapping[str, str] = {"Content-Range": "bytes */0"}

    def __init__(self, size: int) -> None:
        super().__init__(f"The file has {size} bytes.")
        self.headers = {"Content-Range": f"bytes */{size}"}
