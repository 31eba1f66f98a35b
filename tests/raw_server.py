"""A server that answers with whatever bytes it likes."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

OK = b"HTTP/1.1 200 OK\r\n"
Answer = Callable[[socket.socket, threading.Event], None]


@contextmanager
def serving(answer: Answer) -> Iterator[tuple[str, list[bytes]]]:
    """A server that reads one request of each connection and then does what it likes; its address, and the requests."""
    requests: list[bytes] = []
    over = threading.Event()

    def talk(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            requests.append(connection.recv(65536))
            answer(connection, over)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=talk, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", requests
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def drop_by_drop(connection: socket.socket, over: threading.Event) -> None:
    connection.sendall(OK)
    while not over.wait(0.05):
        connection.sendall(b"X")
