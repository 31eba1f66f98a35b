"""Whether what was removed had been deprecated, with an end that was announced and is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from contractkit.model.dates import day
from contractkit.model.finding import Finding
from contractkit.openapi.locate import Locator

_REMOVED = {("operation", "presence"), ("parameter", "presence"), ("schema", "property"), ("header", "presence")}


def ended_on(finding: Finding, base: Locator, today: date) -> date | None:
    """Return the day that the base announced as the end of what is gone, where that day is over; else None.

    The base has to call it `deprecated` and give the day in `x-sunset`: the operation, the parameter, the response
    header or the property itself.

    Args:
        finding: what was found.
        base: finds places of what clients were built on; as a stored baseline it proves that they were told.
        today: the day on which this is judged. Something that ends on a day may go the day after.
    """
    change = finding.change
    if change.action != "removed" or (change.area, change.aspect) not in _REMOVED:
        return None
    found = base.find(change.operation, change.location)
    for fields in (found.value, found.meant) if found.exact else ():
        if isinstance(fields, Mapping) and fields.get("deprecated") is True:
            end = day(fields.get("x-sunset"))
            return end if end is not None and end < today else None
    return None
