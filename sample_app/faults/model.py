"""What is known of a fault."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a fault changes."""

    CONTRACT = "contract"
    """The OpenAPI document, and the behaviour with it."""
    PROMISE = "promise"
    """The behaviour only: the document still promises what it always did."""
    SOCKET = "socket"
    """The behaviour of a WebSocket, which the AsyncAPI document and the README promise."""


class Tool(StrEnum):
    """What should see a fault: a command of contractkit, where one can."""

    DIFF = "diff"
    FUZZ = "fuzz"


@dataclass(frozen=True, slots=True)
class Fault:
    """One deliberate deviation.

    Attributes:
        name: what SAMPLE_APP_FAULT is set to.
        where: the operations that deviate, as ``METHOD /path``, ``WS /path`` for a WebSocket; ``*`` for all operations
            that take an access token.
        client_sees: one sentence from the side of a client that believes the document.
        finding: what the command that should find it says, in words.
        kind: whether the document changes or only the behaviour.
        found_by: what should report it.
    """

    name: str
    where: tuple[str, ...]
    client_sees: str
    finding: str
    kind: Kind
    found_by: Tool
