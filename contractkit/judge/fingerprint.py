"""The stable name of a finding, by which it can be approved."""

from __future__ import annotations

from contractkit.model.change import Change
from contractkit.model.jsontext import typed_text

_HEX_DIGITS = 16


def fingerprint(rule_id: str, change: Change) -> str:
    """Return the id of a finding: `ck1-` and 16 hexadecimal digits.

    It hashes the rule, the operation's key, the location and the values before and after; never rendered text or line
    numbers. So a reworded message keeps its approval, and a worse change of the same place voids it. Values that JSON
    Schema calls equal (`1` and `1.0`) give the same id.
    """
    import hashlib

    text = typed_text([rule_id, change.operation, change.location, change.before, change.after])
    return "ck1-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HEX_DIGITS]
