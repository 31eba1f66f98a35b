"""The data that a fresh app starts with, outside production."""

import asyncio

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app.core.database import Database
from sample_app.core.passwords import hash_password
from sample_app.products.models import Category, Currency, Product
from sample_app.tenants.models import Tenant
from sample_app.users.models import Role, User

PASSWORD = "Correct-horse-7"

_TENANTS = {"acme": "Acme Tea Company", "globex": "Globex Trading"}

_USERS = (
    ("alice", "Alice", "acme", Role.ADMIN),
    ("bob", "Bob", "acme", Role.CUSTOMER),
    ("dave", "Dave", "acme", Role.CUSTOMER),
    ("carol", "Carol", "globex", Role.CUSTOMER),
)

# Both tenants sell the first two, each from its own stock.
_PRODUCTS = (
    ("acme", "TEA-001", "Assam, 100 g", "A strong black tea.", Category.TEA, 495, 1000),
    ("acme", "LAST-010", "Moon oolong, 50 g", "The last ten of this harvest.", Category.TEA, 2490, 10),
    ("acme", "COF-001", "Espresso beans, 250 g", None, Category.COFFEE, 890, 200),
    ("acme", "GIFT-001", "Tasting box", "Six small bags in a wooden box.", Category.GIFT, 3200, 25),
    ("globex", "TEA-001", "Green tea, 100 g", None, Category.TEA, 540, 1000),
    ("globex", "LAST-010", "White tea, 50 g", "The last ten of this harvest.", Category.TEA, 2890, 10),
)


async def load_demo_data(database: Database) -> None:
    """Write the demo data into a database that has no tenant yet; leave any other as it is."""
    async with database.transaction(read_only=True) as session:
        if await _has_tenants(session):
            return
    # Hashing takes longest, so it is done at once for all and before the transaction starts.
    hashes = await asyncio.gather(*(hash_password(PASSWORD) for _ in _USERS))
    async with database.transaction(all_tenants=True) as session:
        if await _has_tenants(session):  # another process was faster
            return
        session.add_all(Tenant(id=tenant_id, name=name) for tenant_id, name in _TENANTS.items())
        await session.flush()
        session.add_all(
            User(
                username=username,
                display_name=display_name,
                tenant_id=tenant_id,
                role=role,
                password_hash=password_hash,
            )
            for (username, display_name, tenant_id, role), password_hash in zip(_USERS, hashes, strict=True)
        )
        session.add_all(
            Product(
                tenant_id=tenant_id,
                sku=sku,
                name=name,
                description=description,
                category=category,
                price_amount=amount,
                price_currency=Currency.EUR,
                stock=stock,
            )
            for tenant_id, sku, name, description, category, amount, stock in _PRODUCTS
        )


async def _has_tenants(session: AsyncSession) -> bool:
    return await session.scalar(select(Tenant.id).limit(1)) is not None
