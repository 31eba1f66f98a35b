"""The faults that change the document: `diff` finds them by the document alone."""

from functools import partial

from sample_app.faults.model import Fault, Kind, Tool

_fault = partial(Fault, kind=Kind.CONTRACT, found_by=Tool.DIFF)

CONTRACT_FAULTS = (
    # A field dropped or renamed.
    _fault(
        name="product-stock-dropped",
        where=(
            "GET /v2/products",
            "GET /v2/products/{sku}",
            "PATCH /v2/products/{sku}",
            "POST /v2/products",
            "PUT /v2/products/{sku}",
        ),
        client_sees="Products come without `stock`, so a shop front that shows what is left has nothing to show.",
        finding="the required response property `stock` was removed",
    ),
    _fault(
        name="session-current-renamed",
        where=("GET /auth/sessions",),
        client_sees="`current` is now called `is_current`, so no session looks like the one that asks.",
        finding="the required response property `current` was removed",
    ),
    # A type or a limit narrowed.
    _fault(
        name="file-size-as-text",
        where=("GET /v2/files", "GET /v2/files/{file_id}/meta"),
        client_sees="The size of a file is a text, and no number to add up.",
        finding="the response property `size` went from an integer to a string",
    ),
    _fault(
        name="order-quantity-limit-lowered",
        where=("POST /v2/orders",),
        client_sees="An order of 11 to 100 pieces, fine until now, is refused with 422.",
        finding="the maximum of the request property `quantity` went from 100 down to 10",
    ),
    _fault(
        name="key-name-shortened",
        where=("POST /v2/api-keys",),
        client_sees="A name of 21 to 80 characters for an API key, fine until now, is refused with 422.",
        finding="the maximum length of the request property `name` went from 80 down to 20",
    ),
    # A value of an enumeration removed or added.
    _fault(
        name="currency-usd-dropped",
        where=(
            "GET /v2/statistics/orders",
            "PATCH /v2/products/{sku}",
            "POST /v2/products",
            "PUT /v2/products/{sku}",
        ),
        client_sees="The currency `USD`, fine until now, is refused with 422.",
        finding="the value `USD` of the query parameter `currency` was removed",
    ),
    _fault(
        name="order-failure-reason-renamed",
        where=(
            "GET /v2/orders",
            "GET /v2/orders/{order_id}",
            "PATCH /v2/orders/{order_id}",
            "POST /v2/orders/{order_id}/cancel",
        ),
        client_sees="A failed order gives the reason `sold_out`, which no client has heard of.",
        finding="the response property `failure_reason` may have the new value `sold_out`",
    ),
    # A new required parameter.
    _fault(
        name="order-country-required",
        where=("POST /v2/orders",),
        client_sees="Every order without the new field `delivery_country` is refused with 422.",
        finding="the new request property `delivery_country` is required",
    ),
    _fault(
        name="product-category-required",
        where=("GET /v2/products",),
        client_sees="The whole catalogue can no longer be listed: without `category` the answer is 422.",
        finding="the query parameter `category` became required",
    ),
    _fault(
        name="key-deletion-to-be-confirmed",
        where=("DELETE /v2/api-keys/{key_id}",),
        client_sees="A key is not deleted without the new query parameter `confirm`: the answer is 422.",
        finding="the new query parameter `confirm` is required",
    ),
    # A status, a media type or a header changed.
    _fault(
        name="registration-answers-200",
        where=("POST /v2/users",),
        client_sees="Registration answers 200; a client that waits for 201 takes it for a failure.",
        finding="the success status 201 was removed (200 took its place)",
    ),
    _fault(
        name="orders-export-as-plain-text",
        where=("GET /v2/exports/orders.csv",),
        client_sees="The export comes as `text/plain`; a client that asks for `text/csv` has nothing to read.",
        finding="the response media type `text/csv` was removed",
    ),
    _fault(
        name="order-location-dropped",
        where=("POST /v2/orders",),
        client_sees="An order is noted without a `Location` to ask for it at.",
        finding="the required response header `Location` was removed",
    ),
    # Security dropped or changed.
    _fault(
        name="reports-without-keys",
        where=("GET /v2/reports/sales", "GET /v2/reports/stock"),
        client_sees="A program with an API key gets no report any more: 401.",
        finding="the choice to authenticate with `ApiKey` was removed",
    ),
    _fault(
        name="upload-for-every-token",
        where=("POST /v2/files",),
        client_sees="A token that was made without `files:write` uploads files all the same.",
        finding="other credentials are enough as well: the scope `files:write` is no longer needed",
    ),
)
