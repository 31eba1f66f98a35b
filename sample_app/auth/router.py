"""Routes of signing in."""

from typing import Annotated

from fastapi import APIRouter, Form, Response

from sample_app.auth.dependencies import AuthServiceDep
from sample_app.auth.errors import InvalidRefreshTokenError, WrongCredentialsError
from sample_app.auth.schemas import LoginForm, RefreshTokenIn, TokenPair
from sample_app.auth.service import IssuedTokens
from sample_app.core.errors import InvalidRequestError, MalformedRequestError, NotReadyError
from sample_app.core.problems import problem_responses

router = APIRouter(prefix="/auth", tags=["auth"])


def _forbid_storing(response: Response) -> None:
    response.headers["Cache-Control"] = "no-store"  # RFC 6749, section 5.1


@router.post(
    "/token",
    operation_id="login",
    summary="Sign in",
    response_model=TokenPair,
    responses=problem_responses(MalformedRequestError, WrongCredentialsError, InvalidRequestError, NotReadyError),
)
async def login(form: Annotated[LoginForm, Form()], auth: AuthServiceDep, response: Response) -> IssuedTokens:
    """Trade a user name and a password for tokens (OAuth2 password flow)."""
    _forbid_storing(response)
    return await auth.login(form.username, form.password)


@router.post(
    "/refresh",
    operation_id="refresh_tokens",
    summary="Stay signed in",
    response_model=TokenPair,
    responses=problem_responses(MalformedRequestError, InvalidRefreshTokenError, InvalidRequestError, NotReadyError),
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
    responses=problem_responses(MalformedRequestError, InvalidRequestError, NotReadyError),
)
async def revoke_tokens(body: RefreshTokenIn, auth: AuthServiceDep) -> None:
    """End the login that a refresh token belongs to. Also 204 for a token that nobody knows (RFC 7009, section 2.2)."""
    await auth.revoke(body.refresh_token)
