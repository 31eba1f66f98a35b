"""Preferences on the wire, as cookies and as a body."""

from enum import StrEnum

from pydantic import Field

from sample_app.core.schemas import ApiModel


class Locale(StrEnum):
    """How amounts are written."""

    ENGLISH = "en"
    GERMAN = "de"


class Speed(StrEnum):
    """How fast deliveries are to be."""

    STANDARD = "standard"
    EXPRESS = "express"


class Preferences(ApiModel):
    """What a browser prefers; each field is a cookie of its own."""

    locale: Locale = Field(default=Locale.ENGLISH, description="How amounts are written.")
    speed: Speed = Field(default=Speed.STANDARD, description="How fast a delivery is, unless the quote says otherwise.")
