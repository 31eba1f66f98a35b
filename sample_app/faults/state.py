"""Promises that are broken over several requests: what was created, changed, deleted, or comes in pages."""

from functools import partial

from sample_app.faults.model import Fault, Kind, Tool

_fault = partial(Fault, kind=Kind.PROMISE, found_by=Tool.FUZZ)

STATE_FAULTS = (
    # A deleted item still readable.
    _fault(
        name="deleted-file-still-listed",
        where=("DELETE /v2/files/{file_id}", "GET /v2/files", "GET /v2/files/{file_id}/meta"),
        client_sees="A file that was deleted is still listed, and what is known of it still read.",
        finding="a deleted file is still found",
    ),
    _fault(
        name="deleted-key-still-readable",
        where=("DELETE /v2/api-keys/{key_id}", "GET /v2/api-keys", "GET /v2/api-keys/{key_id}"),
        client_sees="An API key that was deleted no longer opens anything, but is still listed and read.",
        finding="a deleted API key is still found",
    ),
    _fault(
        name="deleted-product-still-readable",
        where=(
            "DELETE /v2/products/{sku}",
            "GET /v1/products/{sku}",
            "GET /v2/products/{sku}",
            "PATCH /v2/products/{sku}",
            "POST /v1/orders",
            "POST /v2/orders",
        ),
        client_sees="A product that was deleted is gone from the list only: it is still read, changed and ordered.",
        finding="a deleted product is still found",
    ),
    # A created item not found.
    _fault(
        name="key-not-kept",
        where=("POST /v2/api-keys",),
        client_sees="A new API key is answered with 201, and nobody knows it afterwards.",
        finding="the created API key is not found",
    ),
    _fault(
        name="order-lost",
        where=("POST /v2/orders",),
        client_sees="A new order is answered with 202 and a `Location`, and nobody knows it afterwards.",
        finding="the created order is not found",
    ),
    _fault(
        name="user-name-lowercased",
        where=("POST /v2/users",),
        client_sees="Who registers as `Erin` cannot sign in as `Erin`: the account is called `erin`.",
        finding="the created user has another `username` than was sent",
    ),
    _fault(
        name="note-not-kept",
        where=("GET /account", "POST /account/notes"),
        client_sees="A note is answered as if it were written, and the page does not show it.",
        finding="the created note is not found",
    ),
    # An update that is not persisted, or not seen.
    _fault(
        name="product-read-stale",
        where=("GET /v2/products/{sku}", "PATCH /v2/products/{sku}", "PUT /v2/products/{sku}"),
        client_sees="A product is read as it was when it was read first; its changes are only seen in the list.",
        finding="a changed product is read as it was before",
    ),
    _fault(
        name="refresh-extends-nothing",
        where=("POST /auth/refresh",),
        client_sees="Refreshing does not put off the end of the session, which the document says it does.",
        finding="`expires_at` of the session is the same after a refresh",
    ),
    _fault(
        name="product-changes-not-kept",
        where=("PUT /v2/products/{sku}", "PATCH /v2/products/{sku}", "DELETE /v2/products/{sku}"),
        client_sees="A change of a product is answered as if it were made, and the product stays as it was.",
        finding="the product does not read as the update answered",
    ),
    _fault(
        name="own-name-not-kept",
        where=("PATCH /v2/users/me",),
        client_sees="Another name to show is answered with 200, and nobody sees it afterwards.",
        finding="the account does not read as the update answered",
    ),
    # Pages.
    _fault(
        name="file-page-limit-ignored",
        where=("GET /v2/files",),
        client_sees="A page holds all files, however few were asked for.",
        finding="a page has more items than its `limit`",
    ),
    _fault(
        name="key-page-one-too-many",
        where=("GET /v2/api-keys",),
        client_sees="A page holds one API key more than was asked for, and the next page begins with it again.",
        finding="a page has more items than its `limit`",
    ),
    _fault(
        name="stock-report-pages-overlap",
        where=("GET /v2/reports/stock",),
        client_sees="From the second page on, each begins with the last product of the one before.",
        finding="an item stands on two pages",
    ),
    _fault(
        name="order-total-ignores-filter",
        where=("GET /v2/orders",),
        client_sees="With `status`, `total` still counts the orders of every status.",
        finding="`total` is not the number of items over all pages",
    ),
    _fault(
        name="sales-total-of-page",
        where=("GET /v2/reports/sales",),
        client_sees="`total` counts the lines of the page and not of the report, so a client never asks for the next.",
        finding="`total` is not the number of items over all pages",
    ),
    # What is repeated.
    _fault(
        name="refresh-token-good-twice",
        where=("POST /auth/refresh",),
        client_sees="A refresh token, good for one use, is accepted a second time, so a stolen copy is never noticed.",
        finding="a used refresh token is accepted",
    ),
    _fault(
        name="product-put-again-refused",
        where=("PUT /v2/products/{sku}",),
        client_sees="The same PUT a second time is answered with 409, so nobody can try again after a lost answer.",
        finding="a repeated PUT is refused",
    ),
    _fault(
        name="stale-change-accepted",
        where=("PUT /v2/products/{sku}", "PATCH /v2/products/{sku}", "DELETE /v2/products/{sku}"),
        client_sees="`If-Match` with an ETag of long ago is accepted, so a change of somebody else is lost.",
        finding="a condition that does not hold is ignored",
    ),
    # A wrong Location.
    _fault(
        name="order-location-without-version",
        where=("POST /v2/orders",),
        client_sees="`Location` of a new order lacks the `/v2`, and leads to 404.",
        finding="`Location` leads nowhere",
    ),
    _fault(
        name="key-location-by-hint",
        where=("POST /v2/api-keys",),
        client_sees="`Location` of a new API key names it by its hint and not by its id, and leads to 422.",
        finding="`Location` leads nowhere",
    ),
)
