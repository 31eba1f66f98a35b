"""Routes of files."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response, Security
from fastapi.responses import StreamingResponse

from sample_app import faults
from sample_app.auth.dependencies import get_current_user
from sample_app.auth.errors import InsufficientScopeError, NotAuthenticatedError
from sample_app.auth.scopes import Scope
from sample_app.core.clock import utc_now
from sample_app.core.dependencies import BackgroundDep, SettingsDep
from sample_app.core.errors import InvalidRequestError, MalformedRequestError, NotReadyError
from sample_app.core.etags import is_known
from sample_app.core.pagination import Page, PageQuery
from sample_app.core.preconditions import IfNoneMatch
from sample_app.core.problems import RouteResponses, problem_responses
from sample_app.files.content import ACCEPTED
from sample_app.files.dependencies import (
    FileServiceDep,
    ObjectStoreDep,
    UploadDep,
    WantedPart,
    get_contents,
)
from sample_app.files.disposition import attachment
from sample_app.files.errors import (
    FileTooLargeError,
    FileTypeRefusedError,
    NoFormError,
    RangeNotSatisfiableError,
    StoredFileNotFoundError,
)
from sample_app.files.models import StoredFile
from sample_app.files.multipart import REQUEST_BODY
from sample_app.files.ranges import ByteRange
from sample_app.files.schemas import FileCreated, FileIdPath, FileLink, FileRead

router = APIRouter(prefix="/files", tags=["files"])

# The size of a file is limited by a setting, which no route knows when it is made; the body is counted as it arrives.
_ANY_BODY_SIZE = 2**63 - 1

_ETAG = {"ETag": {"description": "The digest of the content.", "required": True, "schema": {"type": "string"}}}
_ABOUT_THE_FILE: dict[str, Any] = {
    **_ETAG,
    "Accept-Ranges": {"description": "Parts can be asked for.", "required": True, "schema": {"const": "bytes"}},
    "Content-Disposition": {"description": "The file's name.", "required": True, "schema": {"type": "string"}},
}
_CONTENT_RANGE = {
    "Content-Range": {
        "description": "Which part this is.",
        "required": True,
        "schema": {"type": "string", "pattern": "^bytes [0-9]+-[0-9]+/[0-9]+$"},
    }
}
_CONTENT = {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in ACCEPTED}
_DOWNLOAD: RouteResponses = {
    200: {"description": "The file", "headers": _ABOUT_THE_FILE, "content": _CONTENT},
    206: {"description": "A part", "headers": {**_ABOUT_THE_FILE, **_CONTENT_RANGE}, "content": _CONTENT},
    304: {"description": "The client has it already", "headers": _ETAG},
}

_ONE_FILE = (
    NotAuthenticatedError,
    InsufficientScopeError,
    StoredFileNotFoundError,
    InvalidRequestError,
    NotReadyError,
)


@router.post(
    "",
    operation_id="upload_file",
    # First in, last out: the store has to hear of a transaction that cannot be committed.
    dependencies=[
        Depends(get_contents, scope="function"),
        Security(get_current_user, scopes=faults.pick("upload-for-every-token", right=[Scope.FILES_WRITE], wrong=[])),
    ],
    summary="Upload a file",
    status_code=201,
    max_body_size=_ANY_BODY_SIZE,
    openapi_extra={"requestBody": REQUEST_BODY},
    response_model=FileCreated,
    responses={
        201: {
            "description": "Kept",
            "headers": {
                "Location": {
                    "description": "The path to download it from.",
                    "required": True,
                    "schema": {"type": "string", "format": "uri-reference"},
                }
            },
        },
        **problem_responses(
            MalformedRequestError,
            NotAuthenticatedError,
            InsufficientScopeError,
            FileTooLargeError,
            NoFormError,
            FileTypeRefusedError,
            InvalidRequestError,
            NotReadyError,
        ),
    },
)
async def upload_file(files: FileServiceDep, upload: UploadDep, request: Request, response: Response) -> StoredFile:
    """Keep a file. What it is, its content says: programs, web pages, and files under a false name are refused."""
    file = await files.upload(upload)
    response.headers["Location"] = request.url_for("download_file", file_id=str(file.id)).path
    return file


@router.get(
    "",
    operation_id="list_files",
    dependencies=[Security(get_current_user, scopes=[Scope.FILES_READ])],
    summary="List the own files",
    responses=problem_responses(NotAuthenticatedError, InsufficientScopeError, InvalidRequestError, NotReadyError),
)
async def list_files(files: FileServiceDep, query: Annotated[PageQuery, Query()]) -> Page[FileRead]:
    """The caller's files, the newest first."""
    items, total = await files.page(limit=query.limit, offset=query.offset)
    if faults.is_on("files-past-the-end-not-found") and query.offset > 0 and not items:
        raise HTTPException(404, "There is no such page.")
    return Page(
        items=[FileRead.model_validate(item) for item in items], total=total, limit=query.limit, offset=query.offset
    )


@router.get(
    "/{file_id}",
    operation_id="download_file",
    dependencies=[Security(get_current_user, scopes=[Scope.FILES_READ])],
    summary="Download a file",
    response_class=Response,
    responses={
        **_DOWNLOAD,
        **problem_responses(
            NotAuthenticatedError,
            InsufficientScopeError,
            StoredFileNotFoundError,
            RangeNotSatisfiableError,
            InvalidRequestError,
            NotReadyError,
        ),
    },
)
async def download_file(
    file_id: FileIdPath,
    files: FileServiceDep,
    wanted: Annotated[WantedPart, Depends()],
) -> Response:
    """The content of an own file, whole or in part."""
    file = await files.get(file_id)
    headers = _headers(file)
    if is_known(wanted.if_none_match, headers["ETag"]):
        if faults.is_on("not-modified-without-etag"):
            del headers["ETag"]
        return Response(status_code=304, headers=headers)
    part = wanted.of(file.size, etag=headers["ETag"])
    start, end = part or ByteRange(0, file.size)
    headers["Content-Length"] = str(end - start)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    return StreamingResponse(
        await files.content(file, start=start, end=end),
        status_code=200 if part is None else 206,
        headers=headers,
        media_type=file.media_type,
    )


@router.head(
    "/{file_id}",
    operation_id="probe_file",
    dependencies=[Security(get_current_user, scopes=[Scope.FILES_READ])],
    summary="What a download would be",
    response_class=Response,
    responses={
        200: {"description": "The headers of the download", "headers": _ABOUT_THE_FILE},
        304: _DOWNLOAD[304],
        **problem_responses(
            NotAuthenticatedError, InsufficientScopeError, StoredFileNotFoundError, InvalidRequestError, NotReadyError
        ),
    },
)
async def probe_file(file_id: FileIdPath, files: FileServiceDep, if_none_match: IfNoneMatch = None) -> Response:
    """The headers of the download without its content. A range says nothing here (RFC 9110, section 14.2)."""
    file = await files.get(file_id)
    headers = _headers(file)
    if is_known(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    headers["Content-Length"] = str(file.size)
    return Response(headers=headers, media_type=file.media_type)


@router.get(
    "/{file_id}/meta",
    operation_id="read_file_meta",
    dependencies=[Security(get_current_user, scopes=[Scope.FILES_READ])],
    summary="Read about a file",
    response_model=FileRead,
    responses=problem_responses(
        NotAuthenticatedError, InsufficientScopeError, StoredFileNotFoundError, InvalidRequestError, NotReadyError
    ),
)
async def read_file_meta(file_id: FileIdPath, files: FileServiceDep) -> StoredFile:
    """What is known of an own file."""
    return await files.get(file_id)


@router.get(
    "/{file_id}/link",
    operation_id="read_file_link",
    dependencies=[Security(get_current_user, scopes=[Scope.FILES_READ])],
    summary="Where to download a file",
    responses={
        200: {"headers": {"Cache-Control": {"required": True, "schema": {"const": "no-store"}}}},
        **problem_responses(*_ONE_FILE),
    },
)
async def read_file_link(
    file_id: FileIdPath, files: FileServiceDep, settings: SettingsDep, request: Request, response: Response
) -> FileLink:
    """A link to the content of an own file, for a program that has no token and for downloads past this app.

    Where the object store can sign URLs, whoever has the link can download the file with it, for a short time.
    Elsewhere it is the download here.
    """
    expires_at = utc_now() + timedelta(seconds=settings.file_link_seconds)
    url = await files.link(file_id, seconds=settings.file_link_seconds)
    response.headers["Cache-Control"] = "no-store"
    if url is None:
        return FileLink(url=request.url_for("download_file", file_id=str(file_id)).path, expires_at=None)
    return FileLink(url=url, expires_at=expires_at)


@router.delete(
    "/{file_id}",
    operation_id="delete_file",
    dependencies=[Security(get_current_user, scopes=[Scope.FILES_WRITE])],
    summary="Delete a file",
    status_code=204,
    responses=problem_responses(
        NotAuthenticatedError, InsufficientScopeError, StoredFileNotFoundError, InvalidRequestError, NotReadyError
    ),
)
async def delete_file(
    file_id: FileIdPath, files: FileServiceDep, store: ObjectStoreDep, background: BackgroundDep
) -> None:
    """Delete an own file for good."""
    file = await files.delete(file_id)
    # After the transaction: a file that is listed without its content would be worse than content that nobody lists.
    background.add(store.delete, file.object_key)


def _headers(file: StoredFile) -> dict[str, str]:
    """The headers of a download. A browser is told to save the file, and to run nothing that is in it."""
    return {
        "ETag": f'"{file.sha256}"',
        "Accept-Ranges": "bytes",
        "Content-Disposition": attachment(file.filename),
        "Cache-Control": "private, no-cache",
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    }
