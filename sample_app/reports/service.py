"""What can be reported."""

from dataclasses import dataclass

from sample_app.products.models import Product
from sample_app.reports.repository import ReportRepository, SalesLine


@dataclass(frozen=True, slots=True)
class ReportService:
    reports: ReportRepository

    async def low_stock(self, *, below: int, limit: int, offset: int) -> tuple[list[Product], int]:
        """A part of the products with less than `below` left, and how many there are in all."""
        return await self.reports.low_stock(below=below, limit=limit, offset=offset)

    async def sales(self, *, limit: int, offset: int) -> tuple[list[SalesLine], int]:
        """A part of what was sold, by product, and how many lines there are in all."""
        return await self.reports.sales(limit=limit, offset=offset)
