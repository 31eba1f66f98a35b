"""What openapi-spec-validator finds wrong with a document. The only importer of that package.

It is slow (seconds a megabyte) and follows references by itself; here it may only follow those inside the document, so
that it reads no file and opens no connection.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from contractkit.model.contract import Contract, Notice
from contractkit.model.errors import InputError
from contractkit.sources.jsondoc import pointer

_LONGEST = 300
_NOWHERE = "nothing stands at the $ref"


def validate(contract: Contract, time_limit: float) -> list[Notice]:
    """Return the findings about a document, each once, in the validator's order.

    Args:
        contract: what to validate; files it refers to are bundled already.
        time_limit: seconds for the whole validation.

    Raises:
        InputError: not done within the time limit, or chains of references are too long for the validator.
    """
    from openapi_spec_validator.shortcuts import get_validator_cls

    validator_class = get_validator_cls(contract.document)
    deadline = time.monotonic() + time_limit
    found: dict[tuple[str, str], Notice] = {}
    nowhere: dict[str, str] = {}

    def add(place: str, message: str) -> None:
        text = message.strip().split("\n", 1)[0]
        text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
        if text.startswith(_NOWHERE) and nowhere.setdefault(text, place).startswith(f"{place}/"):
            return  # the same reference, met again on the way out
        found.setdefault((place, text), Notice(place, text))

    try:
        for error in validator_class.schema_validator.iter_errors(contract.document):
            add(_place("", error.absolute_path), _innermost(error))
        for place, error in _keyword_errors(validator_class, contract.document, deadline):
            add(place, _innermost(error))
    except RecursionError:
        problem = f"its chains of $refs are too long for openapi-spec-validator ({len(found)} findings until there)"
        raise InputError(contract.source, problem, "shorten them, or validate with another tool") from None
    except _TimeIsUpError:
        problem = f"not done within {time_limit:g} s ({len(found)} findings until there)"
        raise InputError(contract.source, problem, "give it more with --time-limit") from None
    return list(found.values())


class _TimeIsUpError(Exception):
    """The deadline has passed."""


def _keyword_errors(validator_class: Any, document: Any, deadline: float) -> Iterator[tuple[str, Any]]:
    """Give the errors of all checks beyond the schema of OpenAPI documents, with the place they were found at.

    The validator's own errors say only where they are inside the schema at hand, and a reference that leads nowhere
    ends it. Both are mended by a layer around each of its checks, which knows the path it was called for.
    """
    from jsonschema_path.paths import SchemaPath

    root = SchemaPath.from_dict(document, handlers={"<all_urls>": _refuse}, resolved_cache_maxsize=128)
    layered = {
        name: type(check.__name__, (check,), {"__call__": _layer(check.__call__, deadline)})
        for name, check in validator_class.keyword_validators.items()
    }
    validator = type(validator_class.__name__, (validator_class,), {"keyword_validators": layered})(root)
    for error in validator.root_validator(root):
        yield getattr(error, "contractkit_place", ""), error


def _layer(check: Callable[..., Iterator[Any]], deadline: float) -> Callable[..., Iterator[Any]]:
    from jsonschema_path.paths import SchemaPath
    from openapi_spec_validator.validation.exceptions import OpenAPIValidationError
    from referencing.exceptions import Unresolvable

    def call(self: Any, *arguments: Any, **named: Any) -> Iterator[Any]:
        if time.monotonic() > deadline:
            raise _TimeIsUpError
        paths = (value for value in (*arguments, *named.values()) if isinstance(value, SchemaPath))
        path = next(paths, None)
        place = _place("", path.parts) if path is not None else ""
        try:
            for error in check(self, *arguments, **named):
                if not hasattr(error, "contractkit_place"):
                    error.contractkit_place = _place(place, error.absolute_path)
                yield error
        except (RecursionError, _TimeIsUpError):
            raise
        except Exception as error:
            if isinstance(error, Unresolvable):
                text = f"{_NOWHERE} `{'#' if error.ref.startswith('/') else ''}{error.ref}`"
            else:  # what it makes of parts that the schema refused already
                text = f"cannot be checked further ({type(error).__name__}: {error})"
            found: Any = OpenAPIValidationError(text)
            found.contractkit_place = place
            yield found

    return call


def _refuse(uri: str) -> Any:
    raise LookupError(f"{uri} is not in the document")


def _place(start: str, path: Any) -> str:
    for part in path:
        start = pointer(start, part)
    return start


def _innermost(error: Any) -> str:
    """Return the message of an error, or of the likeliest of its causes where only `anyOf` or `oneOf` failed."""
    if error.context:
        from jsonschema.exceptions import best_match

        return str(best_match([error]).message)
    return str(error.message)
