"""The Content-Disposition of a download (RFC 6266), for any name that a client came up with."""

import re
import unicodedata
from urllib.parse import quote

# attr-char of RFC 8187, section 3.2.1, beside what `quote` never touches.
_ATTR_CHARS = "!#$&+^`|"


def plain_name(filename: str, *, max_length: int) -> str:
    """The last part of a name, without folders and without invisible characters; "file" if nothing is left of it."""
    last = re.split(r"[/\\]", filename)[-1]
    visible = "".join(char for char in last if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    name = visible.strip()[:max_length]
    return name if name.strip(".") else "file"


def attachment(filename: str) -> str:
    """The header's value: the name in ASCII for old clients, and in full for all others.

    Nothing of the name is left that could end the value or begin another header.
    """
    ascii_name = re.sub(r"[^A-Za-z0-9._ -]", "_", filename)
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(filename, safe=_ATTR_CHARS)}"
