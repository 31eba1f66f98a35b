"""One document over http or https, bounded in time, size and redirects."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from contractkit.model.errors import InputError
from contractkit.sources.watch import Watch

MAX_BYTES = 64 * 2**20
"""The largest answer that is read."""

_MAX_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: its bytes, and a name whose ending says what it is."""

    data: bytes
    name: str


def fetch(url: str, timeout: float) -> Fetched:
    """Return what a GET of `url` gives.

    Args:
        url: an http or https URL; a user and password in it are sent as basic authentication.
        timeout: seconds for the whole transfer.

    Raises:
        InputError: no answer in time, a status other than 200, more than 64 MiB, more than 5 redirects, or HTML.
    """
    import httpx

    subject = without_password(url)
    deadline = time.monotonic() + timeout
    late = InputError(subject, f"did not answer within {timeout:g} s", "is the server busy? see --timeout")
    watch = Watch(timeout)
    watch.begin()
    try:
        client = httpx.Client(follow_redirects=True, max_redirects=_MAX_REDIRECTS, timeout=min(timeout, 30.0))
        headers = {"Accept": "application/json, application/yaml, */*;q=0.5"}
        with client, client.stream("GET", url, headers=headers, extensions={"trace": watch.trace}) as answer:
            if answer.status_code != 200:
                problem = f"answered {answer.status_code} {answer.reason_phrase}".rstrip()
                raise InputError(subject, problem, _mend(answer.status_code))
            data = bytearray()
            for chunk in answer.iter_bytes():
                data += chunk
                if len(data) > MAX_BYTES:
                    raise InputError(subject, f"is larger than {MAX_BYTES // 2**20} MiB", "save it and name the file")
                if time.monotonic() > deadline:
                    raise late
            kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    except httpx.TimeoutException:
        raise late from None
    except httpx.TooManyRedirects:
        raise InputError(subject, f"redirects more than {_MAX_REDIRECTS} times", "name the last address") from None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        if watch.bit:
            raise late from None
        reason = str(error) or type(error).__name__
        raise InputError(subject, f"cannot be fetched ({reason})", "is the server running?") from None
    finally:
        watch.stop()
    if kind in ("text/html", "application/xhtml+xml"):
        raise InputError(subject, "is a page of HTML, not a document", "FastAPI's document is at /openapi.json")
    ending = "json" if kind.endswith("json") else "yaml" if kind.endswith("yaml") else ""
    return Fetched(bytes(data), f"answer.{ending}" if ending else urlsplit(url).path)


def without_password(url: str) -> str:
    """Return the URL with `***` for what is secret in it, fit for reports and error texts.

    That is a user and password, and what stands under a name such as `api_key`, `token` or `sig` in the query.
    """
    try:
        parts = urlsplit(url)
    except ValueError:  # no address, which may hold a secret all the same
        return _SECRET.sub(r"\1***", re.sub(r"//[^/]*@", "//***@", url))
    netloc = "***@" + parts.netloc.rpartition("@")[2] if "@" in parts.netloc else parts.netloc
    query = _SECRET.sub(r"\1***", parts.query)
    return (
        url
        if (netloc, query) == (parts.netloc, parts.query)
        else urlunsplit(parts._replace(netloc=netloc, query=query))
    )


_SECRET = re.compile(
    r"((?:^|&)[^=&]*(?:key|token|secret|passw|pwd|sig|auth|credential|code|session)[^=&]*=)[^&]+", re.IGNORECASE
)


def _mend(status: int) -> str:
    if status in (401, 403):
        return "put user and password in the URL, or save the document and name the file"
    return "FastAPI's document is at /openapi.json unless openapi_url says otherwise"
