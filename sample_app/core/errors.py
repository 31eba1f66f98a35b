"""The app's own exceptions. Each class knows its HTTP status; no web framework is needed to raise one."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar


class AppError(Exception):
    """A failure that a client is told about.

    Subclasses set the class attributes; an instance adds the sentence that fits the case.

    Attributes:
        status: the HTTP status of the answer.
        code: the last part of the problem type (RFC 9457, section 3.1.1), stable for clients to branch on.
        title: the same for every instance of a class (RFC 9457, section 3.1.3).
        headers: header fields that go with the answer; an instance may have values of its own.
        keeps_changes: whether what the request already wrote is committed although it fails.
        detail: what went wrong this time, in words for the client.
    """

    status: ClassVar[HTTPStatus]
    code: ClassVar[str]
    title: ClassVar[str]
    headers: Mapping[str, str] = {}
    keeps_changes: ClassVar[bool] = False

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class MalformedRequestError(AppError):
    """The body cannot be read at all."""

    status = HTTPStatus.BAD_REQUEST
    code = "malformed-request"
    title = "The request body could not be read"


class RequestTooLargeError(AppError):
    """The body is longer than the route takes, as declared or as it came."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "request-too-large"
    title = "The request body is too large"


class InvalidRequestError(AppError):
    """A part of the request does not match the document."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "invalid-request"
    title = "The request does not match the contract"


class NotReadyError(AppError):
    """The app cannot serve requests yet, or no more."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "not-ready"
    title = "The service is not ready"
    headers: Mapping[str, str] = {"Retry-After": "1"}


class OverloadedError(NotReadyError):
    """The app is up, but has no capacity left for this request; where the one error is declared, so is the other."""

    code = "overloaded"
    title = "The service has no capacity left"


class UnstorableTextError(Exception):
    """A text of the request holds a character that the database cannot keep; the client is told what is wrong.

    It can come from every route that writes text, all of which declare that a request may be refused.
    """
