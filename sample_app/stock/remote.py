"""The inventory as a service of its own, over HTTP.

Every request may be repeated without harm, and is, a little later, when no answer came. After some failures in a row a
circuit sees to it that nobody waits at all. Answers are checked: one that does not match the service's contract is as
good as none.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sample_app.core.circuit import Circuit, CircuitOpenError
from sample_app.core.database import Database
from sample_app.core.settings import Settings
from sample_app.core.watch import part
from sample_app.products.models import Product
from sample_app.products.repository import ProductRepository
from sample_app.stock.errors import InventoryError
from sample_app.stock.inventory import Claim, Wanted

logger = logging.getLogger(__name__)

T = TypeVar("T")

# The longest waits before a request is repeated, in seconds; each wait is a random part of it, so that many clients do
# not come back at the same moment.
_PAUSES = (0.1, 0.4)
_FAILURES, _OPEN_SECONDS = 5, 2.0
_PROBLEMS = "https://sample-app.example/problems/"


class Level(BaseModel):
    """How much is left of a product, as the service says."""

    model_config = ConfigDict(strict=True, frozen=True)

    product_id: UUID
    stock: int = Field(ge=0)
    version: int = Field(ge=1)


class _Kept(BaseModel):
    """What the service keeps for an order."""

    model_config = ConfigDict(strict=True, frozen=True)

    order_id: str
    product_id: UUID
    quantity: int
    left: Level


class _Problem(BaseModel):
    type: str


class _FailedError(Exception):
    """No answer came, or one that says that the service fails."""


class _WrongAnswerError(Exception):
    """An answer came that the contract of the service does not know."""


@dataclass(frozen=True, slots=True)
class _Reserved:
    """The service keeps the pieces for the order."""

    left: Level

    async def settle(self, products: ProductRepository) -> bool:
        await products.note_stock(self.left.product_id, stock=self.left.stock, stock_version=self.left.version)
        return True


class _Refused:
    """The service has too few pieces, or it is over with the order."""

    async def settle(self, products: ProductRepository) -> bool:
        return False


class RemoteInventory:
    """The client of the service.

    The stock that stands with a product is a copy here. It comes with the answers, and it is what the service is told
    when it knows nothing of the product yet: that is how the stock gets there.

    Args:
        client: of the address of the service.
        seconds: how long to wait for an answer.
        database: where the products are.

    Attributes:
        circuit: whether it works.
    """

    def __init__(self, client: httpx.AsyncClient, seconds: float, database: Database) -> None:
        self._client = client
        self._seconds = seconds
        self._database = database
        self._circuit = Circuit(
            "inventory", failures=(_FailedError, _WrongAnswerError), threshold=_FAILURES, seconds=_OPEN_SECONDS
        )
        self.circuit: Circuit | None = self._circuit

    async def left(self, product: Product) -> int:
        def read(answer: httpx.Response) -> Level | None:
            return None if _is(answer, 404, "stock-unknown") else _level(answer, product.id, 200)

        level = await self._ask("GET", _stock(product.id), read)
        return product.stock if level is None else level.stock

    async def tell(self, product: Product) -> int | None:
        body = {"stock": product.stock, "known_version": product.stock_version}
        level = await self._ask(
            "PUT", _stock(product.id), lambda answer: _level(answer, product.id, 200, 201), json=body
        )
        if level.stock != product.stock:
            raise self._broken("PUT", _stock(product.id), "another stock than it was told")
        return level.version

    async def claim(self, wanted: Wanted) -> Claim:
        claim = await self._reserve(wanted)
        if claim is None:
            await self._hand_over(wanted)
            claim = await self._reserve(wanted)
        if claim is None:
            path = _reservation(wanted.product_id, wanted.order_id)
            raise self._broken("PUT", path, "nothing is known of what it was just told")
        return claim

    async def release(self, product_id: UUID, order_id: str) -> None:
        await self._ask("DELETE", _reservation(product_id, order_id), lambda answer: _expect(answer, 204))

    async def answers(self) -> bool:
        """Whether the service can be worked with. It is asked, whatever the circuit says."""
        try:
            async with asyncio.timeout(self._seconds):
                return (await self._client.get("/readyz")).status_code == 200
        except (httpx.HTTPError, TimeoutError):
            return False

    async def _reserve(self, wanted: Wanted) -> Claim | None:
        """Ask once; None if the service knows nothing of the product."""

        def read(answer: httpx.Response) -> Claim | None:
            if _is(answer, 404, "stock-unknown"):
                return None
            if _is(answer, 409, "out-of-stock") or _is(answer, 409, "reservation-released"):
                return _Refused()
            _expect(answer, 200, 201)
            kept = _parsed(_Kept, answer)
            asked = (wanted.order_id, wanted.product_id, wanted.quantity, wanted.product_id)
            if (kept.order_id, kept.product_id, kept.quantity, kept.left.product_id) != asked:
                raise _WrongAnswerError("something else is reserved")
            return _Reserved(kept.left)

        path = _reservation(wanted.product_id, wanted.order_id)
        return await self._ask("PUT", path, read, json={"quantity": wanted.quantity})

    async def _hand_over(self, wanted: Wanted) -> None:
        """Tell the service what the shop knows of the stock, unless somebody did."""
        async with self._database.transaction(read_only=True, tenant_id=wanted.tenant_id) as session:
            product = await session.get_one(Product, wanted.product_id)

        def read(answer: httpx.Response) -> None:
            if not _is(answer, 412, "stock-known"):  # somebody was faster
                _level(answer, product.id, 201)
                logger.info("the inventory was told of the product %s", product.id)

        body = {"stock": product.stock, "known_version": product.stock_version}
        await self._ask("PUT", _stock(product.id), read, json=body, headers={"If-None-Match": "*"})

    async def _ask(self, method: str, path: str, read: Callable[[httpx.Response], T], **request: Any) -> T:
        """The answer as `read` understands it; a request that failed is repeated.

        Raises:
            InventoryError: none came, or `read` says that it is wrong.
        """
        with part("inventory"):
            for pause in (*_PAUSES, None):
                try:
                    with self._circuit.guarded():
                        return read(await self._send(method, path, **request))
                except CircuitOpenError as error:
                    raise InventoryError("The inventory does not answer.", error.retry_after) from None
                except _WrongAnswerError as error:
                    raise self._broken(method, path, str(error)) from None
                except _FailedError as error:
                    if pause is None:
                        logger.warning("the inventory fails: %s %s: %s", method, path, error)
                        break
                    await asyncio.sleep(random.uniform(0, pause))
        raise InventoryError("The inventory does not answer.")

    async def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            async with asyncio.timeout(self._seconds):  # for all of it; httpx would wait so long for each part
                answer = await self._client.request(method, path, **request)
        except TimeoutError:
            raise _FailedError(f"no answer in {self._seconds:g} s") from None
        except httpx.HTTPError as error:
            raise _FailedError(f"{type(error).__name__}: {error}") from None
        if answer.status_code >= 500:
            raise _FailedError(f"it answered {answer.status_code}")
        return answer

    def _broken(self, method: str, path: str, problem: str) -> InventoryError:
        logger.error("the inventory breaks its contract: %s %s: %s", method, path, problem)
        return InventoryError("The inventory gives answers that do not match its contract.")


def _stock(product_id: UUID) -> str:
    return f"/v1/stock/{product_id}"


def _reservation(product_id: UUID, order_id: str) -> str:
    return f"{_stock(product_id)}/reservations/{order_id}"


def _level(answer: httpx.Response, product_id: UUID, *statuses: int) -> Level:
    _expect(answer, *statuses)
    level = _parsed(Level, answer)
    if level.product_id != product_id:
        raise _WrongAnswerError("the stock of another product")
    return level


def _is(answer: httpx.Response, status: int, code: str) -> bool:
    """Whether the answer is this problem. A status alone could come from whatever else is at the address."""
    return answer.status_code == status and _parsed(_Problem, answer).type == _PROBLEMS + code


def _expect(answer: httpx.Response, *statuses: int) -> None:
    if answer.status_code not in statuses:
        raise _WrongAnswerError(f"it answered {answer.status_code}")


Model = TypeVar("Model", bound=BaseModel)


def _parsed(model: type[Model], answer: httpx.Response) -> Model:
    try:
        return model.model_validate_json(answer.content)
    except ValidationError as error:
        (first, *_) = error.errors(include_url=False, include_input=False)
        place = ".".join(map(str, first["loc"])) or "the body"
        raise _WrongAnswerError(f"{place}: {first['msg']}") from None


@asynccontextmanager
async def opened_remote(url: str, settings: Settings, database: Database) -> AsyncIterator[RemoteInventory]:
    """The service at that address. Nothing is asked of it yet, so one that is not there keeps no app from starting."""
    async with httpx.AsyncClient(base_url=url, timeout=None, trust_env=False) as client:
        yield RemoteInventory(client, settings.inventory_timeout_seconds, database)
