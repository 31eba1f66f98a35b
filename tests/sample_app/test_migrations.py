"""The migrations: they make what the models say, can be undone, and run at the start of the app, once."""

import asyncio
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect, text

from sample_app.core.database import Base
from sample_app.core.settings import Settings
from sample_app.main import create_app
from sample_app.migrations import runner
from sample_app.migrations.__main__ import main

ROOT = Path(__file__).parents[2]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder that the commands work in."""
    monkeypatch.setenv("SAMPLE_APP_DATA_DIR", str(tmp_path))
    return tmp_path


def engine_of(folder: Path) -> Engine:
    return create_engine(f"sqlite:///{folder / 'sample_app.sqlite3'}")


def revision_of(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert main(["current"]) == 0
    return capsys.readouterr().out.strip()


def described(connection: Connection) -> dict[str, Any]:
    """Everything that is in the tables, constraints of every kind included, in an order of its own."""
    inspector = inspect(connection)
    return {
        table: {
            "columns": {  # a new one comes last in a table that is there
                column["name"]: {**column, "type": str(column["type"])} for column in inspector.get_columns(table)
            },
            "primary key": inspector.get_pk_constraint(table),
            "foreign keys": sorted(inspector.get_foreign_keys(table), key=lambda key: str(key["name"])),
            "unique": sorted(inspector.get_unique_constraints(table), key=lambda key: str(key["name"])),
            "checks": sorted(inspector.get_check_constraints(table), key=lambda key: str(key["name"])),
            "indexes": sorted(
                (
                    {**index, "dialect_options": {k: str(v) for k, v in index.get("dialect_options", {}).items()}}
                    for index in inspector.get_indexes(table)
                ),
                key=lambda index: str(index["name"]),
            ),
        }
        for table in sorted(set(inspector.get_table_names()) - {"alembic_version"})
    }


def test_up_down_and_up_again(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = ScriptDirectory.from_config(runner.alembic_config()).get_current_head()
    assert main(["upgrade"]) == 0
    assert revision_of(data, capsys) == f"{head} (head)"
    with engine_of(data).connect() as connection:
        first = described(connection)
    assert set(first) == set(Base.metadata.tables)

    assert main(["downgrade", "base"]) == 0
    assert revision_of(data, capsys) == ""
    with engine_of(data).connect() as connection:
        assert described(connection) == {}

    assert main(["upgrade", "head"]) == 0
    with engine_of(data).connect() as connection:
        assert described(connection) == first


def test_the_migrations_make_what_the_models_say(data: Path) -> None:
    assert main(["upgrade"]) == 0
    with engine_of(data).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        migrated = described(connection)
    # Alembic does not compare check constraints, so the tables are also made without it.
    with create_engine("sqlite://").connect() as connection:
        Base.metadata.create_all(connection)
        assert described(connection) == migrated


def test_a_model_without_a_migration_is_seen(data: Path) -> None:
    assert main(["upgrade"]) == 0
    with engine_of(data).begin() as connection:
        connection.execute(text("ALTER TABLE products DROP COLUMN description"))
        (difference,) = compare_metadata(MigrationContext.configure(connection), Base.metadata)
        assert (difference[0], difference[2], difference[3].name) == ("add_column", "products", "description")


@pytest.mark.anyio
async def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sample_app.sqlite3'}"

    def half_way(config: Config) -> None:
        command.upgrade(config, "head")
        raise RuntimeError("the power went out")

    with pytest.raises(RuntimeError, match="the power went out"):
        await runner.run(url, Settings(), half_way)
    with engine_of(tmp_path).connect() as connection:
        assert inspect(connection).get_table_names() == []


@pytest.mark.anyio
async def test_a_migration_that_leaves_a_row_without_its_parent_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sample_app.sqlite3'}"
    await runner.upgrade(url, Settings())
    orphan = "INSERT INTO refresh_tokens (id, tenant_id, login_id, digest, expires_at) VALUES (0, 'nobody', 0, '', 0)"

    def leave_an_orphan(config: Config) -> None:
        config.attributes["connection"].execute(text(orphan))

    with pytest.raises(runner.ForeignKeyError, match=r"^rows of refresh_tokens would point nowhere$"):
        await runner.run(url, Settings(), leave_an_orphan)
    with engine_of(tmp_path).connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM refresh_tokens")) == 0


@pytest.mark.anyio
async def test_apps_that_start_at_once_share_the_work(tmp_path: Path) -> None:
    apps = [create_app(Settings(data_dir=tmp_path)) for _ in range(3)]

    async def started(app: Any) -> bool:
        async with app.router.lifespan_context(app):
            return bool(await app.state.database.answers())

    assert await asyncio.gather(*map(started, apps)) == [True, True, True]
    with engine_of(tmp_path).connect() as connection:
        assert connection.scalars(text("SELECT id FROM tenants ORDER BY id")).all() == ["acme", "globex"]


@pytest.mark.anyio
async def test_an_app_that_starts_while_another_makes_the_tables_waits(tmp_path: Path) -> None:
    """The file is there, but what it will be is not decided yet: a step that does not wait by itself would fail."""
    url = f"sqlite:///{tmp_path / 'sample_app.sqlite3'}"
    other = sqlite3.connect(tmp_path / "sample_app.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(runner.upgrade(url, Settings()))
    await asyncio.wait([waiting], timeout=0.2)
    assert not waiting.done()
    other.close()
    await waiting
    with engine_of(tmp_path).connect() as connection:
        assert set(described(connection)) == set(Base.metadata.tables)
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"


@pytest.mark.anyio
async def test_an_app_does_not_wait_for_ever_to_start(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sample_app.sqlite3'}"
    with closing(sqlite3.connect(tmp_path / "sample_app.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="database is locked"):
            await runner.upgrade(url, Settings(database_timeout_seconds=0.1))


def test_processes_that_migrate_at_once_wait_for_each_other(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "SAMPLE_APP_DATA_DIR": str(tmp_path)}
    command_line = [sys.executable, "-m", "sample_app.migrations", "upgrade"]
    processes = [subprocess.Popen(command_line, env=environment, cwd=tmp_path) for _ in range(2)]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    with engine_of(tmp_path).connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_a_new_revision_holds_what_the_models_have_and_the_last_one_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    original = runner.alembic_config

    def with_versions_elsewhere(history: runner.History) -> Config:
        config = original(history)
        config.set_main_option("version_locations", str(tmp_path))
        return config

    monkeypatch.setattr(runner, "alembic_config", with_versions_elsewhere)
    assert main(["revision", "-m", "All of it", "--rev-id", "0001"]) == 0
    assert [path.name for path in tmp_path.glob("*.py")] == ["0001_all_of_it.py"]
    written = (tmp_path / "0001_all_of_it.py").read_text(encoding="utf-8")
    assert {table for table in Base.metadata.tables if f"op.create_table('{table}'" in written} == {
        *Base.metadata.tables
    }
    assert "sample_app" not in written


@pytest.mark.parametrize(
    ("arguments", "variables", "message"),
    [
        (
            ["upgrade"],
            {},
            "set SAMPLE_APP_DATA_DIR or DATABASE_URL: without one there is no database that lasts",
        ),
        (["upgrade", "9999"], {"SAMPLE_APP_DATA_DIR": "."}, "Can't locate revision identified by '9999'"),
        (
            ["current"],
            {"DATABASE_URL": "mysql://user:hunter2@db/shop"},
            "DATABASE_URL: the data is kept by PostgreSQL or in an SQLite file; "
            "write postgresql://USER:PASSWORD@HOST/NAME or sqlite+aiosqlite:///PATH",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line(
    arguments: list[str],
    variables: dict[str, str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert main(arguments) == 2
    assert capsys.readouterr().err == f"sample_app.migrations: {message}\n"
