"""Routes of signing in."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Path, Response

from sample_app import faults
from sample_app.auth.dependencies import AuthServiceDep, CallerDep, limit_sign_in
from sample_app.auth.errors import (
    InvalidRefreshTokenError,
    InvalidScopeError,
    LoginNotFoundError,
    NotAuthenticatedError,
    WrongCredentialsError,
)
from sample_app.auth.schemas import LoginForm, RefreshTokenIn, SessionRead, TokenPair
from sample_app.auth.service import IssuedTokens
from sample_app.core.errors import InvalidRequestError, MalformedRequestError, NotReadyError, RequestTooLargeError
from sample_app.core.problems import problem_responses

router = APIRouter(prefix="/auth", tags=["auth"])


def _forbid_storing(response: Response) -> None:
    response.headers["Cache-Control"] = "no-store"  # RFC 6749, section 5.1


@router.post(
    "/token",
    operation_id="login",
    summary="Sign in",
    response_model=TokenPair,
    responses=problem_responses(
        MalformedRequestError,
        RequestTooLargeError,
        InvalidScopeError,
        WrongCredentialsError,
        InvalidRequestError,
        NotReadyError,
    ),
)
async def login(
    form: Annotated[LoginForm, Depends(limit_sign_in)], auth: AuthServiceDep, response: Response
) -> IssuedTokens:
    """Trade a user name and a password for tokens (OAuth2 password flow)."""
    _forbid_storing(response)
    return await auth.login(form.username, form.password, scope=form.scope)


@router.post(
    "/refresh",
    operation_id="refresh_tokens",
    summary="Stay signed in",
    response_model=TokenPair,
    responses=problem_responses(
        MalformedRequestError, RequestTooLargeError, InvalidRefreshTokenError, InvalidRequestError, NotReadyError
    ),
)
async def refresh_tokens(body: RefreshTokenIn, auth: AuthServiceDep, response: Response) -> IssuedTokens:
    """Trade a refresh token for the next pair. Each is good for one use; a second use signs the login out."""
    _forbid_storing(response)
    return await auth.refresh(body.refresh_token)


@router.post(
    "/revoke",
    operation_id="revoke_tokens",
    summary="Sign out",
    status_code=204,
    responses=problem_responses(MalformedRequestError, RequestTooLargeError, InvalidRequestError, NotReadyError),
)
async def revoke_tokens(body: RefreshTokenIn, auth: AuthServiceDep) -> None:
    """End the login that a refresh token belongs to, with all its tokens.

    Also 204 for a token that nobody knows (RFC 7009, section 2.2).
    """
    await auth.revoke(body.refresh_token)


@router.get(
    "/sessions",
    operation_id="list_sessions",
    summary="Where am I signed in?",
    responses=problem_responses(NotAuthenticatedError, NotReadyError),
)
async def list_sessions(caller: CallerDep, auth: AuthServiceDep) -> list[SessionRead]:
    """The caller's logins that still hold, the newest first."""
    return [SessionRead.of(login, current=caller.login_id) for login in await auth.sessions(caller)]


@router.delete(
    "/sessions/{session_id}",
    operation_id="end_session",
    summary="Sign out elsewhere",
    status_code=204,
    responses=problem_responses(NotAuthenticatedError, LoginNotFoundError, InvalidRequestError, NotReadyError),
)
async def end_session(
    session_id: Annotated[UUID, Path(description="As it stands in the list.")], caller: CallerDep, auth: AuthServiceDep
) -> None:
    """End one of the caller's logins. Its tokens, access tokens too, are refused from now on."""
    if faults.is_on("own-session-not-endable") and session_id == caller.login_id:
        raise HTTPException(409, "This session is in use.")
    await auth.end_session(caller, session_id)
