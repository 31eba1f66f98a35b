"""A server under test may do anything: each request ends, and what is kept of its answer is bounded."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from contractkit.fuzz.driver import MAX_BODY, NoAnswerError
from contractkit.fuzz.http import HttpDriver
from contractkit.fuzz.message import Request
from tests.raw_server import OK, Answer, drop_by_drop, serving


@contextmanager
def driving(url: str) -> Iterator[HttpDriver]:
    driver = HttpDriver(url, timeout=0.5)
    try:
        yield driver
    finally:
        driver.close()


def endless_chunks(connection: socket.socket, _: threading.Event) -> None:
    connection.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def test_a_body_without_an_end_is_cut() -> None:
    with serving(endless_chunks) as (url, _), driving(url) as driver:
        response = driver.send(Request("GET", "/"))
    assert (response.status, response.cut, MAX_BODY <= len(response.body) < 2 * MAX_BODY) == (200, True, True)


def test_what_is_packed_is_unpacked_up_to_the_limit() -> None:
    packed = gzip.compress(bytes(300 * MAX_BODY))
    assert len(packed) < MAX_BODY

    def a_bomb(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed)

    with serving(a_bomb) as (url, _), driving(url) as driver:
        response = driver.send(Request("GET", "/"))
    assert (response.cut, response.body == bytes(MAX_BODY)) == (True, True)


def nothing(_: socket.socket, over: threading.Event) -> None:
    over.wait()


def always_on_its_way(connection: socket.socket, over: threading.Event) -> None:
    while not over.wait(0.05):
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


@pytest.mark.parametrize("answer", [nothing, drop_by_drop, always_on_its_way])
def test_an_answer_that_does_not_come(answer: Answer) -> None:
    with serving(answer) as (url, _), driving(url) as driver, pytest.raises(NoAnswerError) as error:
        driver.send(Request("GET", "/"))
    assert error.value.timeout


def too_short(connection: socket.socket, _: threading.Event) -> None:
    connection.sendall(OK + b"Content-Length: 100\r\n\r\nabc")


def no_http(connection: socket.socket, _: threading.Event) -> None:
    connection.sendall(b"220 smtp ready\r\n")


def endless_headers(connection: socket.socket, _: threading.Event) -> None:
    connection.sendall(OK)
    while True:
        connection.sendall(b"X-More: " + b"y" * 8000 + b"\r\n")


@pytest.mark.parametrize("answer", [too_short, no_http, endless_headers])
def test_what_is_no_answer(answer: Answer) -> None:
    with serving(answer) as (url, requests), driving(url) as driver:
        for _ in range(2):  # the next request is sent as if nothing had been
            with pytest.raises(NoAnswerError):
                driver.send(Request("GET", "/"))
    assert len(requests) == 2


def test_an_answer_that_is_longer_than_it_says() -> None:
    """What is left over is nobody's answer once the server has closed the connection."""
    connections: list[socket.socket] = []

    def longer(connection: socket.socket, _: threading.Event) -> None:
        connections.append(connection)
        connection.sendall(OK + b"Content-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")

    with serving(longer) as (url, _), driving(url) as driver:
        for _ in range(2):
            assert driver.send(Request("GET", "/")).body == b"abc"
            while connections[-1].fileno() != -1:
                time.sleep(0.001)
    assert len(connections) == 2


def test_a_redirect_is_an_answer_and_credentials_go_nowhere_else() -> None:
    def answer(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(OK + b"Content-Length: 0\r\n\r\n")

    def away(connection: socket.socket, _: threading.Event) -> None:
        place = f"Location: {other}/\r\nSet-Cookie: a=b\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode()
        connection.sendall(b"HTTP/1.1 307 Temporary Redirect\r\n" + place)

    with serving(answer) as (other, elsewhere), serving(away) as (url, here), driving(url) as driver:
        statuses = [driver.send(Request("GET", "/"), (("Authorization", "Bearer secret"),)).status for _ in range(2)]
    assert (statuses, elsewhere, [b"Bearer secret" in one for one in here]) == ([307, 307], [], [True, True])
    assert not any(b"cookie" in one.lower() for one in here)
