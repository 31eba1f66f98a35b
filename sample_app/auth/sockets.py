"""Who is calling by WebSocket: the token is looked at before the socket is accepted, and again as long as it lasts."""

import asyncio
import logging
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, NoReturn

from fastapi import Depends, Query, WebSocket
from fastapi.security import SecurityScopes
from fastapi.security.utils import get_authorization_scheme_param

from sample_app.auth.dependencies import auth_service
from sample_app.auth.errors import InsufficientScopeError, UnauthorizedError
from sample_app.auth.models import Login
from sample_app.auth.service import Caller
from sample_app.core.database import Database
from sample_app.core.dependencies import DatabaseDep, RateLimiterDep, SettingsDep
from sample_app.core.errors import AppError
from sample_app.core.rate_limits import Limit, RateLimitedError, network_of
from sample_app.core.settings import Settings
from sample_app.core.sockets import CloseCode, Socket

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SocketCaller:
    """The caller of a WebSocket, and the token that says so."""

    caller: Caller
    token: str | None
    needs: Collection[str]
    database: Database
    settings: Settings

    async def watch(self, socket: Socket) -> NoReturn:
        """Close the socket once its token is no longer good. Never returns."""
        while True:
            await asyncio.sleep(self.settings.socket_check_seconds)
            try:
                await _authenticate(self.database, self.settings, self.token, self.needs)
            except (UnauthorizedError, InsufficientScopeError):
                socket.close(CloseCode.NOT_AUTHENTICATED)
            except AppError as error:
                logger.warning("a token could not be looked up: %s", error)


async def get_socket_caller(
    needs: SecurityScopes,
    websocket: WebSocket,
    database: DatabaseDep,
    settings: SettingsDep,
    limiter: RateLimiterDep,
    token: Annotated[str | None, Query(description="For browsers, which cannot send a header.")] = None,
) -> SocketCaller:
    """Who asks for a socket, by header or by query; the header counts if both are there.

    Raises:
        NotAuthenticatedError: the token is not good.
        InsufficientScopeError: it does not bring the scopes that the route asks for by `Security`.
        RateLimitedError: the address asks too often.
    """
    quota = await limiter.hit(Limit.ADDRESS, network_of(websocket.client.host if websocket.client else None))
    if quota is not None and not quota.allowed:
        raise RateLimitedError(quota)
    scheme, credentials = get_authorization_scheme_param(websocket.headers.get("Authorization"))
    given = credentials if scheme.lower() == "bearer" else token
    caller = await _authenticate(database, settings, given, needs.scopes)
    return SocketCaller(caller=caller, token=given, needs=needs.scopes, database=database, settings=settings)


async def _authenticate(database: Database, settings: Settings, token: str | None, needs: Collection[str]) -> Caller:
    async with database.transaction(read_only=True) as session:
        return await auth_service(session, settings, tell_of=_no_new_login).authenticate(token, needs=needs)


def _no_new_login(_login: Login) -> None:
    raise AssertionError("a socket does not sign in")


async def accepted(websocket: WebSocket, settings: Settings) -> Socket:
    """The socket of a caller that is let in."""
    await websocket.accept()
    return Socket(websocket, max_bytes=settings.socket_max_bytes, queue_size=settings.socket_queue)


SocketCallerDep = Annotated[SocketCaller, Depends(get_socket_caller)]
