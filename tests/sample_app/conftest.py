"""An app with the demo data for each test, and clients that are signed in.

The demo data is made once and copied as a file, because hashing its passwords takes longer than a test.
"""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from sample_app.core.settings import Settings
from sample_app.demo import PASSWORD
from sample_app.main import create_app
from tests.sample_app.overriding import Override, overriding

REQUEST_ID = "test-request"  # the same for all, so that tests can compare whole problem documents
USERS = ("alice", "bob", "dave", "carol")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DATABASE_URL", *(f"SAMPLE_APP_{field.upper()}" for field in Settings.model_fields)):
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


@pytest.fixture(scope="session")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The folder of a database with the demo data, and an access token for each user in it."""
    folder = tmp_path_factory.mktemp("demo")
    app = create_app(Settings(data_dir=folder))
    async with app.router.lifespan_context(app), _client_for(app) as client:
        tokens = {username: str((await _sign_in(client, username))["access_token"]) for username in USERS}
    return folder, tokens


@pytest.fixture
def data_dir(demo: tuple[Path, dict[str, str]], tmp_path: Path) -> Path:
    return Path(shutil.copytree(demo[0], tmp_path / "data"))


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    return Settings(data_dir=data_dir)


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
def client_of(app: FastAPI, demo: tuple[Path, dict[str, str]]) -> Callable[[str], AsyncClient]:
    """Makes a client of the app that is signed in as one of the demo users."""
    return lambda username: _client_for(app, demo[1][username])


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
