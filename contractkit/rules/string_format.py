"""The format of a text changed (`format`: `date`, `uuid`, `email`, ...).

A format that appears in a request refuses texts that clients send today. A format that goes from a response, or becomes
another one, breaks clients that parse the text by it: a date that no longer is one. Formats that no validator knows are
read as annotations and change nothing.

Instead: accept any text in the request and answer what cannot be used with a clear error, as before; send the new
format in a new property.
"""

from __future__ import annotations

from contractkit.rules.families import keyword_rules

RULES = keyword_rules("format", tight={"type": "string", "format": "date"}, loose={"type": "string"})
