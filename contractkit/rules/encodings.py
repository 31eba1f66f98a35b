"""How the fields of a form are written changed (`encoding`: content type, style, explode, headers of a part).

Clients write the fields of a form as the base says: a list as repeated fields, an object as JSON. A server that reads
them otherwise sees other values, or refuses the form.

A server that now takes more ways of writing than before breaks nobody.

Instead: read both ways of writing on the server.
"""

from __future__ import annotations

from typing import Any

from contractkit.model.change import Change, Direction
from contractkit.model.finding import Severity
from contractkit.rules.examples import request_contents, response_contents
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import place, shown

_NO_WITNESS = "no value is needed: the same field is written in another way"


def _form(content_type: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"photo": {"type": "string"}}}
    return {"multipart/form-data": {"schema": schema, "encoding": {"photo": {"contentType": content_type}}}}


def _refused(change: Change) -> bool:
    return not change.facts.get("accepted")


def _accepted(change: Change) -> bool:
    return not _refused(change)


def _message(change: Change) -> str:
    field = change.facts.get("field")
    what = f"field `{field}` of {place(change)}" if field else place(change)
    return f"the encoding of {what} changed from {shown(change.before)} to {shown(change.after)}"


RULES = (
    Rule(
        id="request-encoding-changed",
        summary="a field of a form in a request is written differently",
        severity=Severity.BREAKING,
        selects=(Selection("media-type", ("encoding",), direction=Direction.REQUEST, where=_refused),),
        message=_message,
        breaks=request_contents(_form("image/png"), _form("image/jpeg")),
        holds=request_contents(_form("image/png"), _form("image/png")),
        mirror="response-encoding-changed",
        no_witness=_NO_WITNESS,
    ),
    Rule(
        id="response-encoding-changed",
        summary="a field of a form in a response is written differently",
        severity=Severity.BREAKING,
        selects=(Selection("media-type", ("encoding",), direction=Direction.RESPONSE, where=_refused),),
        message=_message,
        breaks=response_contents(_form("image/png"), _form("image/jpeg")),
        holds=response_contents(_form("image/png"), _form("image/png")),
        mirror="request-encoding-changed",
        no_witness=_NO_WITNESS,
    ),
    Rule(
        id="encoding-loosened",
        summary="a field of a form may be written in more ways, or is written in fewer",
        severity=Severity.SAFE,
        selects=(Selection("media-type", ("encoding",), where=_accepted),),
        message=_message,
        breaks=request_contents(_form("image/png"), _form("image/png, image/jpeg")),
        holds=request_contents(_form("image/png"), _form("image/png")),
        no_mirror="one rule covers what the receiver still understands, in both directions",
        no_witness="the receiver understands all that the sender writes",
    ),
)
