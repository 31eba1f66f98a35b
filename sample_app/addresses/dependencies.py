"""The address service, as a route asks for it: with the address of the caller."""

from typing import Annotated

from fastapi import Depends

from sample_app.addresses.repository import AddressRepository
from sample_app.addresses.service import AddressService
from sample_app.auth.dependencies import CurrentUserDep, TenantSessionDep


def get_address_service(session: TenantSessionDep, user: CurrentUserDep) -> AddressService:
    return AddressService(addresses=AddressRepository(session, user_id=user.id))


AddressServiceDep = Annotated[AddressService, Depends(get_address_service)]
