"""The ticket service, as a route asks for it, and what a ticket comes with."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import Depends, UploadFile

from sample_app.auth.dependencies import CurrentUserDep, TenantSessionDep
from sample_app.core.dependencies import new_id
from sample_app.files.dependencies import FileServiceDep
from sample_app.tickets.repository import TicketRepository
from sample_app.tickets.service import TicketIds, TicketService
from sample_app.users.models import Role

_PIECE_BYTES = 64 * 1024


class Attachment:
    """A file of a form, as the file service takes one.

    Attributes:
        filename: as the client calls it.
        media_type: what the client says that it is, if anything.
    """

    def __init__(self, part: UploadFile) -> None:
        self.filename = part.filename or ""
        self.media_type = part.content_type
        self._part = part

    async def content(self) -> AsyncIterator[bytes]:
        """The content in pieces."""
        while piece := await self._part.read(_PIECE_BYTES):
            yield piece


def get_ticket_service(session: TenantSessionDep, user: CurrentUserDep, files: FileServiceDep) -> TicketService:
    """An admin sees the tickets of the whole tenant, a customer the own ones."""
    owner = None if user.role is Role.ADMIN else user.id
    return TicketService(tickets=TicketRepository(session, user_id=owner), files=files)


def get_ticket_ids(
    # Without a cache: else both would be the one id that the request was given first.
    ticket: Annotated[UUID, Depends(new_id, use_cache=False)],
    file: Annotated[UUID, Depends(new_id, use_cache=False)],
) -> TicketIds:
    return TicketIds(ticket=ticket, file=file)


TicketServiceDep = Annotated[TicketService, Depends(get_ticket_service)]
TicketIdsDep = Annotated[TicketIds, Depends(get_ticket_ids)]
