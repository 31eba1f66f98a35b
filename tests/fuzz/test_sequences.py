"""What shows only in a sequence of requests: repeated deletion, what deletion leaves, repeated and odd texts."""

import pytest

from tests.fuzz.conftest import USERS, Fuzz
from tests.fuzz.test_reach_users import SIGN_IN

FORGET = (
    SIGN_IN
    + """

forgotten: set[str] = set()


@app.delete("/devices/{device_id}", status_code=204, responses=REFUSED)
def forget_device(device_id: str, user: User) -> None:
    if device_id in forgotten:
        AGAIN
    if sessions.get(device_id) != user:
        raise HTTPException(404, "no such device")
    forgotten.add(device_id)
    sessions[device_id] = "nobody"
"""
)


@pytest.mark.parametrize(
    ("again", "found"),
    [("raise AssertionError", [("server-error", "DELETE /devices/{}")]), ("raise HTTPException(404, 'gone')", [])],
)
def test_what_only_a_list_shows_is_deleted_twice(again: str, found: list[tuple[str, str]], fuzz: Fuzz) -> None:
    result = fuzz(FORGET.replace("AGAIN", again), users=USERS, checks=frozenset({"server-error", "repeated-request"}))
    assert [(one.check, one.operation) for one in result.confirmed] == found
    assert result.unstable == []


FILES = """
from fastapi import FastAPI, HTTPException

app = FastAPI()
files: list[int] = []
deleted: set[int] = set()
MISSING = {404: {"description": "There is no such file"}}


def find(file_id: int) -> int:
    if file_id not in files or file_id in deleted:
        raise HTTPException(404, "no such file")
    return file_id


@app.post("/files", status_code=201)
def upload() -> dict[str, int]:
    files.append(7001 + len(files))
    return {"file_id": files[-1]}


@app.get("/files")
def list_files() -> list[dict[str, int]]:
    return [{"file_id": one} for one in files if LISTED]


@app.get("/files/{file_id}", responses=MISSING)
def read_file(file_id: int) -> dict[str, int]:
    return {"file_id": find(file_id)}


@app.get("/files/{file_id}/meta", responses=MISSING)
def read_meta(file_id: int) -> dict[str, str]:
    META
    return {"kind": "text"}


@app.delete("/files/{file_id}", status_code=204, responses=MISSING)
def delete_file(file_id: int) -> None:
    deleted.add(find(file_id))
"""
_FOUND = "find(file_id)"
_KEPT = "if file_id not in files:\n        raise HTTPException(404)"


@pytest.mark.parametrize(
    ("listed", "meta", "causes"),
    [
        ("one not in deleted", _FOUND, set()),
        ("one", _FOUND, {"still listed"}),
        ("one not in deleted", _KEPT, {"still there GET /files/{}/meta"}),
    ],
)
def test_what_was_deleted_is_looked_for_everywhere(listed: str, meta: str, causes: set[str], fuzz: Fuzz) -> None:
    result = fuzz(FILES.replace("LISTED", listed).replace("META", meta), checks=frozenset({"lifecycle"}))
    assert {one.cause for one in result.confirmed} == causes
    assert {one.operation for one in result.confirmed} <= {"DELETE /files/{}"}


ACCOUNTS = """
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

app = FastAPI(responses={400: {"description": "The body cannot be read"}})


class Account(BaseModel):
    name: str = Field(min_length=3, max_length=30)
    secret: str = Field(min_length=4, max_length=20)
    secret_again: str = Field(min_length=4, max_length=20, examples=["0000"])


@app.post("/accounts", status_code=201)
def create_account(account: Account) -> dict[str, str]:
    if account.secret != account.secret_again:
        raise HTTPException(422, "not the same")
    if not account.name.isascii() and not LETTERS:
        raise HTTPException(422, "no such letters")
    return {"state": "created"}
"""


@pytest.mark.parametrize(("letters", "places"), [("True", set()), ("False", {"body/name"})])
def test_names_have_all_letters_and_what_is_sent_twice_is_changed_twice(
    letters: str, places: set[str], fuzz: Fuzz
) -> None:
    source = ACCOUNTS.replace("LETTERS", letters)
    result = fuzz(source, checks=frozenset({"documented-value-refused"}), max_examples=4)
    assert {one.place for one in result.confirmed} == places


@pytest.mark.parametrize(
    ("condition", "cause"),
    [
        ("key", "a made-up key"),
        ("key in keys", "a deleted key"),
    ],
)
def test_a_key_is_nothing_when_it_was_made_up_or_deleted(condition: str, cause: str, fuzz: Fuzz) -> None:
    from contractkit.fuzz.check import checks

    right = '"teas" in keys.get(key or "", [])'
    source = checks()["api-key"].holds
    assert right in source
    result = fuzz(
        source.replace(right, f"({condition} and (not keys.get(key) or {right}))"),
        users=USERS[:1],
        checks=frozenset({"api-key"}),
    )
    assert [(one.operation, one.cause) for one in result.confirmed] == [("GET /teas", cause)]


TIMES = """
from fastapi import FastAPI, HTTPException

app = FastAPI()
keys: dict[int, dict[str, str | int | None]] = {}
MISSING = {404: {"description": "There is no such key"}}


@app.post("/keys", status_code=201)
def create_key() -> dict[str, int]:
    number = 7001 + len(keys)
    keys[number] = {"key_id": number, "ends": "2030-01-01T00:00:00Z", "revoked": None}
    return {"key_id": number}


@app.get("/keys/{key_id}", responses=MISSING)
def read_key(key_id: int) -> dict[str, str | int | None]:
    if key_id not in keys:
        raise HTTPException(404, "no such key")
    return keys[key_id]


@app.delete("/keys/{key_id}", status_code=204, responses=MISSING)
def delete_key(key_id: int) -> None:
    if key_id not in keys:
        raise HTTPException(404, "no such key")
    keys[key_id]["CHANGED"] = "2026-01-01T00:00:00Z"
"""


@pytest.mark.parametrize(("changed", "causes"), [("ends", {"still there"}), ("revoked", set())])
def test_what_stays_must_say_that_it_is_over(changed: str, causes: set[str], fuzz: Fuzz) -> None:
    result = fuzz(TIMES.replace("CHANGED", changed), checks=frozenset({"lifecycle"}))
    assert {one.cause for one in result.confirmed} == causes


DAWDLING = """
import time

from fastapi import FastAPI

app = FastAPI()


@app.get("/slow")
def slow() -> int:
    time.sleep(0.05)
    return 1
"""


def test_no_answer_takes_longer_than_the_limit(fuzz: Fuzz) -> None:
    found = [(one.check, one.cause, one.message) for one in fuzz(DAWDLING, response_limit=0.04).confirmed]
    assert found == [("slow-answer", "over the limit", "its answer takes more than the 0.04 s of --max-response-time")]
    assert fuzz(DAWDLING).confirmed == []


PROFILE = """
from fastapi import FastAPI
from pydantic import BaseModel, Field

app = FastAPI(responses={400: {"description": "The body cannot be read"}})


class Profile(BaseModel):
    shown_as: str = Field(min_length=1, max_length=20, examples=["Ann O'Nym"])
    theme: str = "dark"


kept = [Profile(shown_as="Nobody")]


@app.get("/me")
def read_me() -> Profile:
    return kept[0]


@app.patch("/me")
def change_me(change: Profile) -> Profile:
    KEEP
    return change
"""


def test_a_change_of_what_there_is_only_one_of(fuzz: Fuzz) -> None:
    found = [(one.check, one.operation, one.cause) for one in fuzz(PROFILE.replace("KEEP", "pass")).confirmed]
    assert found == [("lifecycle", "PATCH /me", "not kept shown_as")]
    assert fuzz(PROFILE.replace("KEEP", "kept[0] = change")).confirmed == []
