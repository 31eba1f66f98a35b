"""Version 1 on the wire: its own models, so that version 2 can change without it."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from sample_app import faults
from sample_app.core.schemas import NUMBERS_ONLY, ApiModel
from sample_app.orders.models import Order, OrderStatus
from sample_app.orders.schemas import ORDER_ID_PATTERN
from sample_app.products.models import Product
from sample_app.products.schemas import SKU_PATTERN
from sample_app.users.models import User

_AT_MOST_100: Any = faults.pick(
    "v1-order-quantity-unlimited", right=Field(le=100), wrong=Field(json_schema_extra={"maximum": 100})
)


class UserV1(ApiModel):
    """An account."""

    id: UUID = Field(description="Names the account for good.")
    name: str = Field(description="The user name.", examples=["alice"])
    is_admin: bool = Field(description="Whether the user may see the orders of the whole tenant.")

    @classmethod
    def of(cls, user: User) -> "UserV1":
        return cls(id=user.id, name=user.username, is_admin=user.role == "admin")


class ProductV1(ApiModel):
    """A product. The price is a number without its currency, which is why there is a version 2."""

    sku: str = Field(description="The stock keeping unit.", pattern=SKU_PATTERN, examples=["TEA-001"])
    title: str = Field(description="The name to show.", examples=["Assam, 100 g"])
    price: float = Field(
        description="In whole units of a currency that is not told.", ge=0, examples=[4.95], deprecated=True
    )
    in_stock: bool = Field(description="Whether any are left.", deprecated=True)

    @classmethod
    def of(cls, product: Product) -> "ProductV1":
        return cls(sku=product.sku, title=product.name, price=product.price_amount / 100, in_stock=product.stock > 0)


class OrderCreateV1(ApiModel):
    """What to order."""

    sku: str = Field(description="The product's stock keeping unit.", pattern=SKU_PATTERN, examples=["TEA-001"])
    qty: Annotated[int, _AT_MOST_100, NUMBERS_ONLY] = Field(default=1, description="How many.", ge=1, examples=[2])


class OrderStateV1(StrEnum):
    """How far an order is."""

    NEW = "new"
    DONE = "done"
    REJECTED = "rejected"


class OrderV1(ApiModel):
    """An order and how far it is."""

    _states: ClassVar = {
        OrderStatus.PENDING: OrderStateV1.NEW,
        OrderStatus.CONFIRMED: OrderStateV1.DONE,
        OrderStatus.FAILED: OrderStateV1.REJECTED,
    }

    id: str = Field(description="Names the order for good.", pattern=ORDER_ID_PATTERN)
    sku: str = Field(description="What was ordered.", pattern=SKU_PATTERN, examples=["TEA-001"])
    qty: int = Field(description="How many.", ge=1, examples=[2])
    state: OrderStateV1

    @classmethod
    def of(cls, order: Order) -> "OrderV1":
        return cls(id=order.id, sku=order.sku, qty=order.quantity, state=cls._states[order.status])
