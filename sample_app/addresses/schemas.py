"""Addresses on the wire."""

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from sample_app.core.schemas import ApiModel


class Address(ApiModel):
    """Where to deliver. Its names are in camel case, as address forms of browsers and parcel services have them."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, validate_by_alias=True)

    street: str = Field(description="Street and number.", min_length=1, max_length=80, examples=["Teichstrasse 4"])
    postal_code: str = Field(description="The postal code.", pattern="^[0-9A-Z -]{3,10}$", examples=["20095"])
    city: str = Field(description="The city.", min_length=1, max_length=80, examples=["Hamburg"])
    country_code: str = Field(description="ISO 3166-1, two letters.", pattern="^[A-Z]{2}$", examples=["DE"])
