"""Dates that documents hold."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime


def day(value: object) -> date | None:
    """Return the day of a date or a date with time (RFC 3339, 5.6), in UTC where it says its offset."""
    if not isinstance(value, str) or not _DATED.match(value):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return (moment.astimezone(UTC) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        return None


_DATED = re.compile(r"\d{4}-\d{2}-\d{2}(?![0-9-])")
