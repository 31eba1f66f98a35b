"""What is packed into a text changed (`contentEncoding`, `contentMediaType`, `contentSchema`).

JSON Schema 2020-12 (validation, section 8) makes these annotations: no validator refuses a text for them. Clients that
unpack the text do notice: base64 where base32 was is noise to them. So the change breaks by definition, unless it is
only another way of writing the same (`format: binary`). Where both sides say what is packed into the text, that is
compared as any value is, and told by the rules of its keywords.

Instead: send the new encoding in a new property, and go on accepting the old one.
"""

from __future__ import annotations

from contractkit.rules.families import keyword_rules

_NO_WITNESS = "these keywords are annotations: no validator refuses a text for them"
_SAME = (
    {"type": "string", "format": "binary"},
    {"type": "string", "contentMediaType": "application/octet-stream"},
)

RULES = (
    *keyword_rules(
        "contentEncoding",
        tight={"type": "string", "contentEncoding": "base64"},
        loose={"type": "string", "contentEncoding": "base32"},
        harmless=_SAME,
        no_witness=_NO_WITNESS,
    ),
    *keyword_rules(
        "contentMediaType",
        tight={"type": "string", "contentMediaType": "image/png"},
        loose={"type": "string", "contentMediaType": "image/jpeg"},
        harmless=_SAME,
        no_witness=_NO_WITNESS,
    ),
    *keyword_rules(
        "contentSchema",
        tight={"type": "string", "contentMediaType": "application/json", "contentSchema": {"type": "object"}},
        loose={"type": "string", "contentMediaType": "application/json"},
        harmless=_SAME,
        no_witness=_NO_WITNESS,
    ),
)
