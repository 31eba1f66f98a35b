"""What can be done with quotes."""

from collections.abc import Sequence
from dataclasses import dataclass

from sample_app.products.models import Currency
from sample_app.products.service import ProductService
from sample_app.quotes.errors import MixedCurrenciesError
from sample_app.shipping.rates import Zone, rate_to


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """So many of one product, at its price of now: the amount for all of them, in euro cents."""

    sku: str
    quantity: int
    amount: int


@dataclass(frozen=True, slots=True)
class Quote:
    """What an order would cost, in euro cents."""

    lines: list[QuotedLine]
    zone: Zone
    delivery: int

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines) + self.delivery


@dataclass(frozen=True, slots=True)
class QuoteService:
    products: ProductService

    async def quote(self, items: Sequence[tuple[str, int]], *, country_code: str, express: bool) -> Quote:
        """What so many of these products would cost, delivered to that country.

        Args:
            items: SKUs and quantities.
            country_code: ISO 3166-1, two letters.
            express: whether it is to arrive the next day.

        Raises:
            ProductNotFoundError: the tenant has no such product.
            MixedCurrenciesError: a product is sold in another currency than the delivery.
        """
        lines = []
        for sku, quantity in items:
            product = await self.products.get(sku)
            if product.price_currency is not Currency.EUR:
                raise MixedCurrenciesError(f"{sku} is sold in {product.price_currency}.")
            lines.append(QuotedLine(sku=sku, quantity=quantity, amount=quantity * product.price_amount))
        rate = rate_to(country_code, express=express)
        return Quote(lines=lines, zone=rate.zone, delivery=rate.amount)
