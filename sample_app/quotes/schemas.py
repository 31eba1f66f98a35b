"""Quotes on the wire."""

from pydantic import Field, StrictBool

from sample_app.addresses.schemas import Address
from sample_app.core.schemas import ApiModel, JsonInt
from sample_app.preferences.schemas import Locale
from sample_app.products.models import Currency
from sample_app.products.schemas import SKU_PATTERN, Price
from sample_app.quotes.service import Quote
from sample_app.shipping.rates import Zone


class QuoteItem(ApiModel):
    """A product to be quoted."""

    sku: str = Field(description="The product's stock keeping unit.", pattern=SKU_PATTERN, examples=["TEA-001"])
    quantity: JsonInt = Field(description="How many.", ge=1, le=100, examples=[2])


class Delivery(ApiModel):
    """Where to deliver, and how fast."""

    address: Address
    express: StrictBool | None = Field(default=None, description="The next day; without it, as the browser prefers.")


class QuotedLineRead(ApiModel):
    """A line of a quote."""

    sku: str = Field(description="The stock keeping unit.", pattern=SKU_PATTERN, examples=["TEA-001"])
    quantity: JsonInt = Field(description="How many.", ge=1, le=100, examples=[2])
    price: Price


class QuoteRead(ApiModel):
    """What an order would cost."""

    lines: list[QuotedLineRead] = Field(description="The products, in the order in which they were asked for.")
    zone: Zone
    delivery: Price
    total: Price
    total_text: str = Field(description="The total, written as the browser prefers.", examples=["€14.80", "14,80 €"])

    @classmethod
    def of(cls, quote: Quote, *, locale: Locale) -> "QuoteRead":
        """The quote as clients see it."""
        return cls(
            lines=[
                QuotedLineRead(sku=line.sku, quantity=line.quantity, price=_euros(line.amount)) for line in quote.lines
            ],
            zone=quote.zone,
            delivery=_euros(quote.delivery),
            total=_euros(quote.total),
            total_text=written(quote.total, locale=locale),
        )


def _euros(amount: int) -> Price:
    return Price(amount=amount, currency=Currency.EUR)


def written(cents: int, *, locale: Locale) -> str:
    """An amount in euros as people of that language write it."""
    english = f"{cents // 100:,}.{cents % 100:02}"
    if locale is Locale.GERMAN:
        return f"{english.translate(str.maketrans(',.', '.,'))} €"
    return f"€{english}"
