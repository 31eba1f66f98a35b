"""Settings from the environment, and the ones the app refuses."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from httpx import AsyncClient
from pydantic import SecretStr

import sample_app
from sample_app import faults
from sample_app.core.settings import (
    DEVELOPMENT_SECRET,
    RATES,
    Environment,
    LogLevel,
    Settings,
    SettingsError,
    Traces,
    load_settings,
)
from sample_app.main import create_app

SECRET = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def _fault_is_read_again() -> None:
    faults.active.cache_clear()


def test_the_defaults() -> None:
    assert load_settings().model_dump(exclude={"jwt_secret"}) == {
        "environment": Environment.DEVELOPMENT,
        "database_url": None,
        "data_dir": None,
        "access_token_seconds": 900,
        "refresh_token_seconds": 1209600,
        "browser_session_seconds": 28800,
        "rate_limit_storage_url": None,
        "rate_limit_address": None,
        "rate_limit_sign_in": None,
        "rate_limit_orders": None,
        "database_timeout_seconds": 30.0,
        "database_pool_size": 10,
        "database_max_overflow": 10,
        "database_pool_timeout_seconds": 10.0,
        "database_pool_recycle_seconds": 1800,
        "database_pool_pre_ping": True,
        "object_store_url": None,
        "object_store_endpoint": None,
        "object_store_region": "us-east-1",
        "object_store_access_key": None,
        "object_store_secret_key": None,
        "object_store_timeout_seconds": 5.0,
        "file_link_seconds": 60,
        "upload_max_bytes": 20971520,
        "calculation_processes": 2,
        "calculation_queue": 8,
        "calculation_seconds": 20.0,
        "slow_request_seconds": 1.0,
        "traces": Traces.NONE,
        "profile_dir": None,
        "max_requests_under_way": 200,
        "drain_seconds": 5.0,
        "order_lease_seconds": 10.0,
        "order_seconds": 3600.0,
        "worker_seconds": 5.0,
        "worker_alive_file": None,
        "max_body_bytes": 1048576,
        "inventory_url": None,
        "inventory_timeout_seconds": 1.0,
        "redis_url": None,
        "redis_prefix": "sample-app",
        "socket_max_bytes": 8192,
        "socket_queue": 200,
        "socket_check_seconds": 60.0,
        "log_level": LogLevel.INFO,
    }
    assert load_settings().jwt_secret.get_secret_value() == DEVELOPMENT_SECRET


def test_the_environment_sets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "SAMPLE_APP_ENVIRONMENT": "production",
        "SAMPLE_APP_DATA_DIR": "/data",
        "SAMPLE_APP_JWT_SECRET": SECRET,
        "SAMPLE_APP_ACCESS_TOKEN_SECONDS": "60",
        "SAMPLE_APP_REFRESH_TOKEN_SECONDS": "600",
        "SAMPLE_APP_BROWSER_SESSION_SECONDS": "300",
        "SAMPLE_APP_RATE_LIMIT_STORAGE_URL": "async+redis://cache",
        "SAMPLE_APP_RATE_LIMIT_ADDRESS": "50/second",
        "SAMPLE_APP_RATE_LIMIT_SIGN_IN": "5/minute",
        "SAMPLE_APP_RATE_LIMIT_ORDERS": "100/day",
        "SAMPLE_APP_DATABASE_TIMEOUT_SECONDS": "0.5",
        "SAMPLE_APP_DATABASE_POOL_SIZE": "1",
        "SAMPLE_APP_DATABASE_MAX_OVERFLOW": "0",
        "SAMPLE_APP_DATABASE_POOL_TIMEOUT_SECONDS": "0.25",
        "SAMPLE_APP_DATABASE_POOL_RECYCLE_SECONDS": "60",
        "SAMPLE_APP_DATABASE_POOL_PRE_PING": "false",
        "SAMPLE_APP_UPLOAD_MAX_BYTES": "1000",
        "SAMPLE_APP_CALCULATION_PROCESSES": "1",
        "SAMPLE_APP_CALCULATION_QUEUE": "0",
        "SAMPLE_APP_CALCULATION_SECONDS": "0.5",
        "OBJECT_STORE_URL": "file:///data/files",
        "SAMPLE_APP_OBJECT_STORE_ENDPOINT": "https://s3.example",
        "SAMPLE_APP_OBJECT_STORE_REGION": "eu-central-1",
        "SAMPLE_APP_OBJECT_STORE_ACCESS_KEY": "shop",
        "SAMPLE_APP_OBJECT_STORE_SECRET_KEY": "secret",
        "SAMPLE_APP_OBJECT_STORE_TIMEOUT_SECONDS": "0.5",
        "SAMPLE_APP_FILE_LINK_SECONDS": "5",
        "SAMPLE_APP_SLOW_REQUEST_SECONDS": "0.1",
        "SAMPLE_APP_TRACES": "console",
        "SAMPLE_APP_PROFILE_DIR": "/profiles",
        "SAMPLE_APP_MAX_REQUESTS_UNDER_WAY": "20",
        "SAMPLE_APP_DRAIN_SECONDS": "0",
        "SAMPLE_APP_ORDER_LEASE_SECONDS": "0.5",
        "SAMPLE_APP_ORDER_SECONDS": "60",
        "SAMPLE_APP_WORKER_SECONDS": "0.5",
        "SAMPLE_APP_WORKER_ALIVE_FILE": "/tmp/alive",
        "SAMPLE_APP_INVENTORY_URL": "http://inventory:8001",
        "SAMPLE_APP_INVENTORY_TIMEOUT_SECONDS": "0.5",
        "SAMPLE_APP_MAX_BODY_BYTES": "100",
        "REDIS_URL": "redis://cache",
        "SAMPLE_APP_REDIS_PREFIX": "shop",
        "SAMPLE_APP_SOCKET_MAX_BYTES": "100",
        "SAMPLE_APP_SOCKET_QUEUE": "5",
        "SAMPLE_APP_SOCKET_CHECK_SECONDS": "0.5",
        "SAMPLE_APP_LOG_LEVEL": "error",
        "DATABASE_URL": "sqlite+aiosqlite:////data/shop.sqlite3",
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.model_dump(exclude={"jwt_secret"}) == {
        "environment": Environment.PRODUCTION,
        "database_url": "sqlite+aiosqlite:////data/shop.sqlite3",
        "data_dir": Path("/data"),
        "access_token_seconds": 60,
        "refresh_token_seconds": 600,
        "browser_session_seconds": 300,
        "rate_limit_storage_url": "async+redis://cache",
        "rate_limit_address": "50/second",
        "rate_limit_sign_in": "5/minute",
        "rate_limit_orders": "100/day",
        "database_timeout_seconds": 0.5,
        "database_pool_size": 1,
        "database_max_overflow": 0,
        "database_pool_timeout_seconds": 0.25,
        "database_pool_recycle_seconds": 60,
        "database_pool_pre_ping": False,
        "object_store_url": "file:///data/files",
        "object_store_endpoint": "https://s3.example",
        "object_store_region": "eu-central-1",
        "object_store_access_key": SecretStr("shop"),
        "object_store_secret_key": SecretStr("secret"),
        "object_store_timeout_seconds": 0.5,
        "file_link_seconds": 5,
        "upload_max_bytes": 1000,
        "calculation_processes": 1,
        "calculation_queue": 0,
        "calculation_seconds": 0.5,
        "slow_request_seconds": 0.1,
        "traces": Traces.CONSOLE,
        "profile_dir": Path("/profiles"),
        "max_requests_under_way": 20,
        "drain_seconds": 0.0,
        "order_lease_seconds": 0.5,
        "order_seconds": 60.0,
        "worker_seconds": 0.5,
        "worker_alive_file": Path("/tmp/alive"),
        "inventory_url": "http://inventory:8001",
        "inventory_timeout_seconds": 0.5,
        "max_body_bytes": 100,
        "redis_url": "redis://cache",
        "redis_prefix": "shop",
        "socket_max_bytes": 100,
        "socket_queue": 5,
        "socket_check_seconds": 0.5,
        "log_level": LogLevel.ERROR,
    }
    assert settings.jwt_secret.get_secret_value() == SECRET
    assert not settings.loads_demo_data


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMPLE_APP_DATA_DIR", "")
    monkeypatch.setenv("DATABASE_URL", "")
    settings = load_settings()
    assert (settings.data_dir, settings.database_url) == (None, None)


def refusal(monkeypatch: pytest.MonkeyPatch, **values: str) -> str:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        create_app()
    return str(caught.value)


def test_every_wrong_setting_is_named_in_one_line_and_no_value_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    message = refusal(
        monkeypatch,
        SAMPLE_APP_ENVIRONMENT="staging",
        SAMPLE_APP_JWT_SECRET="hunter2",
        SAMPLE_APP_ACCESS_TOKEN_SECONDS="soon",
    )
    assert message == (
        "SAMPLE_APP_ENVIRONMENT: Input should be 'development' or 'production'; "
        "SAMPLE_APP_JWT_SECRET: the secret needs at least 32 bytes; "
        "SAMPLE_APP_ACCESS_TOKEN_SECONDS: Input should be a valid integer, unable to parse string as an integer"
    )


def test_production_refuses_the_default_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    message = refusal(monkeypatch, SAMPLE_APP_ENVIRONMENT="production")
    assert message == "production needs its own SAMPLE_APP_JWT_SECRET of at least 32 bytes"


def test_production_refuses_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    message = refusal(
        monkeypatch,
        SAMPLE_APP_ENVIRONMENT="production",
        SAMPLE_APP_JWT_SECRET=SECRET,
        SAMPLE_APP_FAULT="product-stock-dropped",
    )
    assert message == "production does not run with a fault; unset SAMPLE_APP_FAULT (now 'product-stock-dropped')"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://user:hunter2@db/shop", "the data is kept by PostgreSQL or in an SQLite file"),
        ("sqlite+aiosqlite://", "the data is kept by PostgreSQL or in an SQLite file"),
        ("user:hunter2", "this is no database URL"),
    ],
)
async def test_a_database_that_cannot_be_used_is_refused_at_the_start(url: str, message: str) -> None:
    app = create_app(Settings(database_url=url))
    with pytest.raises(SettingsError) as caught:
        async with app.router.lifespan_context(app):
            pass
    mend = "write postgresql://USER:PASSWORD@HOST/NAME or sqlite+aiosqlite:///PATH"
    assert str(caught.value) == f"DATABASE_URL: {message}; {mend}"


@pytest.mark.anyio
async def test_a_data_folder_that_cannot_be_made_is_refused_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    app = create_app(Settings(data_dir=tmp_path / "file"))
    with pytest.raises(SettingsError) as caught:
        async with app.router.lifespan_context(app):
            pass
    assert str(caught.value) == f"SAMPLE_APP_DATA_DIR: {tmp_path / 'file'}: File exists"


@pytest.mark.anyio
async def test_a_database_url_wins_over_the_data_folder(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shop.sqlite3'}"
    app = create_app(Settings(database_url=url, data_dir=tmp_path / "data"))
    async with app.router.lifespan_context(app):
        assert (await app.state.database.answers()) is True
    assert sorted(path.relative_to(tmp_path).name for path in tmp_path.rglob("*")) == ["data", "files", "shop.sqlite3"]


@pytest.mark.anyio
async def test_production_loads_no_demo_data(
    tmp_path: Path, client_for: Callable[..., AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMPLE_APP_ENVIRONMENT", "production")
    monkeypatch.setenv("SAMPLE_APP_JWT_SECRET", SECRET)
    monkeypatch.setenv("SAMPLE_APP_DATA_DIR", str(tmp_path))
    app = create_app()
    async with app.router.lifespan_context(app), client_for(app) as client:
        login = await client.post("/auth/token", data={"username": "alice", "password": "Correct-horse-7"})
        registration = {
            "username": "erin",
            "password": "Battery-staple-9",
            "password_repeat": "Battery-staple-9",
            "birth_date": "1990-04-01",
            "display_name": "E",
            "tenant": "acme",
        }
        registered = await client.post("/v2/users", json=registration)
    assert (login.status_code, registered.status_code) == (401, 404)


def told() -> dict[str, str]:
    """The settings in the README: the default of each variable, as it is written there."""
    section = (Path(sample_app.__file__).parent / "README.md").read_text(encoding="utf-8").split("### Settings")[1]
    lines = re.findall(r"^\| (`.*?`.*?) \| (.*?) \| .*? \|$", section.split("\n#")[0], flags=re.MULTILINE)
    return {name: default for names, default in lines for name in re.findall("`([^`]+)`", names)}


def test_the_readme_tells_all_settings_and_their_defaults() -> None:
    customary = {
        name for field in ("DATABASE_URL", "OBJECT_STORE_URL", "REDIS_URL") for name in (field, f"SAMPLE_APP_{field}")
    }
    own = {f"SAMPLE_APP_{name.upper()}": field.default for name, field in Settings.model_fields.items()}
    assert set(told()) == {*own, *customary, faults.VARIABLE}
    rates = {
        f"SAMPLE_APP_RATE_LIMIT_{name.upper().replace('-', '_')}": f"`{strict}` in production, else `{generous}`"
        for (name, strict), generous in zip(
            RATES[Environment.PRODUCTION].items(), RATES[Environment.DEVELOPMENT].values(), strict=True
        )
    }

    def written(value: object) -> str:
        match value:
            case None:
                return "none"
            case bool():
                return str(value).lower()
            case int() | float():
                return f"{value:g}" if isinstance(value, float) else str(value)
            case _:
                return f"`{value}`"

    expected = {name: written(default) for name, default in own.items()}
    expected |= dict.fromkeys((*customary, faults.VARIABLE), "none")
    expected |= {"SAMPLE_APP_JWT_SECRET": "one for development", **rates}
    assert told() == expected
