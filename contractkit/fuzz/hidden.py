"""The hidden fields of forms: a page shows its user a token (against CSRF), and the form must bring it back.

Only what carries a session cookie is looked after: a token guards what a cookie opens (OWASP, "Cross-Site Request
Forgery Prevention", synchronizer token).
"""

from __future__ import annotations

from collections.abc import Iterator

from contractkit.fuzz.browser import form_fields, with_fields
from contractkit.fuzz.message import FORM, Request
from contractkit.fuzz.operation import Operation
from contractkit.fuzz.session import Session


class HiddenFields:
    """Fills in what pages hide in their forms.

    Args:
        session: shows the pages.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._formless: set[tuple[str, str | None]] = set()

    def filled(
        self,
        operation: Operation,
        request: Request,
        *,
        like: Request | None = None,
        leave: frozenset[str] = frozenset(),
    ) -> Request:
        """Return a request with the hidden fields (a CSRF token) of the form that a page shows its user for it.

        Args:
            operation: an operation that a session cookie opens.
            request: its request; fields that it does not have are left out.
            like: the request that it is a variant of; fields in which it differs are left alone.
            leave: names of fields that are to stay as they are.
        """
        if not operation.cookies or request.media_type != FORM:
            return request
        now, before = dict(form_fields(request)), {} if like is None else dict(form_fields(like))
        own = {name for name, value in now.items() if name not in leave and before.get(name, value) == value}
        hidden = self._hidden(operation, request.identity)
        values = [(name, value) for name, value in hidden.items() if name in own]
        return with_fields(request, values) if values else request

    def _hidden(self, operation: Operation, identity: str | None) -> dict[str, str]:
        knowledge, key = self._session.knowledge, (operation.key, identity)
        for _ in range(2):
            found = knowledge.hidden(operation, identity)
            if found or key in self._formless:
                return found
            for page in self._pages(operation):
                self._session.send(page, Request("GET", page.template, identity=identity))
            found = knowledge.hidden(operation, identity)
            if found:
                return found
            if identity is None or not self._session.identities.sessions.forget(identity):
                break  # else the session may have ended: a new one is shown the form again
        self._formless.add(key)
        return {}

    def _pages(self, operation: Operation) -> Iterator[Operation]:
        """Yield the pages that may hold the form of an operation: HTML that the same cookie opens."""
        for page in self._session.api.operations.values():
            if page.method != "GET" or page.path_parameters or not page.cookies & operation.cookies:
                continue
            bodies = [body for spec in page.responses.values() for body in spec.bodies]
            if any(body.media_type.essence == "text/html" for body in bodies):
                yield page
