"""Is this value an OpenAPI document that contractkit reads?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from contractkit.model.contract import Notice
from contractkit.model.errors import InputError

_READ = re.compile(r"3\.[012](\.\d+)?([-+].*)?")
_VERSIONS = "contractkit reads OpenAPI 3.0, 3.1 and 3.2"


def check_openapi(value: Any, subject: str) -> tuple[dict[str, Any], tuple[Notice, ...]]:
    """Return the document, and notices of what was put right.

    `openapi: 3.1`, which YAML reads as a number, becomes the text it should be.

    Args:
        value: a parsed document.
        subject: what to call it in errors.

    Raises:
        InputError: it is no OpenAPI 3.0, 3.1 or 3.2 document; says what it is instead.
    """
    if not isinstance(value, dict):
        raise InputError(subject, f"is no OpenAPI document but {_kind(value)}", f"give a document; {_VERSIONS}")
    if "openapi" not in value:
        raise _other(value, subject)
    version = value["openapi"]
    notices: tuple[Notice, ...] = ()
    if isinstance(version, float):
        notices = (Notice("/openapi", f"{version} is a number; it is read as the text '{version}'"),)
        version = str(version)
        value = {**value, "openapi": version}
    if not isinstance(version, str):
        raise InputError(subject, f"`openapi` is {_kind(version)}, not a version", f"write openapi: 3.1.0; {_VERSIONS}")
    if not _READ.fullmatch(version):
        raise InputError(subject, f"is written in OpenAPI {version[:20]}", f"{_VERSIONS}; convert the document")
    return value, notices


def _other(value: Mapping[str, Any], subject: str) -> InputError:
    swagger = value.get("swagger")
    if swagger is not None:
        return InputError(
            subject,
            f"is a Swagger {str(swagger)[:10]} document",
            "convert it to OpenAPI 3 (with swagger2openapi, for one), or save the OpenAPI 3 document of the API",
        )
    if "asyncapi" in value:
        return InputError(subject, "is an AsyncAPI document", "name its OpenAPI document")
    if value.get("kind") in ("diff", "fuzz", "replay") and "findings" in value:
        return InputError(subject, "is a report of contractkit, not a document", "name a document")
    info = value.get("info")
    if isinstance(info, Mapping) and "_postman_id" in info:
        return InputError(subject, "is a Postman collection", "export it as OpenAPI 3")
    if "paths" not in value and ("$schema" in value or "properties" in value):
        return InputError(subject, "is a JSON Schema, not an OpenAPI document", f"name the document; {_VERSIONS}")
    return InputError(subject, "has no `openapi` field at its top", f"write openapi: 3.1.0 there; {_VERSIONS}")


def _kind(value: Any) -> str:
    if value is None:
        return "empty"
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return names.get(type(value), "a number")
