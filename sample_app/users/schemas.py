"""Users on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, field_validator
from pydantic.json_schema import SkipJsonSchema

from sample_app import faults
from sample_app.core.schemas import ApiModel
from sample_app.users.models import Role

UserName = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{3,16}$", description="The name to sign in with.")]


class UserCreate(ApiModel):
    """A registration."""

    username: UserName = Field(examples=["erin"])
    password: str = Field(description="At least twelve characters.", min_length=12, max_length=128)
    display_name: str = Field(description="The name to show.", min_length=1, max_length=80, examples=["Erin Example"])
    tenant: str = Field(description="The tenant to join.", pattern=r"^[a-z][a-z0-9-]{1,31}$", examples=["acme"])

    if faults.is_on("display-name-ascii-only"):

        @field_validator("display_name")
        @classmethod
        def _ascii_only(cls, display_name: str) -> str:
            if not display_name.isascii():
                raise ValueError("only letters from A to Z")
            return display_name


class UserRead(ApiModel):
    """An account, without its secrets."""

    user_id: UUID = Field(validation_alias="id", description="Names the account for good.")
    username: UserName = Field(examples=["alice"])
    display_name: str = Field(description="The name to show.", examples=["Alice"])
    role: Role
    tenant: str = Field(validation_alias="tenant_id", description="The tenant it belongs to.", examples=["acme"])
    created_at: datetime = Field(description="When it was registered, in UTC.")
    if faults.is_on("password-hash-shown"):
        password_hash: SkipJsonSchema[str]
