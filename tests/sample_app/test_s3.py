"""Files on S3: links that the store signs, and what clients are told while it is gone, slow, or knows nobody."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from httpx import AsyncClient, Response

from sample_app.core.circuit import CircuitState
from sample_app.core.settings import Settings, SettingsError, load_settings
from sample_app.main import create_app
from tests.sample_app.s3_server import S3Server, running_s3, s3_is_installed

pytestmark = pytest.mark.anyio

TEXT = b"Two cups of tea, please."
Shop = Callable[..., Any]


@pytest.fixture
def own_s3() -> Iterator[S3Server]:
    """An S3 that the test may stop."""
    if not s3_is_installed():
        pytest.skip("no S3: install the package moto")
    with running_s3() as server:
        yield server


@pytest.fixture
def shop(settings: Settings, tokens: dict[str, str], client_for: Callable[..., AsyncClient]) -> Shop:
    """Runs the app with files in a bucket, and gives a client of it that is signed in as bob."""

    @asynccontextmanager
    async def run(s3: S3Server, bucket: str, **changes: Any) -> AsyncIterator[AsyncClient]:
        app = create_app(settings.model_copy(update={**s3.settings(bucket), **changes}))
        async with app.router.lifespan_context(app), client_for(app, tokens["bob"]) as client:
            yield client

    return run


async def upload(client: AsyncClient, name: str = "note.txt") -> Response:
    return await client.post("/v2/files", files={"file": (name, TEXT)})


def refused(answer: Response) -> bool:
    """Whether the client is told to come back later, in the one format of problems."""
    return (
        answer.status_code == 503
        and answer.headers["content-type"] == "application/problem+json"
        and answer.headers["retry-after"] in {"1", "2"}
        and answer.json()["type"] == "https://sample-app.example/problems/not-ready"
        and answer.json()["detail"] == "The object store does not answer."
    )


def state(metrics: str) -> CircuitState:
    (line,) = [line for line in metrics.splitlines() if line.startswith('circuit_state{circuit="object-store"} ')]
    return CircuitState(int(float(line.split()[1])))


async def test_a_link_of_the_store_is_a_download_without_a_token_for_a_short_time(
    s3: S3Server, bucket: str, shop: Shop, client_for: Any, tokens: dict[str, str]
) -> None:
    async with shop(s3, bucket, file_link_seconds=120) as bob:
        location = (await upload(bob, "Grün.txt")).headers["location"]
        answer = await bob.get(f"{location}/link")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        url = httpx.URL(answer.json()["url"])
        assert (url.copy_with(query=None), url.params["X-Amz-Expires"]) == (
            httpx.URL(f"{s3.endpoint}/{bucket}/files/acme/{location.rpartition('/')[2].replace('-', '')}"),
            "120",
        )
        signed = datetime.strptime(url.params["X-Amz-Date"] + "+0000", "%Y%m%dT%H%M%SZ%z")
        expires = datetime.fromisoformat(answer.json()["expires_at"])
        assert timedelta(seconds=118) < expires - signed <= timedelta(seconds=121)
        async with AsyncClient(trust_env=False) as anybody:
            download = await anybody.get(url, headers={"Range": "bytes=4-7"})
        assert (download.status_code, download.content) == (206, b"cups")
        assert download.headers["content-disposition"] == (
            "attachment; filename=\"Gr_n.txt\"; filename*=UTF-8''Gr%C3%BCn.txt"
        )
        for stranger in ("dave", "alice", "carol"):
            bob.headers["Authorization"] = f"Bearer {tokens[stranger]}"
            assert (await bob.get(f"{location}/link")).json()["type"].endswith("/file-not-found")


async def test_the_link_of_a_store_that_signs_nothing_is_the_download_here(bob: AsyncClient) -> None:
    location = (await upload(bob)).headers["location"]
    answer = await bob.get(f"{location}/link")
    assert (answer.status_code, answer.json()) == (200, {"url": location, "expires_at": None})
    assert (await bob.get(answer.json()["url"])).content == TEXT


async def test_while_the_store_is_gone_clients_are_told_to_come_back_and_all_else_works(
    own_s3: S3Server, shop: Shop
) -> None:
    bucket = own_s3.create()
    async with shop(own_s3, bucket) as bob:
        location = (await upload(bob)).headers["location"]
        assert (await bob.get("/readyz")).json() == {"status": "ready"}
        own_s3.kill()
        assert [refused(await upload(bob)), refused(await bob.get(location))] == [True, True]
        assert (await bob.get("/readyz")).json()["detail"] == "Not ready: object-store."
        # What needs no content goes on, and nothing of the refused upload is left.
        assert [item["file_id"] for item in (await bob.get("/v2/files")).json()["items"]] == [location.split("/")[-1]]
        assert (await bob.head(location)).status_code == 200
        assert (await bob.delete(location)).status_code == 204

        own_s3.start()
        own_s3.create(bucket)
        while refused(again := await upload(bob)):
            await asyncio.sleep(0.1)
        assert (await bob.get(again.headers["location"])).content == TEXT
        assert (await bob.get("/readyz")).json() == {"status": "ready"}
        assert state((await bob.get("/metrics")).text) is CircuitState.CLOSED
        assert [*own_s3.objects(bucket).values()] == [TEXT]


async def test_a_store_that_hangs_is_not_waited_for_once_that_is_known(own_s3: S3Server, shop: Shop) -> None:
    async with shop(own_s3, own_s3.create(), object_store_timeout_seconds=0.5) as bob:
        location = (await upload(bob)).headers["location"]
        own_s3.freeze()
        answers = await asyncio.gather(*(bob.get(location) for _ in range(3)))
        assert [refused(answer) for answer in answers] == [True] * 3
        metrics = (await bob.get("/metrics")).text
        assert state(metrics) is CircuitState.OPEN
        assert [refused(await bob.get(location)), refused(await upload(bob))] == [True, True]
        assert 'circuit_refused_total{circuit="object-store"} 2.0' in (await bob.get("/metrics")).text
        own_s3.thaw()
        while refused(answer := await bob.get(location)):
            await asyncio.sleep(0.1)
        assert answer.content == TEXT


async def test_a_bucket_that_is_not_there_is_no_store(s3: S3Server, shop: Shop) -> None:
    async with shop(s3, "nobody-made-this-one") as bob:
        assert refused(await upload(bob))
        assert (await bob.get("/readyz")).json()["detail"] == "Not ready: object-store."


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("ACCESS_KEY", "shop", "set both SAMPLE_APP_OBJECT_STORE_ACCESS_KEY and _SECRET_KEY, or neither"),
        (
            "ENDPOINT",
            "s3.example",
            "SAMPLE_APP_OBJECT_STORE_ENDPOINT: String should match pattern '^https?://[^/?#]+$'",
        ),
    ],
)
async def test_settings_that_cannot_be_right_are_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(f"SAMPLE_APP_OBJECT_STORE_{name}", value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value) == told
