"""Shipping rates on the wire, in each version."""

from pydantic import Field

from sample_app.core.schemas import ApiModel
from sample_app.products.models import Currency
from sample_app.products.schemas import Price
from sample_app.shipping.rates import RATES, Rate, Zone


class RateRead(ApiModel):
    """What a delivery costs (version 2)."""

    zone: Zone
    express: bool = Field(description="Whether it arrives the next day.")
    price: Price

    @classmethod
    def of(cls, rate: Rate) -> "RateRead":
        return cls(zone=rate.zone, express=rate.express, price=Price(amount=rate.amount, currency=Currency.EUR))


class RateV1(ApiModel):
    """What a delivery costs (version 1, which knows no express)."""

    zone: Zone
    cost: float = Field(
        description="In whole units of a currency that is not told; use `price`.", ge=0, examples=[4.9], deprecated=True
    )


class RatesRead(ApiModel):
    """All rates (version 2)."""

    rates: list[RateRead] = Field(description="One for each zone and speed.")


class RatesV1(ApiModel):
    """All rates (version 1)."""

    rates: list[RateV1] = Field(description="One for each zone.")


def all_rates() -> RatesRead:
    """The rates as version 2 tells them."""
    return RatesRead(rates=[RateRead.of(rate) for rate in RATES])


def all_rates_v1() -> RatesV1:
    """The same in the words of version 1."""
    return RatesV1(rates=[RateV1(zone=rate.zone, cost=rate.amount / 100) for rate in RATES if not rate.express])
