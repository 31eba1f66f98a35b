"""Typed settings, read from the environment once, when the app is made."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from sample_app import faults

DEVELOPMENT_SECRET = "for development only, never for production"
_SECRET_BYTES = 32


class SettingsError(Exception):
    """The environment holds a setting that the app cannot run with; the message names it and the mend."""


class Environment(StrEnum):
    """Where the app runs."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


Rate = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,5}/(second|minute|hour|day)$")]

# Outside production they are so generous that no test is slowed down by them.
RATES = {
    Environment.DEVELOPMENT: {"address": "10000/second", "sign-in": "1000/second", "orders": "1000/second"},
    Environment.PRODUCTION: {"address": "100/second", "sign-in": "10/minute", "orders": "60/minute"},
}


class LogLevel(StrEnum):
    """The least important kind of message that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Traces(StrEnum):
    """Where spans go: nowhere, or to standard output, a JSON object each. The app's own exporter comes from code."""

    NONE = "none"
    CONSOLE = "console"
    CODE = "code"


class Settings(BaseSettings):
    """All that can be set from outside; the names in the environment start with SAMPLE_APP_.

    Attributes:
        environment: production refuses default secrets and faults, and loads no demo data.
        database_url: an SQLAlchemy URL; also under the customary name DATABASE_URL. Wins over `data_dir`.
        data_dir: the folder that keeps the data; without it a temporary folder lives as long as the process.
        jwt_secret: the key that signs access tokens (RFC 7518, section 3.2: at least 32 bytes for HS256).
        access_token_seconds: lifetime of an access token.
        refresh_token_seconds: lifetime of a refresh token that is not used.
        browser_session_seconds: how long a browser stays signed in to the account page.
        database_timeout_seconds: how long a transaction waits for its turn to write.
        database_pool_size: how many connections are kept open.
        database_max_overflow: how many more may be opened in a rush.
        database_pool_timeout_seconds: how long a request waits for a connection before it is told to come back later.
        database_pool_recycle_seconds: the age at which a connection is replaced.
        database_pool_pre_ping: whether a connection is tried before each use.
        object_store_url: where the content of files is kept; also under the customary name OBJECT_STORE_URL. Without
            it, in the data folder.
        object_store_endpoint: the address of an S3 that is not Amazon's, such as `https://HOST`.
        object_store_region: the region that requests to S3 are signed for.
        object_store_access_key: with `object_store_secret_key`, who the app is at S3. Without them, what the usual
            variables of AWS or the machine say.
        object_store_secret_key: see there.
        object_store_timeout_seconds: how long S3 may keep a request waiting at a time.
        file_link_seconds: how long a link to a file is good.
        upload_max_bytes: the longest file that is accepted.
        calculation_processes: how many long calculations run at once, each in a process of its own.
        calculation_queue: how many more may wait for their turn.
        calculation_seconds: how long one may take, the wait for its turn included.
        rate_limit_storage_url: where requests are counted, as the library `limits` reads it. Without it, in the Redis
            of `redis_url`, else in the process.
        rate_limit_address: how many requests an address may make, such as `100/second`.
        rate_limit_sign_in: how often one address may try to sign in as one user.
        rate_limit_orders: how many orders a user may place.
        slow_request_seconds: from when on a request is slow, and the log says why.
        traces: where spans go.
        profile_dir: where the profile of each slow request goes; without it, nothing is profiled.
        max_requests_under_way: how many requests are answered at once; the next one is told to come back later.
        drain_seconds: how long, after SIGTERM, requests are still taken while the probe says that no more should come;
            only under gunicorn.
        order_lease_seconds: how long a process that decides an order keeps others from the product without a sign of
            life.
        order_seconds: how long an order may be pending; then it fails.
        worker_seconds: how often it is looked for orders that were left pending.
        worker_alive_file: a file that the order worker touches each time, for probes.
        inventory_url: the address of the inventory service; without it, stock is kept with the products.
        inventory_timeout_seconds: how long to wait for one of its answers.
        max_body_bytes: the longest request body, unless a route says otherwise.
        redis_url: the Redis by which several processes tell each other what happens, share the orders to decide, and
            count requests together; also under the customary name REDIS_URL. Without it, nobody hears of what happens
            in another process.
        redis_prefix: apps that share a Redis and not their data need different ones.
        socket_max_bytes: the longest message that is taken from a WebSocket.
        socket_queue: how many messages may wait for a client that reads slowly; then it is dropped.
        socket_check_seconds: how often it is looked up whether the token of a WebSocket is still good.
        log_level: what is logged at all; as JSON in production, else for people.
    """

    # A .env file is not read: the same command gives the same app, whatever the current folder holds.
    model_config = SettingsConfigDict(env_prefix="SAMPLE_APP_", env_ignore_empty=True, frozen=True)

    environment: Environment = Environment.DEVELOPMENT
    database_url: str | None = Field(
        default=None, validation_alias=AliasChoices("SAMPLE_APP_DATABASE_URL", "DATABASE_URL", "database_url")
    )
    data_dir: Path | None = None
    jwt_secret: SecretStr = SecretStr(DEVELOPMENT_SECRET)
    access_token_seconds: int = Field(default=900, ge=1)
    refresh_token_seconds: int = Field(default=14 * 24 * 3600, ge=1)
    browser_session_seconds: int = Field(default=8 * 3600, ge=1)
    database_timeout_seconds: float = Field(default=30.0, gt=0)

    database_pool_size: int = Field(default=10, ge=1)
    database_max_overflow: int = Field(default=10, ge=0)
    database_pool_timeout_seconds: float = Field(default=10.0, gt=0)
    database_pool_recycle_seconds: int = Field(default=1800, ge=1)
    database_pool_pre_ping: bool = True

    object_store_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("SAMPLE_APP_OBJECT_STORE_URL", "OBJECT_STORE_URL", "object_store_url"),
    )
    object_store_endpoint: str | None = Field(default=None, pattern="^https?://[^/?#]+$")
    object_store_region: str = Field(default="us-east-1", min_length=1)
    object_store_access_key: SecretStr | None = None
    object_store_secret_key: SecretStr | None = None
    object_store_timeout_seconds: float = Field(default=5.0, gt=0)
    file_link_seconds: int = Field(default=60, ge=1, le=3600)
    upload_max_bytes: int = Field(default=20 * 1024 * 1024, ge=1)

    calculation_processes: int = Field(default=2, ge=1, le=64)
    calculation_queue: int = Field(default=8, ge=0)
    calculation_seconds: float = Field(default=20.0, gt=0)
    rate_limit_storage_url: str | None = Field(default=None, pattern=r"^async\+[a-z+]+://")
    rate_limit_address: Rate | None = None
    rate_limit_sign_in: Rate | None = None
    rate_limit_orders: Rate | None = None
    slow_request_seconds: float = Field(default=1.0, gt=0)
    traces: Traces = Traces.NONE
    profile_dir: Path | None = None
    max_requests_under_way: int = Field(default=200, ge=1)
    drain_seconds: float = Field(default=5.0, ge=0)
    order_lease_seconds: float = Field(default=10.0, ge=0.1)
    order_seconds: float = Field(default=3600.0, gt=0)
    worker_seconds: float = Field(default=5.0, gt=0)
    worker_alive_file: Path | None = None
    inventory_url: str | None = Field(default=None, pattern="^https?://[^?#]+$")
    inventory_timeout_seconds: float = Field(default=1.0, gt=0)
    max_body_bytes: int = Field(default=1024 * 1024, ge=1)
    redis_url: str | None = Field(
        default=None, validation_alias=AliasChoices("SAMPLE_APP_REDIS_URL", "REDIS_URL", "redis_url")
    )
    redis_prefix: str = Field(default="sample-app", pattern="^[a-z0-9-]{1,40}$")
    socket_max_bytes: int = Field(default=8192, ge=64)
    socket_queue: int = Field(default=200, ge=1, le=1000)
    socket_check_seconds: float = Field(default=60.0, gt=0)
    log_level: LogLevel = LogLevel.INFO

    @property
    def rate_limits(self) -> dict[str, str]:
        """The rate of each limit: what was set, else what suits the environment."""
        rates = RATES[self.environment]
        return {
            "address": self.rate_limit_address or rates["address"],
            "sign-in": self.rate_limit_sign_in or rates["sign-in"],
            "orders": self.rate_limit_orders or rates["orders"],
        }

    @property
    def loads_demo_data(self) -> bool:
        return self.environment is not Environment.PRODUCTION

    @model_validator(mode="after")
    def _keys_come_in_pairs(self) -> Self:
        if (self.object_store_access_key is None) != (self.object_store_secret_key is None):
            raise ValueError("set both SAMPLE_APP_OBJECT_STORE_ACCESS_KEY and _SECRET_KEY, or neither")
        return self

    @field_validator("jwt_secret")
    @classmethod
    def _secret_is_long_enough(cls, secret: SecretStr) -> SecretStr:
        if len(secret.get_secret_value().encode()) < _SECRET_BYTES:
            raise ValueError(f"the secret needs at least {_SECRET_BYTES} bytes")
        return secret

    @model_validator(mode="after")
    def _production_is_strict(self) -> Self:
        if self.environment is Environment.PRODUCTION:
            if self.jwt_secret.get_secret_value() == DEVELOPMENT_SECRET:
                raise ValueError(f"production needs its own SAMPLE_APP_JWT_SECRET of at least {_SECRET_BYTES} bytes")
            if fault := faults.active():
                raise ValueError(f"production does not run with a fault; unset {faults.VARIABLE} (now {fault.name!r})")
        return self


def load_settings() -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: one line that names every setting that is wrong, without its value, which may be a secret.
        sample_app.faults.UnknownFaultError: SAMPLE_APP_FAULT is set to an unknown name.
    """
    faults.active()
    try:
        return Settings()
    except ValidationError as error:
        reasons = [
            f"{_variable(part['loc'])}{part['msg'].removeprefix('Value error, ')}"
            for part in error.errors(include_url=False, include_input=False)
        ]
        raise SettingsError("; ".join(reasons)) from None


def _variable(location: tuple[int | str, ...]) -> str:
    """The name in the environment of the setting at `location`, with a colon; empty for a rule about several."""
    if not location:
        return ""
    name = str(location[0])
    return f"{name}: " if name.isupper() else f"SAMPLE_APP_{name.upper()}: "
