"""A witness as a program would send it, and values as a person reads them."""

from __future__ import annotations

import re
from pprint import pformat
from typing import Any

from contractkit.report.curl import DEFAULT_SERVER
from contractkit.report.jsontext import pretty_json
from contractkit.report.view import Message


def python_text(message: Message) -> str | None:
    """Return a request as a Python program with httpx; None for a response."""
    if message.method is None or message.url is None or not message.url.startswith("/") or message.truncated:
        return None
    lines = ["import httpx", ""]
    rows = [repr(message.method), repr(_server(message) + message.url)]
    if message.headers:
        rows.append(f"headers={_literal(dict(message.headers))}")
    if message.raw is not None:
        rows.append(f"content={message.raw!r}")
    elif message.has_body:
        rows.append(f"{_argument(message)}={_literal(message.body)}")
    lines += ["response = httpx.request(", *(f"    {row}," for row in rows), ")"]
    return "\n".join([*lines, "print(response.status_code, response.text)"])


def json_text(message: Message) -> str:
    """Return a message as indented JSON: what a program would read of it."""
    parts: dict[str, Any] = {}
    for name in ("method", "url", "status"):
        if (value := getattr(message, name)) is not None:
            parts[name] = value
    if message.headers:
        parts["headers"] = dict(message.headers)
    if message.has_body:
        parts["body"] = message.body
    return pretty_json(parts)


def value_text(value: Any) -> str:
    """Return a value before or after the change, empty for none; text as it is, the rest as indented JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else pretty_json(value)


def _server(message: Message) -> str:
    # What feeds curl a body has no quote in it: nothing of the body is taken for the address.
    line = re.sub(r"^printf '[^']*' \| ", "", message.curl or "")
    found = re.search(rf"(https?://[^\s'\"]*?){re.escape(message.url or '')}", line)
    return found[1] if found else DEFAULT_SERVER


def _argument(message: Message) -> str:
    media = next((value for name, value in message.headers.items() if name.lower() == "content-type"), "")
    if isinstance(message.body, dict) and "form" in media:
        return "data"
    return "content" if isinstance(message.body, str) and "json" not in media else "json"


def _literal(value: Any) -> str:
    return pformat(value, width=88, sort_dicts=False).replace("\n", "\n    ")
