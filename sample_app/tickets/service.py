"""What can be done with tickets."""

from dataclasses import dataclass
from uuid import UUID

from sample_app.core.clock import utc_now
from sample_app.core.cursors import Position
from sample_app.files.service import FileService, Upload
from sample_app.tickets.errors import TicketNotFoundError
from sample_app.tickets.models import Platform, Ticket
from sample_app.tickets.repository import TicketRepository


@dataclass(frozen=True, slots=True)
class TicketIds:
    """The names of a new ticket and of the file that comes with it."""

    ticket: UUID
    file: UUID


@dataclass(frozen=True, slots=True)
class Question:
    """What a user asks, and the program that the user asks it with, as that describes itself."""

    subject: str
    text: str
    platform: Platform
    client_version: str


@dataclass(frozen=True, slots=True)
class TicketService:
    tickets: TicketRepository
    files: FileService

    async def open(self, question: Question, *, ids: TicketIds, attachment: Upload | None) -> Ticket:
        """A new ticket; its attachment becomes a file of the user, as if it had been uploaded.

        Raises:
            FileTooLargeError: the attachment is longer than files may be.
            FileTypeRefusedError: its content is of a type that is not accepted, or not what the client says.
        """
        if attachment is not None:
            await self.files.upload(attachment, file_id=ids.file)
        ticket = Ticket(
            id=ids.ticket,
            user_id=self.files.owner.user_id,
            subject=question.subject,
            text=question.text,
            platform=question.platform,
            client_version=question.client_version,
            file_id=None if attachment is None else ids.file,
        )
        await self.tickets.add(ticket)
        return ticket

    async def get(self, ticket_id: UUID) -> Ticket:
        """The ticket of that name.

        Raises:
            TicketNotFoundError: there is none, or it is not the caller's to see; the caller is not told which.
        """
        ticket = await self.tickets.get(ticket_id)
        if ticket is None:
            raise TicketNotFoundError(f"There is no ticket {ticket_id}.")
        return ticket

    async def after(self, position: Position | None, *, limit: int) -> list[Ticket]:
        """The tickets that the caller may see, the newest first, from a place in the list on."""
        return await self.tickets.after(position, limit=limit)

    async def close(self, ticket_id: UUID) -> Ticket:
        """Note that the shop is done with it; the first time counts.

        Raises:
            TicketNotFoundError: as for `get`.
        """
        ticket = await self.get(ticket_id)
        if ticket.closed_at is None:
            ticket.closed_at = utc_now()
        return ticket
