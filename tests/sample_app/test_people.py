"""Who may see whom, the rules of a registration that span fields, and path parameters of every kind."""

from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient
from pydantic import ValidationError

from sample_app.users.schemas import RolePath, UserCreate, age_on

pytestmark = pytest.mark.anyio

ERIN = {
    "username": "erin",
    "password": "Battery-staple-9",
    "password_repeat": "Battery-staple-9",
    "display_name": "Erin",
    "birth_date": "1990-04-01",
    "tenant": "acme",
}
ALICE = {"username": "alice", "display_name": "Alice", "role": "admin"}


def years_ago(years: int, *, days: int = 0) -> str:
    """A birth date: so many years and days before today."""
    today = date.today()
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return date.fromordinal(date(today.year - years, today.month, day).toordinal() - days).isoformat()


@pytest.mark.parametrize(
    ("change", "where", "why"),
    [
        ({"password_repeat": "Battery-staple-8"}, ["body"], "Value error, the passwords differ"),
        ({"birth_date": years_ago(17)}, ["body"], "Value error, only who is 18 or older can register"),
        ({"birth_date": years_ago(18, days=-2)}, ["body"], "Value error, only who is 18 or older can register"),
        ({"birth_date": "1899-12-31"}, ["body", "birth_date"], "Value error, nobody alive was born then"),
        ({"birth_date": years_ago(0, days=-2)}, ["body", "birth_date"], "Value error, nobody alive was born then"),
    ],
)
async def test_rules_over_several_fields(anonymous: AsyncClient, change: Any, where: list[str], why: str) -> None:
    answer = await anonymous.post("/v2/users", json={**ERIN, **change})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"location": where, "message": why}]


async def test_who_turned_18_can_register_and_the_birth_date_is_told_to_nobody(
    anonymous: AsyncClient, alice: AsyncClient
) -> None:
    answer = await anonymous.post("/v2/users", json={**ERIN, "birth_date": years_ago(18, days=2)})
    assert answer.status_code == 201
    read = await alice.get(f"/v2/users/{answer.json()['user_id']}")
    assert read.json() == answer.json()
    assert set(read.json()) == {"user_id", "username", "display_name", "role", "tenant", "created_at"}


@pytest.mark.parametrize(
    ("day", "age"),
    [
        (date(2026, 4, 1), 36),
        (date(2026, 3, 31), 35),
        (date(2026, 4, 2), 36),
    ],
)
def test_the_age_on_a_day(day: date, age: int) -> None:
    assert age_on(day, born=date(1990, 4, 1)) == age


def test_who_was_born_on_a_leap_day_turns_older_on_the_first_of_march() -> None:
    born = date(2008, 2, 29)
    assert [age_on(day, born=born) for day in (date(2026, 2, 28), date(2026, 3, 1))] == [17, 18]


def test_a_secret_is_in_no_message_about_a_registration() -> None:
    with pytest.raises(ValidationError, match="the passwords differ") as error:
        UserCreate.model_validate({**ERIN, "password_repeat": "Another-secret-1"})
    assert "secret" not in str([part["msg"] for part in error.value.errors()])


async def test_a_taken_name_is_told_before_anything_slow_is_done(
    anonymous: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(_password: str) -> str:
        raise AssertionError("the password was hashed")

    monkeypatch.setattr("sample_app.users.service.hash_password", never)
    answer = await anonymous.post("/v2/users", json={**ERIN, "username": "bob"})
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (409, "user-name-taken")


async def test_the_own_name_can_be_changed(bob: AsyncClient, alice: AsyncClient) -> None:
    before = (await bob.get("/v2/users/me")).json()
    changed = await bob.patch("/v2/users/me", json={"display_name": "Bobby"})
    assert (changed.status_code, changed.json()) == (200, {**before, "display_name": "Bobby"})
    assert (await bob.get("/v2/users/me")).json() == changed.json()
    assert (await alice.get("/v2/users/by-name/bob")).json()["display_name"] == "Bobby"


async def test_users_of_a_tenant_can_look_each_other_up(bob: AsyncClient, carol: AsyncClient) -> None:
    found = await bob.get("/v2/users/by-name/alice")
    assert (found.status_code, found.json()) == (200, ALICE)
    answers = [await bob.get("/v2/users/by-name/carol"), await carol.get("/v2/users/by-name/alice")]
    assert [(answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) for answer in answers] == [
        (404, "user-not-found")
    ] * 2


@pytest.mark.parametrize("name", ["al", "a" * 17, "al ice", "alice!", "alice%0A", "élise"])
async def test_what_is_no_user_name_is_refused(bob: AsyncClient, name: str) -> None:
    answer = await bob.get(f"/v2/users/by-name/{name}")
    assert (answer.status_code, [error["location"] for error in answer.json()["errors"]]) == (
        422,
        [["path", "username"]],
    )


async def test_users_by_role(bob: AsyncClient, carol: AsyncClient) -> None:
    async def names(client: AsyncClient, path: str) -> tuple[list[str], int]:
        body = (await client.get(path)).json()
        return [item["username"] for item in body["items"]], body["total"]

    assert await names(bob, "/v2/users/by-role/admin") == (["alice"], 1)
    assert await names(bob, "/v2/users/by-role/customer") == (["bob", "dave"], 2)
    assert await names(bob, "/v2/users/by-role/customer?limit=1&offset=1") == (["dave"], 2)
    assert await names(carol, "/v2/users/by-role/admin") == ([], 0)
    assert await names(bob, "/v2/users/by-role/customer/DA") == (["dave"], 1)
    assert await names(bob, "/v2/users/by-role/customer/_") == ([], 0)
    assert (await bob.get("/v2/users/by-role/owner")).status_code == 422


async def test_path_parameters_in_a_model(bob: AsyncClient) -> None:
    assert RolePath.model_validate({"role": "admin", "prefix": "AL"}).prefix == "al"
    answer = await bob.get("/v2/users/by-role/owner/a.b")
    assert answer.status_code == 422
    assert [error["location"] for error in answer.json()["errors"]] == [["path", "role"], ["path", "prefix"]]


async def test_admins_see_the_accounts_of_their_tenant(
    alice: AsyncClient, bob: AsyncClient, carol: AsyncClient
) -> None:
    body = (await alice.get("/v2/users")).json()
    assert ([item["username"] for item in body["items"]], body["total"]) == (["alice", "bob", "dave"], 3)
    read = await alice.get(f"/v2/users/{body['items'][1]['user_id']}")
    assert (read.status_code, read.json()) == (200, body["items"][1])
    assert (await alice.get("/v2/users?limit=1&offset=2")).json()["items"] == body["items"][2:]

    carols = (await carol.get("/v2/users/me")).json()["user_id"]
    assert (await alice.get(f"/v2/users/{carols}")).status_code == 404
    refused = [await bob.get("/v2/users"), await bob.get(f"/v2/users/{body['items'][0]['user_id']}")]
    assert [answer.status_code for answer in refused] == [403, 403]
