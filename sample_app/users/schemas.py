"""Users on the wire."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, field_validator, model_validator
from pydantic.json_schema import SkipJsonSchema

from sample_app import faults
from sample_app.core.clock import utc_now
from sample_app.core.schemas import ApiModel
from sample_app.users.models import Role

_FULL_AGE = 18
_FIRST_BIRTH_DATE = date(1900, 1, 1)

UserName = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]{3,16}$", description="The name to sign in with.")]


DisplayName = Annotated[str, Field(description="The name to show.", min_length=1, max_length=80)]


class UserCreate(ApiModel):
    """A registration: both passwords are the same, and who registers is 18 or older."""

    username: UserName = Field(examples=["erin"])
    password: str = Field(
        description="At least twelve characters.", min_length=12, max_length=128, examples=["Battery-staple-9"]
    )
    password_repeat: str = Field(
        description="The same again.", min_length=12, max_length=128, examples=["Battery-staple-9"]
    )
    display_name: DisplayName = Field(examples=["Erin Example"])
    birth_date: date = Field(description="Not told to anybody.", examples=["1990-04-01"])
    tenant: str = Field(description="The tenant to join.", pattern=r"^[a-z][a-z0-9-]{1,31}$", examples=["acme"])

    @field_validator("birth_date")
    @classmethod
    def _plausible(cls, birth_date: date) -> date:
        if not _FIRST_BIRTH_DATE <= birth_date <= utc_now().date():
            raise ValueError("nobody alive was born then")
        return birth_date

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.password_repeat != self.password:
            raise ValueError("the passwords differ")
        if age_on(utc_now().date(), born=self.birth_date) < _FULL_AGE:
            raise ValueError(f"only who is {_FULL_AGE} or older can register")
        return self

    if faults.is_on("display-name-ascii-only"):

        @field_validator("display_name")
        @classmethod
        def _ascii_only(cls, display_name: str) -> str:
            if not display_name.isascii():
                raise ValueError("only letters from A to Z")
            return display_name


def age_on(day: date, *, born: date) -> int:
    """The age in whole years; who was born on a 29 February turns a year older on 1 March of a common year."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class UserUpdate(ApiModel):
    """What a user can change of the own account."""

    display_name: DisplayName = Field(examples=["Erin E."])


class RolePath(ApiModel):
    """The path parameters of a search by role and name. Names are compared in lower case."""

    role: Role
    prefix: str = Field(
        description="What the user name begins with.", pattern=r"^[a-zA-Z0-9_-]{1,16}$", examples=["al"]
    )

    @field_validator("prefix")
    @classmethod
    def _lower(cls, prefix: str) -> str:
        return prefix.lower()


class ProfileRead(ApiModel):
    """What users of a tenant may know of each other."""

    username: UserName = Field(examples=["alice"])
    display_name: str = Field(description="The name to show.", examples=["Alice"])
    role: Role


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
