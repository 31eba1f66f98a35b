"""A request that the contract does not allow is refused.

Who sends a value beyond a documented limit should learn it from a 4xx, not find it stored. A limit that is documented
and not enforced lets data in that other parts of the system, and other clients, are not made for.

Beside generated requests, one that was taken is sent again with one value just beyond each limit, or without one of the
properties that are required: nothing else can be the reason then why it is refused.

The request is judged as it was sent: what became a valid value again on its way into a URL is no violation. Where a
framework reads a value of a neighbouring type (pydantic's lax mode takes `"1"` and `false` for an integer, FastAPI
takes `null` for an optional part that is absent), that is one finding for the whole app, `risky`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from contractkit.fuzz.check import Check, Judged
from contractkit.fuzz.claim import Claim
from contractkit.fuzz.edit import with_json
from contractkit.fuzz.message import starred
from contractkit.fuzz.validity import Breach, nodes_below, validity
from contractkit.model.finding import Severity

_UNCHECKED = frozenset({"additionalProperties", "unevaluatedProperties", "media-type"})
"""What servers commonly overlook on purpose: fields they do not know, and the name of a body's type."""


def judge(judged: Judged) -> Iterator[Claim]:
    """Claim where an invalid request is answered 2xx."""
    if not judged.exchange.response.is_success or judged.validity.valid is not False:
        return
    breaches = [breach for breach in judged.validity.breaches if breach.keyword not in _UNCHECKED]
    if not breaches:
        return
    breach = breaches[0]
    lax = [one for one in breaches if _is_converted(judged, one)]
    # What is converted has another value then: nothing else is known of it.
    places = {one.place for one in lax if one.keyword == "type"}
    strict = [one for one in breaches if one not in lax and one.place not in places]
    if not strict:
        yield Claim(
            "invalid-request-accepted",
            judged.operation.key,
            "lax types",
            "values of a neighbouring type are accepted: the framework converts them, which the contract does not say "
            f"(here {breach.place}: {breach.text})",
            (judged.exchange,),
            place=breach.place,
            severity=Severity.RISKY,
            grouped=True,
            mend="where it matters, make the models strict: ConfigDict(strict=True)",
        )
        return
    breach = strict[0]
    place = starred(breach.place)
    yield Claim(
        "invalid-request-accepted",
        judged.operation.key,
        f"{place} {breach.keyword}",
        f"it accepts a request that the contract does not allow: {breach.place}: {breach.text}",
        (judged.exchange,),
        place=place,
    )


def _is_converted(judged: Judged, breach: Breach) -> bool:
    here = partial(_is_lax_here, judged)
    return is_lax(breach, here) or here(breach) or _is_lax_inside(judged, breach)


def is_lax(breach: Breach, here: Callable[[Breach], bool] = lambda _: False) -> bool:
    """Whether a value of a neighbouring type stands there, which lenient readers convert.

    Args:
        breach: what the contract says against the value.
        here: says so of what has to do with the place where the value stands.
    """
    value = breach.value
    if breach.keyword == "type":
        if re.search(r"\b(integer|number|boolean)\b", breach.text.rpartition(" type")[2]) is None:
            return False
        is_word = isinstance(value, str) and _SCALAR.fullmatch(value.strip()) is not None
        return is_word or isinstance(value, bool | int | float)
    if breach.keyword in ("anyOf", "oneOf"):
        if all(breach.alternatives):
            return any(all(is_lax(one, here) or here(one) for one in row) for row in breach.alternatives)
        return isinstance(value, str | bool | int | float)
    if breach.keyword == "uniqueItems":
        return True  # a set is made of the list
    if breach.keyword == "multipleOf":
        return isinstance(value, float) and _is_nearly_a_multiple(value, breach.text)
    if breach.keyword == "format":
        return isinstance(value, str) and _OTHER_SPELLING.fullmatch(value.strip()) is not None
    return False


def _is_lax_here(judged: Judged, breach: Breach) -> bool:
    """Whether a lenient reader takes the value for what may stand at that place of this operation's JSON body.

    FastAPI reads `null` as a body, or a part of a body that it has put together of parameters, that is not there.
    pydantic reads numbers as dates, times and addresses.
    """
    operation, pointer = judged.operation, breach.place.removeprefix("body")
    if not breach.place.startswith("body") or not operation.bodies:
        return False
    node = operation.bodies[0].check.node
    if breach.value is None and breach.keyword in ("type", "enum", "const", "anyOf", "oneOf"):
        put_together = (node.component or "").startswith("Body_") and pointer.count("/") == 1
        return not operation.body_required if not pointer else put_together and pointer[1:] not in node.required
    nodes = nodes_below(node, pointer)
    if breach.keyword in ("enum", "const"):
        converted = _converted(breach.value)
        is_another = type(converted) is not type(breach.value)  # True equals 1
        return is_another and any(converted == one for node in nodes for one in node.enum or ())
    takes_numbers = breach.keyword in ("type", "anyOf", "oneOf") and isinstance(breach.value, int | float)
    return takes_numbers and any(one.format in _OF_NUMBERS for one in nodes)


def _is_nearly_a_multiple(value: float, text: str) -> bool:
    """Whether a number is a multiple but for what floating point does to it (0.1 + 0.2)."""
    try:
        quotient = value / float(text.rpartition(" ")[2])
    except (ValueError, ZeroDivisionError):
        return False
    if not -_LARGE < quotient < _LARGE:
        return True  # all numbers of such a size are
    return abs(quotient - round(quotient)) < _NOISE * max(1.0, abs(quotient))


def _is_lax_inside(judged: Judged, breach: Breach) -> bool:
    """Whether a list or object fits no alternative only for values of neighbouring types deep inside of it."""
    request, pointer = judged.exchange.request, breach.place.removeprefix("body")
    if breach.keyword not in ("anyOf", "oneOf") or not isinstance(breach.value, list | dict) or pointer == breach.place:
        return False
    converted = with_json(request, pointer, _converted(breach.value))
    return converted != request and breach.place not in {
        one.place for one in validity(judged.operation, converted).breaches
    }


def _converted(value: Any) -> Any:
    """Return a JSON value with the numbers that lenient readers take its booleans and texts for."""
    if isinstance(value, dict):
        return {name: _converted(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_converted(item) for item in value]
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return json.loads(value.strip())
    return value


_NOISE = 1e-9
_LARGE = 1e15
_OF_NUMBERS = frozenset(
    {"date", "date-time", "time", "duration", "ipv4", "ipv6", "ipvanyaddress", "ipv4network", "ipv6network"}
)
"""Formats of texts that pydantic also makes of numbers."""
_SCALAR = re.compile(
    r"[-+]?[\d_]*(\.[\d_]*)?([eE][-+]?\d+)?|[-+]?(inf|infinity|nan)|true|false|t|f|yes|no|y|n|on|off|null|none",
    re.IGNORECASE,
)
"""What lenient readers take for a number, for a boolean, or for a part that is not there."""
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
_OTHER_SPELLING = re.compile(
    r"[-+]?\d+(\.\d*)?"  # a timestamp in place of a date or time
    r"|\d{4}-\d\d-\d\d([T _]\d\d:?\d\d.*)?|\d\d:\d\d.*|[-+]?P?[\dDTHMS:., days-]+"  # ISO 8601, loosely
    r"|(urn:uuid:)?\{?[0-9a-fA-F]{8}-?([0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}\}?"
)
"""How lenient readers let dates, times, durations and UUIDs be spelled beside RFC 3339 and RFC 9562."""


CHECK = Check(
    id="invalid-request-accepted",
    summary="requests that the contract does not allow are refused",
    judge=judge,
    breaks="""
from fastapi import FastAPI, Query

app = FastAPI()
LIMIT = Query(10, json_schema_extra={"maximum": 100})


@app.get("/teas")
def list_teas(limit: int = LIMIT) -> list[int]:
    return list(range(min(max(limit, 0), 3)))
""",
    holds="""
from fastapi import FastAPI, Query

app = FastAPI()
LIMIT = Query(10, le=100)


@app.get("/teas")
def list_teas(limit: int = LIMIT) -> list[int]:
    return list(range(min(max(limit, 0), 3)))
""",
)
