"""The rates of delivery, the same for all tenants."""

from dataclasses import dataclass
from enum import StrEnum

# ISO 3166-1, beside Germany.
_EUROPEAN_UNION = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"}
    | {"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)


class Zone(StrEnum):
    """How far it is, seen from the store."""

    DOMESTIC = "domestic"
    EUROPE = "europe"
    WORLD = "world"


@dataclass(frozen=True, slots=True)
class Rate:
    """What a delivery costs, in euro cents."""

    zone: Zone
    express: bool
    amount: int


RATES = (
    Rate(Zone.DOMESTIC, express=False, amount=490),
    Rate(Zone.DOMESTIC, express=True, amount=1290),
    Rate(Zone.EUROPE, express=False, amount=990),
    Rate(Zone.EUROPE, express=True, amount=2490),
    Rate(Zone.WORLD, express=False, amount=1990),
    Rate(Zone.WORLD, express=True, amount=4990),
)


def zone_of(country_code: str) -> Zone:
    """The zone of a country (ISO 3166-1, two letters)."""
    if country_code == "DE":
        return Zone.DOMESTIC
    return Zone.EUROPE if country_code in _EUROPEAN_UNION else Zone.WORLD


def rate_to(country_code: str, *, express: bool) -> Rate:
    """What a delivery to that country costs."""
    zone = zone_of(country_code)
    return next(rate for rate in RATES if rate.zone is zone and rate.express is express)
