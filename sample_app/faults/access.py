"""Promises that are broken about who may do what."""

from functools import partial

from sample_app.faults.model import Fault, Kind, Tool

_fault = partial(Fault, kind=Kind.PROMISE, found_by=Tool.FUZZ)

ACCESS_FAULTS = (
    # Authentication ignored.
    _fault(
        name="stock-report-open",
        where=("GET /v2/reports/stock",),
        client_sees="The stock report of a tenant is given to anyone, without a token and without a key.",
        finding="a request without credentials is answered with 200",
    ),
    _fault(
        name="token-signature-ignored",
        where=("*",),
        client_sees="An access token that somebody changed is accepted, so anyone can be anyone.",
        finding="a request with a tampered token is answered as if it were good",
    ),
    _fault(
        name="ended-session-still-good",
        where=("*",),
        client_sees="The access tokens of a session that was ended go on working.",
        finding="a token is good after its session was ended",
    ),
    # A missing scope accepted.
    _fault(
        name="order-scope-not-checked",
        where=("POST /v1/orders", "POST /v2/orders"),
        client_sees="A token that was made without `orders:write` places orders.",
        finding="a token without the scope `orders:write` is accepted",
    ),
    _fault(
        name="key-scope-not-checked",
        where=("GET /v2/reports/sales", "GET /v2/reports/stock"),
        client_sees="An API key that was made for one report reads the other one too.",
        finding="a key without the scope of the report is accepted",
    ),
    # An expired token accepted.
    _fault(
        name="expired-token-accepted",
        where=("*",),
        client_sees="Access tokens go on working after `expires_in` seconds.",
        finding="a token is good after it has expired",
    ),
    _fault(
        name="signed-out-browser-still-in",
        where=("GET /account", "POST /account/notes", "POST /account/sign-out"),
        client_sees="The cookie of the account page goes on working after signing out.",
        finding="a cookie is good after signing out",
    ),
    # What belongs to another user or tenant can be read or written.
    _fault(
        name="order-of-others-readable",
        where=("GET /v1/orders/{order_id}", "GET /v2/orders/{order_id}"),
        client_sees="A customer reads the order of another customer by its id; the list hides it.",
        finding="another user reads an order that is not in their list",
    ),
    _fault(
        name="order-of-other-tenants-readable",
        where=("GET /v1/orders/{order_id}", "GET /v2/orders/{order_id}"),
        client_sees="An admin reads the order of another tenant by its id.",
        finding="a user of another tenant reads an order",
    ),
    _fault(
        name="profiles-of-all-tenants",
        where=("GET /v2/users/by-name/{username}",),
        client_sees="A user is found by name in whatever tenant, with role and the name to show.",
        finding="a user of another tenant is found by name",
    ),
    _fault(
        name="file-of-others-open",
        where=(
            "GET /v2/files/{file_id}",
            "HEAD /v2/files/{file_id}",
            "GET /v2/files/{file_id}/meta",
            "GET /v2/files/{file_id}/link",
            "DELETE /v2/files/{file_id}",
        ),
        client_sees="A user reads and deletes the file of another user of the tenant by its id.",
        finding="another user reads or deletes a file that is not in their list",
    ),
    _fault(
        name="session-of-others-endable",
        where=("DELETE /auth/sessions/{session_id}",),
        client_sees="A user ends the session of another user of the tenant.",
        finding="another user deletes a session that is not in their list",
    ),
    _fault(
        name="export-of-all-customers",
        where=("GET /v2/exports/orders.csv",),
        client_sees="The export of a customer holds the orders of all customers of the tenant.",
        finding="the export of one user holds the orders of another",
    ),
)
