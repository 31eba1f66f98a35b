"""What a running app said to a break that the documents show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from contractkit.model.fuzz import Step


class Answer(StrEnum):
    """Whether the app behaves as its new document says."""

    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One finding of `diff`, tried on the app.

    Attributes:
        answer: `confirmed`: a client meets the break; `accepted`: the document says no and the app says yes;
            `unclear`: it could not be told.
        note: why, in words.
        step: the request that was sent, and what came back; None where none was.
    """

    answer: Answer
    note: str
    step: Step | None = None
