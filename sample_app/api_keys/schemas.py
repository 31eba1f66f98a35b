"""API keys on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field, field_validator

from sample_app import faults
from sample_app.api_keys.models import ApiKey
from sample_app.api_keys.service import NewApiKey
from sample_app.auth.scopes import Scope, parse_scopes
from sample_app.core.schemas import ApiModel, JsonInt

KeyScope = Literal[Scope.REPORTS_SALES, Scope.REPORTS_STOCK]


class ApiKeyCreate(ApiModel):
    """A key to be made."""

    name: str = Field(
        description="What it is for.",
        min_length=1,
        max_length=faults.pick("key-name-shortened", right=80, wrong=20),
        examples=["Warehouse display"],
    )
    scopes: list[KeyScope] = Field(
        description="What it is good for; keys can be good for reports only.",
        min_length=1,
        max_length=2,
        examples=[[Scope.REPORTS_STOCK]],
        json_schema_extra={"uniqueItems": True},
    )
    expires_in_days: JsonInt = Field(default=90, description="How long it is good.", ge=1, le=365, examples=[90])

    @field_validator("scopes")
    @classmethod
    def _each_scope_once(cls, scopes: list[KeyScope]) -> list[KeyScope]:
        if len(set(scopes)) < len(scopes) and not faults.is_on("key-scope-twice-accepted"):
            raise ValueError("name each scope once")
        return scopes


class ApiKeyRead(ApiModel):
    """A key, without its secret."""

    key_id: UUID = Field(description="Names the key.")
    name: str = Field(description="What it is for.", examples=["Warehouse display"])
    hint: str = Field(description="How it begins, to tell it by.", examples=["shop_Zk3v9aQ"])
    scopes: list[KeyScope] = Field(description="What it is good for.", examples=[[Scope.REPORTS_STOCK]])
    created_at: datetime = Field(description="When it was made, in UTC.")
    expires_at: datetime = Field(description="When it ends, in UTC.")

    @classmethod
    def of(cls, key: ApiKey) -> "ApiKeyRead":
        """The key as administrators see it."""
        return cls.model_validate(_fields(key))


class ApiKeyCreated(ApiKeyRead):
    """A new key with its secret, which nobody can ask for again."""

    api_key: str = Field(description="The secret, for the header `X-API-Key`. It is shown this once.")

    @classmethod
    def of_new(cls, new: NewApiKey) -> "ApiKeyCreated":
        """The key as its maker sees it, once."""
        return cls.model_validate({**_fields(new.key), "api_key": new.secret})


def _fields(key: ApiKey) -> dict[str, object]:
    return {
        "key_id": key.id,
        "name": key.name,
        "hint": key.hint,
        "scopes": sorted(parse_scopes(key.scope)),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
    }
