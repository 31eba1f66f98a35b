"""Errors on the wire: problem details (RFC 9457), one format for every failure, in answers and in the document."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from sample_app import faults
from sample_app.core.errors import (
    AppError,
    InvalidRequestError,
    MalformedRequestError,
    RequestTooLargeError,
    UnstorableTextError,
)
from sample_app.core.methods import allow, routed_methods
from sample_app.core.request_id import request_id_of

MEDIA_TYPE = "application/problem+json"
_TYPE_BASE = "https://sample-app.example/problems/"

RouteResponses = dict[int | str, dict[str, Any]]


class Problem(BaseModel):
    """What went wrong, for programs (`type`, `status`) and for people (`title`, `detail`)."""

    type: str = Field(description="Names the kind of problem.", examples=[f"{_TYPE_BASE}product-not-found"])
    title: str = Field(description="The kind of problem in words.", examples=["There is no such product"])
    status: int = Field(description="The HTTP status, repeated.", ge=400, le=599, examples=[404])
    detail: str = Field(description="This case in words.", examples=["No product has the SKU TEA-999."])
    instance: str = Field(description="The path that was asked for.", examples=["/v2/products/TEA-999"])
    request_id: str = Field(
        description="Names the request; the server's log has it too.", examples=["0b5f1c2e3d4a4b6c8d7e9f0a1b2c3d4e"]
    )


class InvalidPart(BaseModel):
    """One part of a request that was refused."""

    location: list[str | int] = Field(description="Where it is.", examples=[["body", "quantity"]])
    message: str = Field(description="Why it was refused.", examples=["Input should be less than or equal to 100"])


class ValidationProblem(Problem):
    """A request that does not match the document, with every part that was refused."""

    errors: list[InvalidPart] = Field(description="The refused parts.", min_length=1)


PROBLEM_MODELS: tuple[type[BaseModel], ...] = (Problem, ValidationProblem)


def problem_responses(*errors: type[AppError]) -> RouteResponses:
    """The `responses=` of a route that can fail with these errors, grouped by status."""
    by_status: dict[HTTPStatus, list[type[AppError]]] = {}
    for error in errors:
        by_status.setdefault(error.status, []).append(error)
    return {status.value: _response_object(group) for status, group in by_status.items()}


def install_error_handlers(app: FastAPI) -> None:
    """Answer every failure, the framework's own included, in the one format."""
    app.add_exception_handler(AppError, _on_app_error)
    app.add_exception_handler(UnstorableTextError, _on_unstorable_text)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(WebSocketRequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(Exception, _on_unexpected_error)


def _response_object(errors: list[type[AppError]]) -> dict[str, Any]:
    """What the document says about errors that share a status."""
    response: dict[str, Any] = {
        "description": "; ".join(error.title for error in errors),
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{_model(errors[0]).__name__}"}}},
    }
    names = {name: all(name in error.headers for error in errors) for error in errors for name in error.headers}
    if names:
        response["headers"] = {
            name: {"required": required, "schema": {"type": "string"}} for name, required in names.items()
        }
    return response


def _model(error: type[AppError]) -> type[BaseModel]:
    return ValidationProblem if issubclass(error, InvalidRequestError) else Problem


def _answer(
    request: Request,
    *,
    status: int,
    code: str | None,
    title: str,
    detail: str,
    headers: Mapping[str, str] | None = None,
    errors: list[InvalidPart] | None = None,
) -> JSONResponse:
    fields: dict[str, Any] = {
        "type": _TYPE_BASE + code if code else "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
        "request_id": request_id_of(request),
    }
    problem = Problem(**fields) if errors is None else ValidationProblem(**fields, errors=errors)
    content = problem.model_dump()
    if faults.is_on("range-problem-malformed") and status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        content["status"] = f"{status} {title}"
    if faults.is_on("wrong-scope-not-named") and errors is not None:
        content["errors"] = [
            part for part in content["errors"] if all(isinstance(name, str) for name in part["location"])
        ]
    return JSONResponse(content, status_code=status, headers=headers, media_type=MEDIA_TYPE)


async def _on_app_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AppError)
    return app_error_answer(request, error)


async def _on_unstorable_text(request: Request, error: Exception) -> JSONResponse:
    detail = "Text may not hold the character U+0000."
    return app_error_answer(request, InvalidRequestError(detail), [InvalidPart(location=["body"], message=detail)])


def app_error_answer(request: Request, error: AppError, errors: list[InvalidPart] | None = None) -> JSONResponse:
    """The answer that tells of `error`."""
    return _answer(
        request,
        status=error.status,
        code=error.code,
        title=error.title,
        detail=error.detail,
        headers=error.headers,
        errors=errors,
    )


def invalid_parts(errors: Iterable[Mapping[str, Any]]) -> list[InvalidPart]:
    """Pydantic's errors on the wire. What was sent is not repeated: it may hold a password."""
    return [InvalidPart(location=list(part["loc"]), message=part["msg"]) for part in errors]


async def _on_invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError | WebSocketRequestValidationError)
    parts = invalid_parts(error.errors())
    detail = f"{len(parts)} part{'s' if len(parts) > 1 else ''} of the request refused."
    return app_error_answer(request, InvalidRequestError(detail), parts)


async def _on_http_exception(request: Request, error: Exception) -> JSONResponse:
    """What Starlette and FastAPI raise by themselves: no such path, wrong method, a body that is no text."""
    assert isinstance(error, HTTPException)
    if error.status_code == MalformedRequestError.status:
        return app_error_answer(request, MalformedRequestError(str(error.detail)))
    if error.status_code == RequestTooLargeError.status:
        return app_error_answer(request, RequestTooLargeError("Send less."))
    status = HTTPStatus(error.status_code)
    headers = error.headers
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers = {"Allow": allow(routed_methods(request.scope))}
    return _answer(request, status=status, code=None, title=status.phrase, detail=str(error.detail), headers=headers)


async def _on_unexpected_error(request: Request, _error: Exception) -> JSONResponse:
    """A bug. The server logs it; the client is told nothing of the inside."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return _answer(request, status=status, code=None, title=status.phrase, detail="The server failed. It is logged.")
