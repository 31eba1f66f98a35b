"""Tenants are kept apart by the ORM: whatever a statement looks like, and whatever its author forgot."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import delete, exists, func, insert, select, text, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from sample_app.core.database import Database
from sample_app.core.tenancy import ALL_TENANTS, TenancyError, bind_tenant
from sample_app.products.models import Category, Currency, Product
from sample_app.tenants.models import Tenant
from sample_app.users.models import User

pytestmark = pytest.mark.anyio

PRODUCTS: Any = Product.__table__
OTHER = aliased(Product)
OTHER_TABLE = PRODUCTS.alias()
LISTED = select(Product).cte()

GLOBEX_SKUS = ["LAST-010", "TEA-001"]


def product(sku: str, tenant_id: str | None = None) -> Product:
    return Product(
        sku=sku,
        tenant_id=tenant_id,
        name="Anything",
        description=None,
        category=Category.TEA,
        price_amount=1,
        price_currency=Currency.EUR,
        stock=1,
    )


@pytest.fixture
def database(app: FastAPI) -> Database:
    database: Database = app.state.database
    return database


@pytest.fixture
async def globex(database: Database) -> AsyncIterator[AsyncSession]:
    """A session of the tenant that sells the less; what it leaves is rolled back."""
    async with database.transaction(tenant_id="globex") as session:
        yield session
        await session.rollback()


@pytest.fixture
async def nobodys(database: Database) -> AsyncIterator[AsyncSession]:
    """A session that was not told its tenant."""
    async with database.transaction() as session:
        yield session
        await session.rollback()


# None of these says a word of tenants.
SELECTS: dict[str, Any] = {
    "entity": select(Product),
    "column": select(Product.sku),
    "alias": select(OTHER),
    "column of an alias": select(OTHER.sku),
    "count": select(func.count(Product.id)),
    "count from": select(func.count()).select_from(Product),
    "subquery": select(func.count()).select_from(select(Product).subquery()),
    "cte": select(LISTED.c.sku),
    "union": union_all(select(Product.sku), select(OTHER.sku)),
    "in": select(Tenant.id).where(Tenant.id.in_(select(Product.tenant_id))),
    "exists": select(Tenant.id).where(exists().where(Product.tenant_id == Tenant.id)),
    "scalar subquery": select(select(func.max(Product.price_amount)).scalar_subquery()),
    "outer join": select(Product.sku).select_from(Tenant).outerjoin(Product, Product.stock >= 0).distinct(),
}

FOUND_IN_GLOBEX: dict[str, list[Any]] = {
    "entity": GLOBEX_SKUS,
    "column": GLOBEX_SKUS,
    "alias": GLOBEX_SKUS,
    "column of an alias": GLOBEX_SKUS,
    "count": [2],
    "count from": [2],
    "subquery": [2],
    "cte": GLOBEX_SKUS,
    "union": ["LAST-010", "LAST-010", "TEA-001", "TEA-001"],
    "in": ["globex"],
    "exists": ["globex"],
    "scalar subquery": [2890],
    "outer join": GLOBEX_SKUS,
}


def plain(values: Any) -> list[Any]:
    return sorted(value.sku if isinstance(value, Product) else value for value in values)


@pytest.mark.parametrize("name", SELECTS)
async def test_a_query_that_forgets_the_tenant_finds_its_own_rows_only(name: str, globex: AsyncSession) -> None:
    assert plain(await globex.scalars(SELECTS[name])) == FOUND_IN_GLOBEX[name]


@pytest.mark.parametrize("name", SELECTS)
async def test_without_a_tenant_nothing_is_found_but_an_error(name: str, nobodys: AsyncSession) -> None:
    with pytest.raises(TenancyError, match="not told its tenant"):
        await nobodys.scalars(SELECTS[name])


@pytest.mark.parametrize("name", SELECTS)
async def test_one_statement_may_say_that_it_looks_over_all_tenants(name: str, nobodys: AsyncSession) -> None:
    found = plain(await nobodys.scalars(SELECTS[name], execution_options=ALL_TENANTS))
    assert found != FOUND_IN_GLOBEX[name]


async def test_a_session_for_all_tenants_sees_all(database: Database) -> None:
    async with database.transaction(all_tenants=True) as session:
        assert plain(await session.scalars(select(Product.sku))) == [
            "COF-001",
            "GIFT-001",
            *["LAST-010"] * 2,
            *["TEA-001"] * 2,
        ]
        assert await session.scalar(text("SELECT count(*) FROM products")) == 6


async def test_tables_that_belong_to_no_tenant_need_none(nobodys: AsyncSession) -> None:
    assert plain(await nobodys.scalars(select(Tenant.id))) == ["acme", "globex"]


async def test_a_row_of_another_tenant_is_not_found_by_its_key(database: Database, globex: AsyncSession) -> None:
    async with database.transaction(read_only=True, tenant_id="acme") as acme:
        foreign = await acme.scalar(select(Product).where(Product.sku == "COF-001"))
    assert foreign is not None
    assert await globex.get(Product, foreign.id) is None


@pytest.mark.parametrize("statement", [update(Product).values(stock=7), delete(Product)], ids=["update", "delete"])
async def test_a_statement_without_conditions_changes_own_rows_only(database: Database, statement: Any) -> None:
    async with database.transaction(tenant_id="globex") as session:
        await session.execute(statement)
    async with database.transaction(read_only=True, tenant_id="acme") as session:
        assert plain(await session.scalars(select(Product.stock))) == [10, 25, 200, 1000]
    async with database.transaction(read_only=True, tenant_id="globex") as session:
        assert plain(await session.scalars(select(Product.stock))) == ([7, 7] if statement.is_update else [])


REFUSED: dict[str, tuple[Any, str]] = {
    "text": (text("SELECT * FROM products"), "SQL as text"),
    "text for an entity": (select(Product).from_statement(text("SELECT * FROM products")), "SQL as text"),
    "text as a condition": (select(Product).where(text("1 = 1")), "SQL as text"),
    "plain table": (select(PRODUCTS), "plain table"),
    "plain column": (select(PRODUCTS.c.sku), "plain table"),
    "alias of a plain table": (select(OTHER_TABLE), "plain table"),
    "plain table joined": (select(Tenant).join(PRODUCTS, PRODUCTS.c.tenant_id == Tenant.id), "plain table"),
    "its alias joined": (select(Tenant).join(OTHER_TABLE, OTHER_TABLE.c.tenant_id == Tenant.id), "plain table"),
    "plain table beside": (select(User).join(PRODUCTS, PRODUCTS.c.tenant_id == User.tenant_id), "plain table"),
    "plain update": (update(PRODUCTS).values(stock=0), "plain table"),
    "plain insert": (insert(PRODUCTS).values(sku="X"), "plain table"),
    "insert statement": (insert(Product).values(sku="X"), "Bulk statements"),
    "another tenant": (update(Product).values(tenant_id="acme"), "does not change its tenant"),
    "update by another table": (
        update(User).where(User.tenant_id == Product.tenant_id).values(role="admin"),
        "look first, then write",
    ),
    "delete by another table": (delete(User).where(User.id == OTHER.id), "look first, then write"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_the_condition_cannot_be_added_to_is_refused(name: str, globex: AsyncSession) -> None:
    statement, reason = REFUSED[name]
    with pytest.raises(TenancyError, match=reason):
        await globex.execute(statement)


async def test_an_update_of_many_by_key_is_refused(globex: AsyncSession) -> None:
    (one,) = await globex.scalars(select(Product).where(Product.sku == "TEA-001"))
    with pytest.raises(TenancyError, match="Bulk statements"):
        await globex.execute(update(Product), [{"id": one.id, "stock": 0}])


async def test_a_new_row_gets_the_tenant_of_the_session(database: Database) -> None:
    async with database.transaction(tenant_id="globex") as session:
        session.add(product("NEW-001"))
    async with database.transaction(all_tenants=True) as session:
        assert [*await session.scalars(select(Product.tenant_id).where(Product.sku == "NEW-001"))] == ["globex"]


async def test_rows_are_not_written_for_another_tenant(globex: AsyncSession) -> None:
    globex.add(product("NEW-001", "acme"))
    with pytest.raises(TenancyError, match="must not write a row of another"):
        await globex.flush()


@pytest.mark.parametrize("change", ["move", "take", "delete"])
async def test_rows_do_not_go_from_one_tenant_to_another(globex: AsyncSession, change: str) -> None:
    query = select(Product).where(Product.sku == "COF-001" if change != "move" else Product.sku == "TEA-001")
    row = await globex.scalar(query, execution_options=ALL_TENANTS if change != "move" else {})
    assert row is not None
    if change == "delete":
        await globex.delete(row)
    else:
        row.tenant_id = "acme" if change == "move" else "globex"
    with pytest.raises(TenancyError, match="must not write a row of another"):
        await globex.flush()


async def test_a_session_without_a_tenant_writes_no_rows_of_tenants(nobodys: AsyncSession) -> None:
    nobodys.add(product("NEW-001", "acme"))
    with pytest.raises(TenancyError, match="not told its tenant"):
        await nobodys.flush()


async def test_a_session_keeps_its_tenant(globex: AsyncSession) -> None:
    bind_tenant(globex, "globex")
    with pytest.raises(TenancyError, match="works for the tenant globex, not for acme"):
        bind_tenant(globex, "acme")


async def test_an_object_can_be_read_again(globex: AsyncSession) -> None:
    row = await globex.scalar(select(Product).where(Product.sku == "TEA-001"))
    assert row is not None
    await globex.execute(update(Product).where(Product.sku == "TEA-001").values(stock=Product.stock - 1))
    await globex.refresh(row)
    assert (row.sku, row.stock) == ("TEA-001", 999)


async def test_routes_of_a_repository_that_forgets_leak_nothing(
    client_of: Callable[[str], AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The repository that a hurried author would write: no condition at all."""

    async def page(self: Any, _wanted: Any, **_parameters: Any) -> tuple[list[Product], int]:
        found = [*await self._session.scalars(select(Product))]
        return found, len(found)

    monkeypatch.setattr("sample_app.products.repository.ProductRepository.page", page)
    listed = {user: (await client_of(user).get("/v2/products")).json() for user in ("bob", "carol")}
    assert {user: plain(item["sku"] for item in body["items"]) for user, body in listed.items()} == {
        "bob": ["COF-001", "GIFT-001", "LAST-010", "TEA-001"],
        "carol": GLOBEX_SKUS,
    }
