"""Dependencies replaced in tests: async ones, classes, ones that clean up, and what stands outside of the app.

`override` is a fixture of `conftest.py`; it puts everything back after the test.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from unittest.mock import AsyncMock, create_autospec
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import AsyncClient

from sample_app.auth.dependencies import get_caller, get_current_user
from sample_app.core.dependencies import get_settings
from sample_app.core.object_store import ObjectStore
from sample_app.core.settings import Settings
from sample_app.files.dependencies import WantedPart, get_contents, get_object_store
from sample_app.main import create_app
from sample_app.orders.dependencies import get_order_queue
from sample_app.users.models import Role, User
from tests.sample_app.overriding import Override, overriding


@pytest.fixture
def client(settings: Settings) -> Iterator[TestClient]:
    """The synchronous client; used as a context it runs the lifespan, too."""
    with TestClient(create_app(settings)) as client:
        yield client


@pytest.mark.anyio
async def test_an_async_dependency(override: Override, app: FastAPI, anonymous: AsyncClient) -> None:
    somebody = User(id=uuid4(), tenant_id="acme", username="erin", display_name="Erin", role=Role.CUSTOMER)

    async def erin() -> User:
        return somebody

    override(get_current_user, erin)
    assert (await anonymous.get("/v2/products/TEA-001")).json()["name"] == "Assam, 100 g"


@pytest.mark.anyio
async def test_a_class(override: Override, bob: AsyncClient) -> None:
    class FirstThree(WantedPart):
        def __init__(self) -> None:
            super().__init__(range_="bytes=0-2")

    location = (await bob.post("/v2/files", files={"file": ("a.txt", b"abcdef")})).headers["location"]
    override(WantedPart, FirstThree)
    answer = await bob.get(location, headers={"Range": "bytes=4-5"})
    assert (answer.status_code, answer.content) == (206, b"abc")


@pytest.mark.anyio
async def test_one_that_cleans_up(override: Override, bob: AsyncClient) -> None:
    steps: list[str] = []

    async def store_in_memory() -> AsyncIterator[ObjectStore]:
        contents = create_autospec(ObjectStore, instance=True)
        contents.put.side_effect = consume
        steps.append("begin")
        yield contents
        steps.append("end")

    async def consume(_key: str, content: AsyncIterator[bytes], *, disposition: str) -> None:
        async for piece in content:
            steps.append(piece.decode())

    override(get_contents, store_in_memory)
    assert (await bob.post("/v2/files", files={"file": ("a.txt", b"abc")})).status_code == 201
    assert steps == ["begin", "abc", "end"]


@pytest.mark.anyio
async def test_a_mock_of_what_stands_outside(override: Override, bob: AsyncClient) -> None:
    """The object store may be somebody else's service: what if it fails?"""
    store = create_autospec(ObjectStore, instance=True)
    store.put = AsyncMock(side_effect=OSError("no space left on device: /srv/objects"))
    override(get_object_store, lambda: store)
    answer = await bob.post("/v2/files", files={"file": ("a.txt", b"abc")})
    store.put.assert_awaited_once()
    assert answer.status_code == 500
    assert "/srv" not in answer.text
    assert (await bob.get("/v2/files")).json()["total"] == 0


def test_the_synchronous_client(client: TestClient) -> None:
    form = {"username": "bob", "password": "Correct-horse-7"}
    token = client.post("/auth/token", data=form).json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    with overriding(client.app, get_settings, lambda: Settings(upload_max_bytes=3)):  # type: ignore[arg-type]
        assert client.post("/v2/files", files={"file": ("a.txt", b"abcd")}).status_code == 413
    assert client.post("/v2/files", files={"file": ("a.txt", b"abcd")}).status_code == 201


def test_what_was_replaced_before_is_put_back(settings: Settings) -> None:
    app = create_app(settings)
    first, second = object, dict
    with overriding(app, get_order_queue, first):
        with overriding(app, get_order_queue, second), overriding(app, get_caller, second):
            assert app.dependency_overrides == {get_order_queue: second, get_caller: second}
        assert app.dependency_overrides == {get_order_queue: first}
        with pytest.raises(RuntimeError), overriding(app, get_caller, second):
            raise RuntimeError("a test that fails")
        assert app.dependency_overrides == {get_order_queue: first}
    assert app.dependency_overrides == {}


@pytest.mark.anyio
async def test_the_fixture_replaces_in_the_app_of_the_test(override: Override, app: FastAPI) -> None:
    replacement: Callable[[], None] = lambda: None  # noqa: E731
    override(get_caller, replacement)
    assert app.dependency_overrides == {get_caller: replacement}
