"""Routes of preferences."""

from typing import Annotated

from fastapi import APIRouter, Cookie, Response

from sample_app.core.dependencies import SettingsDep
from sample_app.core.errors import InvalidRequestError, MalformedRequestError, RequestTooLargeError
from sample_app.core.problems import problem_responses
from sample_app.core.settings import Environment
from sample_app.preferences.schemas import Preferences

router = APIRouter(prefix="/preferences", tags=["preferences"])

_A_YEAR = 365 * 24 * 3600


@router.get(
    "",
    operation_id="read_preferences",
    summary="What does this browser prefer?",
    responses=problem_responses(InvalidRequestError),
)
async def read_preferences(preferences: Annotated[Preferences, Cookie()]) -> Preferences:
    """The preferences in the cookies; what is not there is as it is for everybody."""
    return preferences


@router.put(
    "",
    operation_id="put_preferences",
    summary="Prefer this from now on",
    responses={
        200: {
            "description": "The preferences from now on",
            "headers": {
                "Set-Cookie": {"description": "One for each field.", "required": True, "schema": {"type": "string"}}
            },
        },
        **problem_responses(MalformedRequestError, RequestTooLargeError, InvalidRequestError),
    },
)
async def put_preferences(preferences: Preferences, response: Response, settings: SettingsDep) -> Preferences:
    """Keep the preferences in cookies, for a year. What is left out is as it is for everybody."""
    for name, value in preferences.model_dump(mode="json").items():
        response.set_cookie(
            name,
            value,
            max_age=_A_YEAR,
            samesite="lax",
            secure=settings.environment is Environment.PRODUCTION,
        )
    return preferences
