"""API keys in the database."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app import faults
from sample_app.api_keys.models import ApiKey
from sample_app.core.tenancy import ALL_TENANTS, bind_tenant


class ApiKeyRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get_by_digest(self, digest: str) -> ApiKey | None:
        """The key with that digest. It tells the tenant, which from here on is the only one the session works for."""
        query = select(ApiKey).where(ApiKey.digest == digest)
        key = await self._session.scalar(query, execution_options=ALL_TENANTS)
        if key is not None:
            bind_tenant(self._session, key.tenant_id)
        return key

    async def get(self, key_id: UUID) -> ApiKey | None:
        return await self._session.get(ApiKey, key_id)

    async def page(self, *, limit: int, offset: int) -> tuple[list[ApiKey], int]:
        """A part of the tenant's keys, the newest first, and how many there are in all."""
        own = select(ApiKey)
        total = await self._session.scalar(select(func.count()).select_from(own.subquery()))
        newest_first = own.order_by(ApiKey.created_at.desc(), ApiKey.id)
        limit = faults.pick("key-page-one-too-many", right=limit, wrong=limit + 1)
        return [*await self._session.scalars(newest_first.limit(limit).offset(offset))], total or 0

    async def add(self, key: ApiKey) -> None:
        self._session.add(key)
        await self._session.flush()
        if faults.is_on("key-not-kept"):
            await self._session.rollback()

    async def delete(self, key: ApiKey) -> None:
        await self._session.delete(key)
        await self._session.flush()
