"""The table "Rows" of the app's README: every row is there, and what it names exists."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

import sample_app
from sample_app.main import create_app

PACKAGE = Path(sample_app.__file__).parent
TESTS = Path(__file__).parent

EXPECTED = [f"R{number:02}" for number in range(1, 34)]

# Routes that OpenAPI documents leave out by custom, and those of the sockets' document.
UNDOCUMENTED = {"GET /docs", "GET /redoc", "GET /openapi.json", "GET /asyncapi", "GET /asyncapi.json"}


class Row(NamedTuple):
    """A line of the table, cell by cell; what stands in backticks is a name."""

    name: str
    look_at: str
    routes: list[str]
    files: list[str]
    tests: list[str]


def rows() -> list[Row]:
    section = (PACKAGE / "README.md").read_text(encoding="utf-8").split("\n### Rows\n")[1].split("\n#")[0]
    lines = re.findall(r"^\| (R\d\d) \|(.*)\|$", section, flags=re.MULTILINE)
    table = []
    for name, cells in lines:
        look_at, route, *others = (cell.strip() for cell in cells.split("|"))
        named = [re.findall("`([^`]+)`", cell) for cell in others]
        assert len(named) == 2, f"{name} has {len(named) + 3} cells"
        table.append(Row(name, look_at, ["all"] if route == "all" else re.findall("`([^`]+)`", route), *named))
    return table


@pytest.fixture(scope="module")
def operations() -> set[str]:
    paths = create_app().openapi()["paths"]
    documented = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    return documented | {"WS /v2/ws/rooms/{room}", "WS /v2/ws/notifications"}


def test_every_row_is_there_once() -> None:
    assert [row.name for row in rows()] == EXPECTED


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.name)
def test_what_a_row_names_exists(row: Row, operations: set[str]) -> None:
    assert row.look_at
    assert row.routes
    assert row.files
    assert row.tests
    assert set(row.routes) - {"all"} <= operations | UNDOCUMENTED
    assert [file for file in row.files if not (PACKAGE / file).exists()] == []
    assert [test for test in row.tests if not (TESTS / test).is_file()] == []
