"""What can be done with the own address."""

from dataclasses import dataclass

from sample_app.addresses.errors import NoAddressError
from sample_app.addresses.models import StoredAddress
from sample_app.addresses.repository import AddressRepository


@dataclass(frozen=True, slots=True)
class AddressService:
    addresses: AddressRepository

    async def get(self) -> StoredAddress:
        """The caller's address.

        Raises:
            NoAddressError: the caller has told none.
        """
        address = await self.addresses.get()
        if address is None:
            raise NoAddressError("You have told no address.")
        return address

    async def put(self, *, street: str, postal_code: str, city: str, country_code: str) -> StoredAddress:
        """The caller's address from now on."""
        return await self.addresses.put(street=street, postal_code=postal_code, city=city, country_code=country_code)
