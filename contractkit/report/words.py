"""Words that several formats use."""

from __future__ import annotations

from contractkit.model.change import MESSAGE


def may_come(status: str | None) -> str:
    """Return what the server may do, before the body: answer with a status, or send a message over a WebSocket."""
    return "the server may send" if status == MESSAGE else f"the server may answer {status or ''}".strip()
