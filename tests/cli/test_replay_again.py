"""What is recorded of apps in which something goes wrong only the second time, with people, and with cookies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_replay import Project

APP = """
from datetime import date
from typing import Annotated, Literal

from fastapi import Cookie, FastAPI, HTTPException
from pydantic import BaseModel, Field

app = FastAPI(title="Tea", version="1.0.0")
USERS = {}
SESSIONS = {101: "tablet", 102: "phone", 103: "desk"}


class User(BaseModel):
    name: str = Field(pattern="^[a-z]{3,9}$")
    birth_date: date
    badge: Literal["bronze", "silver"] = "silver"


@app.post("/users", status_code=201)
def register(user: User) -> User:
    if user.name in USERS:
        raise HTTPException(409)
    USERS[user.name] = user
    return user


@app.get("/sessions")
def sessions() -> list[int]:
    return sorted(SESSIONS)


@app.delete("/sessions/{session_id}", status_code=204)
def end(session_id: int) -> None:
    if session_id not in SESSIONS:
        raise HTTPException(404)
    del SESSIONS[session_id]


@app.get("/look")
def look(colour: Annotated[Literal["green", "black", "yellow"], Cookie()]) -> str:
    return f"tea is {colour}"
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    found = Project(tmp_path)
    (tmp_path / "tea.py").write_text(APP)
    done = found.run("record", "tea:app", "--workers", "1", "--requests", "2")
    assert done.returncode == 0, done.stderr
    return found


def recorded_steps(project: Project) -> list[dict[str, Any]]:
    cassettes = [json.loads(file.read_text()) for file in (project.folder / "baselines").rglob("recorded/main/*.json")]
    return [step for cassette in cassettes for step in cassette["steps"]]


def test_a_name_that_is_taken_and_a_day_of_birth(project: Project) -> None:
    """The day of birth is masked by one that the app takes, so that there is a second time."""
    assert project.found() == (0, [])
    project.change("HTTPException(409)", "HTTPException(500)")
    assert project.found() == (1, [("recorded-status-changed", "POST /users", "409", 409, 500)])


def test_what_is_removed_once_more(project: Project) -> None:
    project.change("raise HTTPException(404)", "raise HTTPException(500)")
    assert project.found() == (1, [("recorded-status-changed", "DELETE /sessions/{}", "404", 404, 500)])


def test_a_cookie_of_the_contract(project: Project) -> None:
    project.change("tea is {colour}", "{colour} tea")
    code, found = project.found()
    assert (code, {row[:3] for row in found}) == (1, {("recorded-body-changed", "GET /look", "200.body")})


def test_fields_that_the_configuration_names_are_masked(project: Project) -> None:
    def written() -> set[str]:
        answers = [step["answer"].get("json") for step in recorded_steps(project) if step["answer"]["status"] == 201]
        return {answer["badge"] for answer in answers if "badge" in answer}

    assert written() == {"bronze", "silver"}
    with (project.folder / "contractkit.toml").open("a") as file:
        file.write('mask = ["badge"]\n')
    done = project.run("record", "tea:app", "--workers", "1", "--requests", "2")
    assert (done.returncode, written()) == (0, {"<masked>"}), done.stderr


def test_no_day_of_birth_is_written(project: Project) -> None:
    steps = recorded_steps(project)
    made = [
        step["request"]["json"]
        for step in steps
        if step["operation"] == "POST /users" and step["answer"]["status"] == 201
    ]
    assert {user["birth_date"] for user in made} == {"1985-05-15"}
