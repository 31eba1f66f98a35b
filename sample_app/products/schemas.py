"""Products on the wire."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import Path
from pydantic import ConfigDict, Field, computed_field
from pydantic.alias_generators import to_camel

from sample_app import faults
from sample_app.core.pagination import PageQuery
from sample_app.core.schemas import NUMBERS_ONLY, ApiModel, JsonInt
from sample_app.products.filters import ProductFilter
from sample_app.products.models import Category, Currency, Product

SKU_PATTERN = r"^[A-Z]{2,8}-[0-9]{3}$"
MAX_AMOUNT = 100_000_000
MAX_STOCK = 1_000_000

# Value added tax in percent: food and drink at the reduced rate, everything else at the full one.
_TAX_PERCENT = {Category.TEA: 7, Category.COFFEE: 7, Category.GIFT: 19}

SkuPath = Annotated[
    str, Path(pattern=SKU_PATTERN, description="The product's stock keeping unit.", examples=["TEA-001"])
]

_NO_CATEGORY: Any = faults.pick("product-category-required", right=None, wrong=...)

Amount = Annotated[int, Field(description="In the smallest unit of the currency.", ge=0, le=MAX_AMOUNT)]
JsonAmount = Annotated[Amount, NUMBERS_ONLY]


class ProductSort(StrEnum):
    """The order of a list; with a minus, the other way round."""

    SKU = "sku"
    SKU_DOWN = "-sku"
    PRICE = "price"
    PRICE_DOWN = "-price"
    NAME = "name"
    NAME_DOWN = "-name"


class ProductQuery(PageQuery):
    """Which products to list."""

    category: Category | None = Field(default=_NO_CATEGORY, description="Only this category.")
    q: str | None = Field(
        default=None, description="Only names with this text.", min_length=1, max_length=80, examples=["tea"]
    )
    min_price: Amount | None = Field(default=None, description="Only prices from here, without tax.")
    max_price: Amount | None = Field(default=None, description="Only prices up to here, without tax.")
    sort: ProductSort = Field(default=ProductSort.SKU, description="The order of the list.")

    def filter(self) -> ProductFilter:
        """The same for the service."""
        return ProductFilter(
            category=self.category,
            text=self.q,
            min_price=self.min_price,
            max_price=self.max_price,
            order=self.sort.removeprefix("-"),
            descending=self.sort.startswith("-"),
        )


class Price(ApiModel):
    """An amount of money, whole so that nothing is rounded."""

    amount: int = Field(description="In the smallest unit of the currency.", ge=0, examples=[495])
    currency: Currency


class PriceIn(ApiModel):
    """What a product is to cost, without tax."""

    amount: JsonAmount = Field(examples=[495])
    currency: Currency


class Origin(ApiModel):
    """Where a product comes from. The names are those of the suppliers' data sheets, in camel case."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    country_code: str = Field(description="ISO 3166-1, two letters.", pattern="^[A-Z]{2}$", examples=["IN"])
    producer: str | None = Field(default=None, description="Who made it.", max_length=80, examples=["Halmari Estate"])


class ProductFields(ApiModel):
    """All that is told of a new product, or of one that is replaced, but for its SKU."""

    name: str = Field(description="The name to show.", min_length=1, max_length=80, examples=["Darjeeling, 100 g"])
    description: str | None = Field(
        default=None, description="More about it.", max_length=400, examples=["Light, from the first flush."]
    )
    category: Category
    price: PriceIn
    stock: JsonInt = Field(default=0, description="How many there are.", ge=0, le=MAX_STOCK, examples=[50])
    origin: Origin | None = Field(default=None, description="Where it comes from, if that is known.")
    cost: JsonAmount | None = Field(
        default=None, description="What the tenant pays for it; never shown again.", examples=[210]
    )


class ProductCreate(ProductFields):
    """A new product."""

    sku: str = Field(description="The stock keeping unit.", pattern=SKU_PATTERN, examples=["TEA-002"])


def _absent() -> Any:
    """The default of a field that may be left out and may not be null: it is looked at only where it was sent."""
    return None


class ProductUpdate(ApiModel):
    """What is to change (RFC 7396): what is left out stays, and `null` takes away what need not be there."""

    name: str = Field(
        default_factory=_absent, description="The name to show.", min_length=1, max_length=80, examples=["Oolong"]
    )
    description: str | None = Field(default=None, description="More about it.", max_length=400)
    category: Category = Field(default_factory=_absent)
    price: PriceIn = Field(default_factory=_absent)
    stock: JsonInt = Field(
        default_factory=_absent, description="How many there are.", ge=0, le=MAX_STOCK, examples=[50]
    )
    origin: Origin | None = Field(default=None, description="Where it comes from.")
    cost: JsonAmount | None = Field(default=None, description="What the tenant pays for it; never shown again.")


def columns_of(product: ProductFields | ProductUpdate) -> dict[str, Any]:
    """The columns that a body sets, but for the SKU; of an update only those that were sent."""
    sent = set(type(product).model_fields) if isinstance(product, ProductFields) else product.model_fields_set
    columns: dict[str, Any] = {name: getattr(product, name) for name in sent - {"sku", "price", "origin", "cost"}}
    if "price" in sent:
        columns |= {"price_amount": product.price.amount, "price_currency": product.price.currency}
    if "origin" in sent:
        origin = product.origin
        columns |= {"country_code": origin and origin.country_code, "producer": origin and origin.producer}
    if "cost" in sent:
        columns["cost_amount"] = product.cost
    return columns


class ProductRead(ApiModel):
    """A product of the catalogue."""

    sku: str = Field(description="The stock keeping unit.", pattern=SKU_PATTERN, examples=["TEA-001"])
    name: str = Field(description="The name to show.", examples=["Assam, 100 g"])
    description: str | None = Field(description="More about it, if there is more.", examples=["A strong black tea."])
    category: Category
    price: Price
    if not faults.is_on("product-stock-dropped"):
        stock: int = Field(description="How many are left.", ge=0, examples=[1000])
    origin: Origin | None = Field(description="Where it comes from, if that is known.")

    @computed_field(description="The price with value added tax, rounded half up.")  # type: ignore[prop-decorator]
    @property
    def price_with_tax(self) -> Price:
        amount = (self.price.amount * (100 + _TAX_PERCENT[self.category]) + 50) // 100
        return Price(amount=amount, currency=self.price.currency)

    @classmethod
    def of(cls, product: Product) -> "ProductRead":
        """The product as clients see it."""
        origin = Origin(country_code=product.country_code, producer=product.producer) if product.country_code else None
        made = {"price": Price(amount=product.price_amount, currency=product.price_currency), "origin": origin}
        fields: dict[str, Any] = {
            name: made[name] if name in made else getattr(product, name) for name in cls.model_fields
        }
        if faults.is_on("product-without-description-malformed") and product.description is None:
            del fields["description"]
            return cls.model_construct(**fields)
        return cls(**fields)
