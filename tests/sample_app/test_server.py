"""What in-process clients cannot show: the app run by uvicorn, from its start to its end by a signal."""

from pathlib import Path

import pytest

from tests.sample_app.serving import served, signed_in, stop

SECRET = "0123456789abcdef0123456789abcdef"


def test_data_in_a_temporary_folder_lives_from_start_to_sigterm(tmp_path: Path) -> None:
    with served(tmp_path) as (server, client):
        assert client.get("/readyz").json() == {"status": "ready"}
        (folder,) = tmp_path.iterdir()
        assert folder.name.startswith("sample-app-")
        assert (folder / "sample_app.sqlite3").is_file()
        log = stop(server)
    assert list(tmp_path.iterdir()) == []
    assert "Application shutdown complete." in log
    assert "Traceback" not in log


def test_data_in_a_folder_of_its_own_outlives_the_process(tmp_path: Path) -> None:
    (temporary := tmp_path / "tmp").mkdir()
    data = tmp_path / "deep" / "data"
    with served(temporary, SAMPLE_APP_DATA_DIR=str(data)) as (server, client):
        placed = signed_in(client, "bob").post("/v2/orders", json={"sku": "LAST-010", "quantity": 4})
        assert placed.status_code == 202
        stop(server)
    assert {path.name for path in data.iterdir()} == {"sample_app.sqlite3", "files"}
    with served(temporary, SAMPLE_APP_DATA_DIR=str(data)) as (server, client):
        signed_in(client, "bob")
        assert client.get(placed.headers["location"]).json()["status"] == "confirmed"
        assert client.get("/v2/products/LAST-010").json()["stock"] == 6
        assert client.get("/v2/products").json()["total"] == 4
        stop(server)
    assert list(temporary.iterdir()) == []


def test_the_document_and_its_pages_are_served(tmp_path: Path) -> None:
    with served(tmp_path) as (_server, client):
        statuses = {path: client.get(path).status_code for path in ("/openapi.json", "/docs", "/redoc")}
        assert statuses == {"/openapi.json": 200, "/docs": 200, "/redoc": 200}
        assert client.get("/openapi.json").json()["info"]["title"] == "Sample shop"


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({}, "production needs its own SAMPLE_APP_JWT_SECRET of at least 32 bytes"),
        (
            {"SAMPLE_APP_JWT_SECRET": SECRET, "SAMPLE_APP_FAULT": "product-stock-dropped"},
            "production does not run with a fault; unset SAMPLE_APP_FAULT (now 'product-stock-dropped')",
        ),
    ],
)
def test_production_does_not_start_on_settings_that_are_not_safe(
    tmp_path: Path, settings: dict[str, str], reason: str
) -> None:
    with served(tmp_path, SAMPLE_APP_ENVIRONMENT="production", **settings) as (server, _client):
        _, log = server.communicate(timeout=30)
    assert server.returncode != 0
    assert f"sample_app.core.settings.SettingsError: {reason}" in log.splitlines()


def test_a_database_that_cannot_be_used_is_told_in_the_log(tmp_path: Path) -> None:
    settings = {"SAMPLE_APP_JWT_SECRET": SECRET, "DATABASE_URL": "mysql://db/shop"}
    with served(tmp_path, SAMPLE_APP_ENVIRONMENT="production", **settings) as (server, _client):
        _, log = server.communicate(timeout=30)
    assert server.returncode != 0
    mend = "write postgresql://USER:PASSWORD@HOST/NAME or sqlite+aiosqlite:///PATH"
    reason = f"DATABASE_URL: the data is kept by PostgreSQL or in an SQLite file; {mend}"
    assert f"sample_app.core.settings.SettingsError: {reason}" in log.replace("\\n", "\n").splitlines()
