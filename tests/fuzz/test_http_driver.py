"""What goes over a socket, and what cannot."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from contractkit.fuzz.check import Judged, checks
from contractkit.fuzz.driver import NotSentError
from contractkit.fuzz.http import HttpDriver
from contractkit.fuzz.identities import Identities
from contractkit.fuzz.message import Request
from contractkit.fuzz.operation import Api
from contractkit.fuzz.session import Session
from contractkit.model.contract import Contract

DONE = {"responses": {"200": {"description": "done"}}}
INFO = {"title": "Echo", "version": "1"}


class Echo(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(repr(self.headers.get("x-word")).encode())

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def driver() -> Iterator[HttpDriver]:
    with HTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        driver = HttpDriver(f"http://127.0.0.1:{server.server_port}")
        yield driver
        driver.close()
        server.shutdown()


def test_white_space_around_a_header_value_is_no_part_of_it(driver: HttpDriver) -> None:
    sent = [driver.send(Request("GET", "/", (("X-Word", word),))).text for word in (" \t", "\ta b ", "")]
    assert sent == ["''", "'a b'", "''"]


def test_what_cannot_be_sent_is_no_finding(driver: HttpDriver) -> None:
    request = Request("GET", "/", (("X-Word", "a\nb"),))
    with pytest.raises(NotSentError):
        driver.send(request)
    api = Api(Contract("echo", {"openapi": "3.1.0", "info": INFO, "paths": {"/": {"get": DONE}}}))
    session = Session(api, driver, Identities(api, driver, ()))
    operation = api.operations["GET /"]
    judge = checks()["server-error"].judge
    assert judge is not None
    assert list(judge(Judged(api, operation, session.send(operation, request)))) == []
