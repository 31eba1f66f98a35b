"""Promises about one answer that are broken: failures, bodies, statuses, limits, headers, leaks, slowness."""

from functools import partial

from sample_app.faults.model import Fault, Kind, Tool

_fault = partial(Fault, kind=Kind.PROMISE, found_by=Tool.FUZZ)

ANSWER_FAULTS = (
    # 500 on an edge value.
    _fault(
        name="empty-stock-report-fails",
        where=("GET /v2/reports/stock",),
        client_sees="When nothing is to report, or the page is past the end, the answer is 500.",
        finding="a server error for a small `below` or a large `offset`",
    ),
    _fault(
        name="blank-display-name-fails",
        where=("POST /v2/users",),
        client_sees="A display name of nothing but spaces, which the document allows, is answered with 500.",
        finding="a server error for a `display_name` of spaces",
    ),
    # 500 on a combination of optional parameters.
    _fault(
        name="orders-filter-and-offset-fail",
        where=("GET /v2/orders",),
        client_sees="`status` and `offset` each work alone, but together the answer is 500.",
        finding="a server error for `status` with `offset`",
    ),
    _fault(
        name="download-part-if-unchanged-fails",
        where=("GET /v2/files/{file_id}",),
        client_sees="A download that goes on after a break, with `Range` and `If-Range`, is answered with 500.",
        finding="a server error for `Range` with `If-Range`",
    ),
    # 500 on a second identical call.
    _fault(
        name="registration-again-fails",
        where=("POST /v2/users",),
        client_sees="Registering the same user name again is answered with 500, not with 409.",
        finding="a server error for the second of two identical requests",
    ),
    _fault(
        name="session-ended-again-fails",
        where=("DELETE /auth/sessions/{session_id}",),
        client_sees="Ending a session again is answered with 500, not with 404.",
        finding="a server error for the second of two identical requests",
    ),
    # A response that does not match its model: in one item of a list, only with null, only in an error body.
    _fault(
        name="failed-order-without-pieces",
        where=(
            "GET /v2/orders",
            "GET /v2/orders/{order_id}",
            "PATCH /v2/orders/{order_id}",
            "POST /v2/orders/{order_id}/cancel",
        ),
        client_sees="A failed order has the quantity 0, where the document says at least 1.",
        finding="`quantity` of a failed order is below its minimum",
    ),
    _fault(
        name="browser-session-without-scope",
        where=("GET /auth/sessions",),
        client_sees="In the list of sessions, that of a browser has the scope null, where the document says a text.",
        finding="`scope` of one session is no string",
    ),
    _fault(
        name="statistics-of-nothing-malformed",
        where=("GET /v2/statistics/orders",),
        client_sees="Without any orders, `spread` is an empty object, where the document says null.",
        finding="`spread` lacks its required properties",
    ),
    _fault(
        name="product-without-description-malformed",
        where=(
            "GET /v2/products",
            "GET /v2/products/{sku}",
            "PATCH /v2/products/{sku}",
            "POST /v2/products",
            "PUT /v2/products/{sku}",
        ),
        client_sees="A product whose `description` is null comes without the property, which is required.",
        finding="the required property `description` is missing",
    ),
    _fault(
        name="wrong-scope-not-named",
        where=("POST /v2/api-keys",),
        client_sees="A wrong value in a list is refused with an empty list of errors; the document says at least 1.",
        finding="`errors` of the 422 has too few items",
    ),
    _fault(
        name="range-problem-malformed",
        where=("GET /v2/files/{file_id}",),
        client_sees="The problem of a range that a file does not have has a text as its `status`.",
        finding="`status` of the 416 is no integer",
    ),
    # An undeclared status.
    _fault(
        name="own-session-not-endable",
        where=("DELETE /auth/sessions/{session_id}",),
        client_sees="Ending the session that asks is answered with 409, which the document does not know.",
        finding="the status 409 is not declared",
    ),
    _fault(
        name="files-past-the-end-not-found",
        where=("GET /v2/files",),
        client_sees="A page past the end is answered with 404, which the document does not know.",
        finding="the status 404 is not declared",
    ),
    # A documented limit that is not enforced.
    _fault(
        name="key-scope-twice-accepted",
        where=("POST /v2/api-keys",),
        client_sees="The same scope twice is accepted, although the document says that items are unique.",
        finding="a body with repeated `scopes` is accepted",
    ),
    _fault(
        name="v1-order-quantity-unlimited",
        where=("POST /v1/orders",),
        client_sees="An order of more than 100 pieces is accepted, although the document says at most 100.",
        finding="a `qty` above its maximum is accepted",
    ),
    # A documented value that is refused.
    _fault(
        name="most-resamples-refused",
        where=("GET /v2/statistics/orders",),
        client_sees="`resamples=2000`, the documented maximum, is refused with 422.",
        finding="a valid request is refused for `resamples`",
    ),
    _fault(
        name="display-name-ascii-only",
        where=("POST /v2/users",),
        client_sees="A display name such as Zoë is refused with 422, although the document allows any text.",
        finding="a valid request is refused for `display_name`",
    ),
    # An internal field or the inside of an error leaked.
    _fault(
        name="password-hash-shown",
        where=("GET /v2/users/me", "POST /v2/users"),
        client_sees="Accounts come with `password_hash`, which the document does not know.",
        finding="the body holds `password_hash`, which is not declared",
    ),
    _fault(
        name="file-object-key-shown",
        where=("GET /v2/files", "GET /v2/files/{file_id}/meta"),
        client_sees="Files come with `object_key`, their place in the store, which the document does not know.",
        finding="the body holds `object_key`, which is not declared",
    ),
    _fault(
        name="sql-shown-on-conflict",
        where=("POST /v2/users",),
        client_sees="The problem of a taken user name holds the SQL statement, with the names of tables and columns.",
        finding="`detail` of the 409 holds an SQL statement",
    ),
    # A declared header missing.
    _fault(
        name="v1-errors-without-deprecation",
        where=("GET /v1/products/{sku}", "GET /v1/orders/{order_id}", "POST /v1/orders"),
        client_sees="Errors of version 1 come without `Deprecation` and `Sunset`, which the document requires.",
        finding="the required headers `Deprecation` and `Sunset` are missing from errors",
    ),
    _fault(
        name="not-modified-without-etag",
        where=("GET /v2/files/{file_id}",),
        client_sees="A 304 comes without `ETag`, so a client with several versions cannot tell which one holds.",
        finding="the required header `ETag` is missing from the 304",
    ),
    # Two seconds on one input.
    _fault(
        name="statistics-in-dollars-slow",
        where=("GET /v2/statistics/orders",),
        client_sees="`currency=USD` takes two seconds, all else a moment.",
        finding="the answer for `currency=USD` is slow",
    ),
    _fault(
        name="failed-orders-slow",
        where=("GET /v2/orders",),
        client_sees="`status=failed` takes two seconds, all else a moment.",
        finding="the answer for `status=failed` is slow",
    ),
)
