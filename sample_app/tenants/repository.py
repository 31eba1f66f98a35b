"""Tenants in the database."""

from sqlalchemy.ext.asyncio import AsyncSession

from sample_app.tenants.models import Tenant


class TenantRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def exists(self, tenant_id: str) -> bool:
        return await self._session.get(Tenant, tenant_id) is not None
