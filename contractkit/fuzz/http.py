"""Sends requests to a server over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable

from contractkit.fuzz.driver import MAX_BODY, MAX_STREAM_SECONDS, NoAnswerError, NotSentError, StartupError
from contractkit.fuzz.message import Headers, Request, Response, split_url
from contractkit.fuzz.talk import steps_of
from contractkit.model.errors import InputError
from contractkit.sources.watch import Watch

_LONGEST_WAIT = 5.0
"""Seconds that are waited for something to run out on a server, whose clock cannot be set."""


class HttpDriver:
    """One connection pool to one server.

    Redirects are not followed: where they lead is a part of the answer, and credentials must not go there.

    Args:
        base_url: the server's address; its path is not used, requests carry whole paths.
        timeout: seconds that a request may take.

    Raises:
        StartupError: the address is no HTTP URL.
    """

    def __init__(self, base_url: str, *, timeout: float = 10.0) -> None:
        import httpx

        origin, _ = split_url(base_url)
        try:
            self._origin = httpx.URL(origin)
        except httpx.InvalidURL as error:
            raise StartupError(f"{base_url} is no URL ({error})") from error
        self._timeout = timeout
        self._client = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=False)
        self._watch = Watch(2 * timeout + MAX_STREAM_SECONDS)

    def send(self, request: Request, credentials: Headers = ()) -> Response:
        """Send one request; see `Driver`."""
        if request.is_talk:
            return self.listen(request, credentials, lambda: None)
        import httpx

        url = self._origin.copy_with(raw_path=request.target.encode("latin-1", "replace"))
        headers = [
            # White space around a value is no part of it (RFC 9110, section 5.5).
            (name.encode("latin-1", "replace"), value.encode("latin-1", "replace").strip(b" \t"))
            for name, value in (*request.headers, *credentials)
        ]
        if not any(name.lower() == b"accept" for name, _ in headers):
            headers.append((b"accept", b"*/*"))
        body, cut = bytearray(), False
        started = time.perf_counter()
        self._watch.begin()
        try:
            traced = {"trace": self._watch.trace}
            made = self._client.build_request(
                request.method, url, headers=headers, content=request.body, extensions=traced
            )
            answer = self._client.send(made, stream=True)
            try:
                for chunk in answer.iter_raw():
                    body += chunk
                    if len(body) >= MAX_BODY or time.perf_counter() - started > MAX_STREAM_SECONDS:
                        cut = len(body) >= MAX_BODY or not _complete(answer, body)
                        break
                seconds = time.perf_counter() - started
            finally:
                answer.close()
        except httpx.TimeoutException as error:
            raise NoAnswerError(f"no answer within {self._timeout:g} s", timeout=True) from error
        except httpx.LocalProtocolError as error:
            raise NotSentError(str(error)) from error
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            if self._watch.bit:
                raise NoAnswerError(f"no whole answer within {self._watch.limit:g} s", timeout=True) from error
            raise NoAnswerError(str(error) or type(error).__name__) from error
        finally:
            self._watch.end()
        self._client.cookies.clear()  # what a user holds is for identities to say
        content, larger = (bytes(body), False) if cut else _decoded(answer, bytes(body))
        return Response(answer.status_code, tuple(answer.headers.multi_items()), content, seconds, cut=cut or larger)

    def listen(self, request: Request, credentials: Headers, meanwhile: Callable[[], None]) -> Response:
        """Hold a conversation over a WebSocket; see `Driver`."""
        from contractkit.fuzz.socket_client import ClientTalk

        scheme = "wss" if self._origin.scheme == "https" else "ws"
        url = f"{scheme}://{self._origin.netloc.decode('ascii')}{request.target}"
        talk = ClientTalk(url, (*request.headers, *credentials), steps_of(request), timeout=self._timeout)
        talk.begin()
        try:
            meanwhile()
        finally:
            response = talk.finish()
        return response

    def advance(self, seconds: float) -> bool:
        """Wait, if it is for no more than some seconds."""
        if seconds > _LONGEST_WAIT:
            return False
        time.sleep(seconds)
        return True

    def in_thread(self, function: Callable[..., object], *arguments: object) -> None:
        """Do nothing: the app runs elsewhere."""

    def close(self) -> None:
        """Close all connections."""
        self._watch.stop()
        self._client.close()


def _complete(answer: object, body: bytes | bytearray) -> bool:
    length = getattr(answer, "headers", {}).get("content-length", "")
    return bool(length.isdigit()) and len(body) >= int(length)


def _decoded(answer: object, body: bytes) -> tuple[bytes, bool]:
    """Undo a content coding that was applied although none was asked for (RFC 9110, section 8.4).

    Returns the content, and whether it is only the beginning of it: a megabyte may stand for a gigabyte of zeros.
    """
    import zlib

    coding = getattr(answer, "headers", {}).get("content-encoding", "").lower()
    if coding not in ("gzip", "deflate"):
        return body, False
    reader = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # either header is read
    try:
        content = reader.decompress(body, MAX_BODY)
    except zlib.error:
        return body, False
    return (content, bool(reader.unconsumed_tail)) if reader.eof or reader.unconsumed_tail else (body, False)


def ensure_reachable(base_url: str, timeout: float) -> None:
    """Ask a server for anything at all.

    Args:
        base_url: its address.
        timeout: seconds that it may take.

    Raises:
        InputError: nothing answers there.
    """
    try:
        driver = HttpDriver(base_url, timeout=timeout)
        try:
            driver.send(Request("GET", "/"))
        finally:
            driver.close()
    except (NoAnswerError, StartupError) as error:
        raise InputError(base_url, f"the server cannot be reached ({error})", "start it, or name another") from error
