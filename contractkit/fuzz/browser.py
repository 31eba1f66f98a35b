"""What a browser does for its user: it knows the forms of the pages that it was shown, hidden fields included."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from contractkit.fuzz.message import FORM, Exchange, Request


@dataclass
class PageForm:
    """A form of an HTML page (WHATWG HTML, section 4.10.3).

    Attributes:
        method: the method that it is sent by, in upper case.
        path: where it is sent to.
        hidden: the fields that a user does not see, with their values: a CSRF token is one.
    """

    method: str
    path: str
    hidden: dict[str, str] = field(default_factory=dict)


def forms_of(exchange: Exchange) -> list[PageForm]:
    """Return the forms of an answer; none where it is no HTML."""
    response = exchange.response
    if response.media_type not in ("text/html", "application/xhtml+xml"):
        return []
    reader = _Reader(exchange.request.path)
    reader.feed(response.text)
    return reader.forms


class _Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._page = page
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        row = {name: value or "" for name, value in attrs}
        if tag == "form":
            target = urlsplit(urljoin(f"http://page{self._page}", row.get("action", ""))).path
            self.forms.append(PageForm(row.get("method", "get").upper(), target or "/"))
            self._open = True
        elif tag == "input" and self._open and row.get("type", "").lower() == "hidden" and row.get("name"):
            self.forms[-1].hidden[row["name"]] = row.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False


def form_fields(request: Request) -> list[tuple[str, str]]:
    """Return the fields of an urlencoded body; none where there is none."""
    if request.body is None or request.media_type != FORM:
        return []
    return parse_qsl(request.body.decode("latin-1"), keep_blank_values=True)


def with_fields(request: Request, values: Iterable[tuple[str, str]]) -> Request:
    """Return a request with fields of its urlencoded body set; the others keep their values and places."""
    wanted = dict(values)
    fields = [(name, wanted.pop(name, value)) for name, value in form_fields(request)]
    return replace(request, body=urlencode([*fields, *wanted.items()]).encode())
