"""Routes of the account page. They speak HTML and forms, and a cookie says who is there."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from sample_app.account.dependencies import (
    COOKIE,
    AccountServiceDep,
    OptionalVisitorDep,
    VisitorDep,
    limit_sign_in,
    refuse_other_sites,
)
from sample_app.account.errors import ForgedRequestError, NotSignedInError
from sample_app.account.pages import account_page
from sample_app.account.schemas import AccountQuery, NoteForm, SignInForm, TokenForm
from sample_app.auth.errors import WrongCredentialsError
from sample_app.core.dependencies import SettingsDep
from sample_app.core.errors import InvalidRequestError, MalformedRequestError, NotReadyError, RequestTooLargeError
from sample_app.core.problems import problem_responses
from sample_app.core.settings import Environment

router = APIRouter(prefix="/account", tags=["account"], default_response_class=HTMLResponse)

_LOCATION = {
    "description": "Where to go on.",
    "required": True,
    "schema": {"type": "string", "format": "uri-reference"},
}
_SET_COOKIE = {"description": "The session.", "required": True, "schema": {"type": "string"}}


def _see_other(**more: Any) -> dict[str, Any]:
    return {"description": "Done; go on at `Location`", "headers": {"Location": _LOCATION, **more}}


@router.get(
    "",
    operation_id="read_account",
    summary="Show the account page",
    responses=problem_responses(InvalidRequestError, NotReadyError),
    openapi_extra={"security": [{}]},
)
async def read_account(
    request: Request, query: Annotated[AccountQuery, Query()], visitor: OptionalVisitorDep, account: AccountServiceDep
) -> Response:
    """The profile and the notes of who is signed in by the cookie; a form to sign in for everybody else."""
    notes = await account.notes_of(visitor, containing=query.q) if visitor is not None else []
    return account_page(request, visitor=visitor, notes=notes, q=query.q)


@router.post(
    "/session",
    operation_id="sign_in_to_account",
    summary="Sign in to the account page",
    status_code=303,
    response_class=Response,
    dependencies=[Depends(refuse_other_sites)],
    responses={
        303: _see_other(**{"Set-Cookie": _SET_COOKIE}),
        **problem_responses(
            MalformedRequestError,
            RequestTooLargeError,
            WrongCredentialsError,
            ForgedRequestError,
            InvalidRequestError,
            NotReadyError,
        ),
    },
)
async def sign_in_to_account(
    request: Request,
    form: Annotated[SignInForm, Depends(limit_sign_in)],
    account: AccountServiceDep,
    settings: SettingsDep,
) -> Response:
    """Set a cookie that scripts cannot read and other sites cannot send along, and go to the page."""
    cookie = await account.sign_in(form.username, form.password, replaced=request.cookies.get(COOKIE))
    page = request.url_for("read_account").path
    answer = RedirectResponse(form.next or page, status_code=303)
    answer.set_cookie(
        COOKIE,
        cookie,
        max_age=settings.browser_session_seconds,
        path=page,
        httponly=True,
        samesite="lax",
        secure=settings.environment is Environment.PRODUCTION,
    )
    return answer


@router.post(
    "/notes",
    operation_id="write_note",
    summary="Write a note",
    status_code=303,
    response_class=Response,
    dependencies=[Depends(refuse_other_sites)],
    responses={
        303: _see_other(),
        **problem_responses(
            MalformedRequestError,
            RequestTooLargeError,
            NotSignedInError,
            ForgedRequestError,
            InvalidRequestError,
            NotReadyError,
        ),
    },
)
async def write_note(
    request: Request, form: Annotated[NoteForm, Form()], visitor: VisitorDep, account: AccountServiceDep
) -> Response:
    """Keep a note, and go back to the page. The form must bring the token that the page gave it."""
    await account.write_note(visitor, form.text, csrf_token=form.csrf_token)
    return RedirectResponse(request.url_for("read_account").path, status_code=303)


@router.post(
    "/sign-out",
    operation_id="sign_out_of_account",
    summary="Sign out of the account page",
    status_code=303,
    response_class=Response,
    dependencies=[Depends(refuse_other_sites)],
    responses={
        303: _see_other(**{"Set-Cookie": _SET_COOKIE}),
        **problem_responses(
            MalformedRequestError,
            RequestTooLargeError,
            NotSignedInError,
            ForgedRequestError,
            InvalidRequestError,
            NotReadyError,
        ),
    },
)
async def sign_out_of_account(
    request: Request, form: Annotated[TokenForm, Form()], visitor: VisitorDep, account: AccountServiceDep
) -> Response:
    """End the session, and take the cookie back."""
    await account.sign_out(visitor, csrf_token=form.csrf_token)
    path = request.url_for("read_account").path
    answer = RedirectResponse(path, status_code=303)
    answer.delete_cookie(COOKIE, path=path, httponly=True, samesite="lax")
    return answer
