"""Kinds of dependencies: a class, a factory, without the cache, in layers, and with a clean-up for both ends."""

from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from sample_app.auth.dependencies import get_caller, get_current_user, require_role
from sample_app.auth.errors import NotAuthenticatedError
from sample_app.core.cursors import PageByCursor
from sample_app.core.database import Database
from sample_app.core.dependencies import get_session, new_id
from sample_app.files.models import StoredFile
from sample_app.tickets.models import Ticket
from sample_app.users.models import Role, User
from tests.sample_app.overriding import Override

pytestmark = pytest.mark.anyio

FORM = {"subject": "A", "text": "B"}
FILE = {"attachment": ("a.txt", b"abc")}


async def kept(app: FastAPI) -> tuple[int, int, int]:
    """How many tickets, files, and objects in the store there are."""
    database: Database = app.state.database
    async with database.transaction(read_only=True, all_tenants=True) as session:
        tickets, files = [len([*await session.scalars(select(table))]) for table in (Ticket, StoredFile)]
    folder = app.state.settings.data_dir / "files"
    return tickets, files, sum(path.is_file() for path in folder.rglob("*"))


async def test_a_class_holds_the_parameters_of_every_list_by_cursor(override: Override, bob: AsyncClient) -> None:
    class One(PageByCursor):
        def __init__(self) -> None:
            super().__init__(limit=1)

    for _ in range(2):
        await bob.post("/v2/tickets", data=FORM, files=FILE)
        await bob.post("/v2/orders", json={"sku": "TEA-001", "quantity": 1})
    override(PageByCursor, One)
    pages = [(await bob.get(path, params={"limit": 50})).json() for path in ("/v2/tickets", "/v2/notifications")]
    assert [(len(page["items"]), page["next_cursor"] is None) for page in pages] == [(1, False), (1, False)]


async def test_a_factory_makes_a_dependency_for_each_role() -> None:
    admin, customer = (User(username="x", role=role) for role in (Role.ADMIN, Role.CUSTOMER))
    assert await require_role(Role.CUSTOMER)(customer) is customer
    assert await require_role(Role.ADMIN)(admin) is admin
    for role, user in ((Role.ADMIN, customer), (Role.CUSTOMER, admin)):
        with pytest.raises(Exception, match=f"only the role {role} may"):
            await require_role(role)(user)


async def test_without_the_cache_each_place_gets_its_own(override: Override, bob: AsyncClient) -> None:
    given: Iterator[int] = iter(range(1, 9))
    override(new_id, lambda: UUID(int=next(given)))
    ticket = (await bob.post("/v2/tickets", data=FORM, files=FILE)).json()
    assert (ticket["ticket_id"], ticket["file_id"]) == (str(UUID(int=1)), str(UUID(int=2)))


async def test_each_layer_can_be_replaced_and_those_above_follow(
    override: Override, anonymous: AsyncClient, bob: AsyncClient
) -> None:
    """Token, caller, user, what the user may do: whoever stands at the bottom decides for all above."""

    async def nobody() -> None:
        raise NotAuthenticatedError("Nobody today.")

    override(get_caller, nobody)
    assert (await bob.get("/v2/users/me")).json()["detail"] == "Nobody today."

    async def an_admin() -> User:
        return User(id=UUID(int=7), tenant_id="globex", username="eve", display_name="Eve", role=Role.ADMIN)

    override(get_current_user, an_admin)
    assert (await anonymous.post(f"/v2/tickets/{UUID(int=1)}/close")).status_code == 404  # the role is enough


async def test_all_is_kept_when_all_goes_well(app: FastAPI, bob: AsyncClient) -> None:
    assert (await bob.post("/v2/tickets", data=FORM, files=FILE)).status_code == 201
    assert await kept(app) == (1, 1, 1)


@pytest.mark.parametrize("table", ["files", "tickets"])
async def test_all_is_undone_when_something_fails(app: FastAPI, bob: AsyncClient, table: str) -> None:
    database: Database = app.state.database
    async with database.transaction(all_tenants=True) as session:
        forbid = f"CREATE TRIGGER no BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'disk gone'); END"
        await session.execute(text(forbid))
    assert (await bob.post("/v2/tickets", data=FORM, files=FILE)).status_code == 500
    assert await kept(app) == (0, 0, 0)


async def test_a_stand_in_with_a_clean_up_sees_both_ends(app: FastAPI, override: Override, bob: AsyncClient) -> None:
    ends: list[str] = []
    database: Database = app.state.database

    async def watched() -> AsyncIterator[AsyncSession]:
        try:
            async with database.transaction() as session:
                yield session
            ends.append("committed")
        except Exception as error:
            ends.append(type(error).__name__)
            raise

    override(get_session, watched)
    await bob.get("/v2/users/me")
    await bob.get(f"/v2/tickets/{UUID(int=1)}")
    assert ends == ["committed", "TicketNotFoundError"]
