"""What is on its way out says so: in headers (RFC 9745, RFC 8594) and in the document."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from typing import Any


class ApiVersion(StrEnum):
    """A version of a resource that has one path for all of them."""

    ONE = "1"
    TWO = "2"


@dataclass(frozen=True, slots=True)
class Deprecation:
    """When something became deprecated, and when it will be gone."""

    since: datetime
    sunset: datetime

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Deprecation": f"@{int(self.since.timestamp())}",
            "Sunset": format_datetime(self.sunset, usegmt=True),
        }


VERSION_1 = Deprecation(since=datetime(2026, 7, 1, tzinfo=UTC), sunset=datetime(2027, 6, 30, 23, 59, 59, tzinfo=UTC))


def headers_of(version: ApiVersion) -> dict[str, str]:
    """What an answer in that version announces."""
    return VERSION_1.headers if version is ApiVersion.ONE else {}


def deprecation_headers(*, required: bool) -> dict[str, Any]:
    """The two headers in the document; those of an answer that is not always deprecated are not required."""
    return {
        "Deprecation": {
            "description": "Since when it is deprecated, as `@` and seconds since 1970 (RFC 9745).",
            "required": required,
            "schema": {"type": "string", "pattern": "^@[0-9]+$"},
        },
        "Sunset": {
            "description": "When it will be gone, as an HTTP date (RFC 8594).",
            "required": required,
            "schema": {"type": "string"},
        },
    }
