"""A schema as a validator: does it accept a value, and if not, which keyword refuses it where?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from contractkit.model.records import record
from contractkit.schema.complaint import alternatives, inside, message
from contractkit.schema.confirm import TOO_DEEP
from contractkit.schema.dump import Dump, dump
from contractkit.schema.node import Node
from contractkit.schema.readings import readings


@record(frozen=True, slots=True)
class Violation:
    """One keyword that refuses a value.

    Attributes:
        place: where in the value, as a JSON pointer (RFC 6901).
        keyword: the keyword of JSON Schema.
        text: the validator's words.
        value: what stands at the place.
        alternatives: for a union, what refuses the value in each of its alternatives.
    """

    place: str
    keyword: str
    text: str
    value: Any = None
    alternatives: tuple[tuple[Violation, ...], ...] = ()


class Check:
    """The validator of one schema, for one direction; made when it is first asked.

    Args:
        node: the schema.
    """

    def __init__(self, node: Node) -> None:
        self.node = node

    def is_valid(self, value: Any, *, text: bool = False) -> bool | None:
        """Return whether the schema accepts a value, None where that cannot be said.

        Args:
            value: the JSON value.
            text: whether the value stands as text on the wire, so that it may be read in several ways; it is valid if
                one of them is.
        """
        options = readings(value) if text else (value,)
        verdicts = [self._verdict(one) for one in options]
        return True if True in verdicts else None if None in verdicts else False

    def _verdict(self, value: Any) -> bool | None:
        lenient, strict = self._lenient, self._strict
        if lenient is None or strict is None:
            return None
        try:
            if strict.is_valid(value):
                return None if self._dumps[1].opaque else True
            if not lenient.is_valid(value):
                return None if self._dumps[0].opaque else False
        except ValueError:
            return None
        return None

    def violations(self, value: Any, *, text: bool = False) -> Iterator[Violation]:
        """Yield what refuses a value; for text, what refuses the reading that comes nearest to the schema.

        Of a union whose other alternatives are `null`, what refuses the value is said of the one that is left: "too
        long" and not "neither of these".
        """
        validator = self._lenient
        if validator is None:
            return
        try:
            options = [
                [inner for error in validator.iter_errors(one) for inner in inside(error)]
                for one in (readings(value) if text else (value,))
            ]
        except ValueError:  # it judges what is nested deep, and cannot hand it over
            if self.is_valid(value, text=text) is False:
                yield Violation("", "schema", TOO_DEEP, value)
            return
        yield from map(_violation, min(options, key=lambda errors: sum(map(_weight, errors))))

    @cached_property
    def _dumps(self) -> tuple[Dump, Dump]:
        """The schema with what cannot be read in it taken for anything, and for nothing."""
        lenient, strict = dump((self.node,), opaque=True), dump((self.node,), opaque=False)
        return lenient, lenient if lenient.schema == strict.schema else strict

    @cached_property
    def _lenient(self) -> Any:
        return _validator(self._dumps[0])

    @cached_property
    def _strict(self) -> Any:
        lenient, strict = self._dumps
        return self._lenient if lenient is strict else _validator(strict)


def _validator(made: Dump) -> Any:
    import jsonschema_rs

    try:
        return jsonschema_rs.Draft202012Validator(made.schema, validate_formats=True)
    except (ValueError, jsonschema_rs.ValidationError):
        return None


def _violation(error: Any) -> Violation:
    place = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in error.instance_path)
    keyword = next((step for step in reversed(error.schema_path) if isinstance(step, str)), "false")
    rows = tuple(tuple(_violation(one) for one in row) for row in alternatives(error))
    return Violation(place, keyword, message(error), error.instance, rows)


def _weight(error: Any) -> int:
    """A reading of another type is farther from the schema than one that breaks a bound."""
    return 10 if "type" in error.schema_path else 1
