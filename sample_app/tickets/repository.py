"""Tickets in the database."""

from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app.core.cursors import Position
from sample_app.tickets.models import Ticket


class TicketRepository:
    """The tickets that one caller may see: of one user unless `user_id` is None, and always of the session's tenant."""

    def __init__(self, session: AsyncSession, *, user_id: UUID | None) -> None:
        self._session = session
        self._visible = select(Ticket)
        if user_id is not None:
            self._visible = self._visible.where(Ticket.user_id == user_id)

    async def get(self, ticket_id: UUID) -> Ticket | None:
        return await self._session.scalar(self._visible.where(Ticket.id == ticket_id))

    async def after(self, position: Position | None, *, limit: int) -> list[Ticket]:
        """The newest first, from a place in the list on."""
        query = self._visible
        if position is not None:
            query = query.where(tuple_(Ticket.created_at, Ticket.id) < (position.created_at, position.id))
        newest_first = query.order_by(Ticket.created_at.desc(), Ticket.id.desc())
        return [*await self._session.scalars(newest_first.limit(limit))]

    async def add(self, ticket: Ticket) -> None:
        self._session.add(ticket)
        await self._session.flush()
