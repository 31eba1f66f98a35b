"""Is this value an AsyncAPI document that contractkit reads?"""

from __future__ import annotations

import re
from typing import Any

from contractkit.model.contract import Notice
from contractkit.model.errors import InputError
from contractkit.sources.openapi import check_openapi

_READ = re.compile(r"3\.\d+(\.\d+)?([-+].*)?")


def check_document(value: Any, subject: str, *, sockets: bool) -> tuple[dict[str, Any], tuple[Notice, ...]]:
    """Return the document, and notices of what was put right.

    Args:
        value: a parsed document.
        subject: what to call it in errors.
        sockets: whether an AsyncAPI 3 document will do, too.

    Raises:
        InputError: it is none of these.
    """
    if not sockets or not isinstance(value, dict) or "asyncapi" not in value:
        return check_openapi(value, subject)
    version = value["asyncapi"]
    if not isinstance(version, str) or not _READ.fullmatch(version):
        problem = f"is written in AsyncAPI {str(version)[:20]}"
        raise InputError(subject, problem, "contractkit reads AsyncAPI 3; convert it with `asyncapi convert`")
    return value, ()
