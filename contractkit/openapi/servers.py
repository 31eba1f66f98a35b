"""Reads servers: hosts, and base paths, which belong to every path below.

Sources: OpenAPI 3.1.1, 4.8.5 and 4.8.6 (Server, Server Variable), RFC 3986 (references).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from contractkit.model.records import NamedTuple
from contractkit.openapi.part import Part

_VARIABLE = re.compile(r"\{([^{}]+)\}")
_MAX_URLS = 64
"""How many values of a server's variables are tried; beyond that the defaults alone count."""


class Server(NamedTuple):
    """One address: scheme and host (empty for a relative one), and the base path without its last slash."""

    host: str
    base_path: str

    @property
    def url(self) -> str:
        """The whole address."""
        return self.host + (self.base_path or "/")


DEFAULT = (Server("", ""),)
"""What holds where no servers are listed (OpenAPI 3.1.1, 4.8.1.1)."""


def servers_of(holder: Part) -> tuple[Server, ...] | None:
    """Return the servers that an object lists, variables filled in; None where it lists none."""
    found: dict[Server, None] = {}
    for part in holder.parts("servers"):
        url = part.text("url")
        if url is None:
            part.document.note(part.place, "a server without `url` was left out", part.fields)
            continue
        for text in _filled(url, part.table("variables")):
            found.setdefault(_split(text))
    return tuple(found) or None


def _filled(url: str, variables: Mapping[str, Part]) -> list[str]:
    names = sorted({name for name in _VARIABLE.findall(url) if name in variables})
    choices: list[list[str]] = []
    count = 1
    for name in names:
        values = variables[name].get("enum")
        default = variables[name].get("default")
        texts = [str(default)] if default is not None else []
        listed = values if isinstance(values, list) and count * len(values) <= _MAX_URLS else []
        texts += [str(value) for value in listed if str(value) not in texts]
        choices.append(texts or ["{" + name + "}"])
        count *= len(choices[-1])
    found = []
    for values in itertools.product(*choices):
        text = url
        for name, value in zip(names, values, strict=True):
            text = text.replace("{" + name + "}", value)
        found.append(text)
    return found


def _split(url: str) -> Server:
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return Server(url, "")
    host = f"{parts.scheme.lower()}://{parts.netloc.lower()}" if parts.scheme else parts.netloc.lower()
    path = parts.path.removeprefix(".").rstrip("/")
    return Server(host, f"/{path}" if path and not path.startswith("/") else path)


def base_paths(servers: tuple[Server, ...]) -> list[str]:
    """Return the base paths in their order, each once."""
    return list(dict.fromkeys(server.base_path for server in servers))
