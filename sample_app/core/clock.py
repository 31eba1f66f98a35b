"""The one clock of the app."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The present moment, with its time zone."""
    return datetime.now(UTC)
