"""Addresses in the database."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from sample_app.addresses.models import StoredAddress


class AddressRepository:
    """The address of one user."""

    def __init__(self, session: AsyncSession, *, user_id: UUID) -> None:
        self._session = session
        self._user_id = user_id

    async def get(self) -> StoredAddress | None:
        return await self._session.get(StoredAddress, self._user_id)

    async def put(self, *, street: str, postal_code: str, city: str, country_code: str) -> StoredAddress:
        """Write the address in place of the one before, if there was one."""
        address = StoredAddress(
            user_id=self._user_id, street=street, postal_code=postal_code, city=city, country_code=country_code
        )
        stored = await self.get()
        if stored is None:
            self._session.add(address)
        else:
            stored.street, stored.postal_code = street, postal_code
            stored.city, stored.country_code = city, country_code
        await self._session.flush()
        return stored or address
