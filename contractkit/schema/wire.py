"""Values written as text: parameters, headers, cookies and form fields.

`null` cannot be written, and an empty list in an exploded query is an absent parameter (OpenAPI 3.1.1, 4.8.12.2;
RFC 6570). What may be read from a text is said in `readings`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from contractkit.schema import regex, scalars
from contractkit.schema.branch import Branch
from contractkit.schema.expand import Branches, TooManyError
from contractkit.schema.node import ANY, ARRAY, BOOLEAN, NULL, NUMBER, OBJECT, STRING, Node, Spelling
from contractkit.schema.readings import (
    INTEGER_TEXT,
    NUMBER_TEXT,
    common_kinds,
    read_numbers_first,
    reads_lists,
    reads_numbers_first,
    text_of,
)
from contractkit.schema.result import FORM, INNER, Context, Place, Result
from contractkit.schema.texts import Texts

if TYPE_CHECKING:
    from contractkit.schema.contain import Containment

_BOUNDS = frozenset({"minimum", "maximum", "multipleOf"})
_ANY_TEXT = Node(kinds=STRING, raw={"type": "string"})
_NUMBERS = Node(kinds=NUMBER, raw={"type": "number"})
MAX_DIGITS = 20
"""Digits up to which the bounds of whole numbers are spelled out."""
MAX_LISTED = 64
"""Whole numbers of a branch whose spellings are listed one by one."""


SEGMENT = Node(min_length=1, raw={"minLength": 1})
"""What holds for every text in a path: with none there, the path is another one (RFC 3986, section 3.3)."""


def can_be_written(value: Any, text: int) -> bool:
    """Whether a value can be sent as text: no null, no empty list, no lists or objects inside those of a parameter.

    Args:
        value: a JSON value.
        text: what it stands for, as `Context.text` says it.
    """
    if isinstance(value, list):
        # An empty list is an absent parameter (RFC 6570, 3.2.1).
        return text != INNER and bool(value) and all(can_be_written(item, INNER) for item in value)
    if isinstance(value, dict):
        if text == INNER:
            return False
        # A part of a form may be an object, written as JSON (OpenAPI 3.1.1, 4.8.15).
        form = text == FORM
        return bool(value or form) and all(_is_field(item, form=form) for item in value.values())
    return value is not None


def _is_field(value: Any, *, form: bool) -> bool:
    if form and isinstance(value, list):
        return bool(value) and all(isinstance(item, dict) or can_be_written(item, INNER) for item in value)
    return form if isinstance(value, dict) else can_be_written(value, 1)


def never_written(branches: Branches, branch: Branch, text: int) -> bool:
    """Whether no value of a branch can be sent as text: nulls, lists of nulls, empty lists.

    A schema that says nothing of objects may mean any text, but no object; one that says nothing at all (FastAPI writes
    it for a parameter without a type) means no list either, and inside a list nothing means a list.
    """
    if branch.kind == NULL:
        return True
    if branch.kind not in (ARRAY, OBJECT) or branch.values is not None:
        return False
    if text != FORM and not branch.array_layers and all(node.kinds == ANY for node in branch.sources):
        says_nothing = all(node is SEGMENT or node.is_anything() for node in branch.sources)
        if branch.kind == OBJECT or text == INNER or says_nothing:
            return True
    if branch.kind == OBJECT:
        return False
    try:
        firsts = branches.of(branch.item(0)) if branch.item(0) else ()
    except TooManyError:
        return False
    return branch.longest == 0 or (bool(branch.item(0)) and all(one.kind == NULL for one in firsts))


def text_branch(engine: Containment, result: Result, branch: Branch, receiver: Node, context: Context) -> None:
    """Compare a branch with a receiver of another kind by what can be written."""
    kinds = common_kinds(receiver)
    if branch.kind in (NUMBER, BOOLEAN) and kinds & STRING:
        result.attach(engine.compare((_spelled(branch),), receiver, context), (), _unspelled)
        return
    if branch.kind == STRING and kinds & (NUMBER | BOOLEAN) and _all_spell_numbers(engine, branch, receiver, context):
        return
    if (
        branch.kind not in (ARRAY, OBJECT)
        and reads_lists(receiver)
        and _reads_as_item(engine, result, branch, receiver, context)
    ):
        return
    if branch.kind == ARRAY and branch.longest == 1 and kinds & (STRING | NUMBER | BOOLEAN):
        result.attach(engine.compare(branch.item(0), receiver, context), (), _listed)
        return
    sender = None if scalars.sent_types(branch) is None else scalars.summary(branch)
    if branch.kind == ARRAY and context.joined and kinds & STRING:
        child = engine.compare((_ANY_TEXT,), receiver, Context(context.exempt, 1))
        if child.ok:
            result.lean(child)
        else:
            reason = "a list that is written as one text"
            result.add(Place("type", sender, scalars.written_types(receiver), tuple, reason=reason))
        return
    result.add(Place("type", sender, scalars.written_types(receiver), lambda: _telling(engine, branch)))


def read_as_text(engine: Containment, result: Result, branch: Branch, receiver: Node, context: Context) -> bool:
    """Whether a receiver that refuses some scalars of a branch accepts them all when it reads them as strings."""
    kinds = common_kinds(receiver)
    if branch.kind not in (NUMBER, BOOLEAN) or not kinds & branch.kind or not kinds & STRING:
        return False
    if branch.kind == NUMBER and reads_numbers_first(receiver):
        return False
    child = engine.compare((_spelled(branch),), receiver, context)
    if not child.ok:
        return False
    result.lean(child)
    # `type: [integer, string]` with a bound: some readers try the number first, others keep the string.
    places = [place for place in result.places if receiver.kinds != ANY and place.aspect in _BOUNDS]
    for place in places:
        place.reason = "a number that may also be read as a string"
    result.places, result.edges, result.ok = places, [], not places
    return True


def strings_as_numbers(engine: Containment, result: Result, branch: Branch, receiver: Node, context: Context) -> None:
    """Compare the strings of a branch that spell numbers with a receiver that reads those as numbers."""
    # A sender that reads them so itself sends them as numbers only, which are compared as such.
    if not reads_numbers_first(receiver) or read_numbers_first(branch.sources):
        return
    try:
        if regex.example([*Texts(branch).inside, regex.fullmatch(NUMBER_TEXT)]) is None:
            return
    except regex.Unsupported:
        pass
    result.attach(engine.compare((_NUMBERS,), receiver, context), (), lambda value: (text_of(value),))


def _reads_as_item(engine: Containment, result: Result, branch: Branch, receiver: Node, context: Context) -> bool:
    """Whether a receiver of lists accepts every value of a branch as a list of one; its findings are attached."""
    for part in receiver.any_of or ():
        if reads_lists(part):
            child = engine.compare_branch(branch, part, context)
            if child.ok:
                result.lean(child)
                return True
    takers = [part for part in receiver.any_of or () if common_kinds(part) & ~NULL]
    if len(takers) == 1 and receiver.is_plain_union():
        # Lists or null, and null is never written: what is wrong with the list is what is wrong.
        return _reads_as_item(engine, result, branch, takers[0], context)
    if (
        receiver.applies_in_place()
        or receiver.enum is not None
        or receiver.contains is not None
        or receiver.min_items > 1
        or receiver.max_items == 0
    ):
        return False
    first = receiver.prefix_items[0] if receiver.prefix_items else receiver.items
    if first is not None:
        result.attach(engine.compare_branch(branch, first, context), (), _as_is)
    return True


def _telling(engine: Containment, branch: Branch) -> list[Any]:
    """Values that show a change of type on the wire: a text that is no number, a list of two."""
    if branch.kind == ARRAY:
        made = list(engine.sampler.arrays(branch))
        for size in (2, 1):
            longest = branch.longest
            if longest is None or longest >= size:
                for value in engine.sampler.values(branch.item(0)) or ["a"]:
                    made += engine.sampler.arrays(branch, dict.fromkeys(range(size), value))
        return [value for value in made if value]
    return list(engine.sampler.of_branch(branch))


def _spelled(branch: Branch) -> Node:
    """The strings that the numbers (or booleans) of a branch are written as."""
    if branch.kind == BOOLEAN:
        return Node(kinds=STRING, pattern=Spelling("^(true|false)$"), raw={"type": "boolean"})
    raw = {"type": scalars.summary(branch)}
    if not branch.integer:
        return Node(kinds=STRING, pattern=Spelling(f"^(?:{NUMBER_TEXT})$"), raw=raw)
    (low, _), (high, _), step = branch.lowest(), branch.highest(), branch.step
    if low is None or low < 0 or max(low, high or 0) >= 10**MAX_DIGITS:
        return Node(kinds=STRING, pattern=Spelling(f"^(?:{INTEGER_TEXT})$"), raw=raw)
    if high is None:
        return Node(kinds=STRING, pattern=Spelling(f"^(?:{_at_least(int(low))})$"), raw=raw)
    if step is not None and (high - low) / step <= MAX_LISTED:
        few = "|".join(str(low + index * step) for index in range(int((high - low) / step) + 1))
        return Node(kinds=STRING, pattern=Spelling(f"^(?:{few})$"), raw=raw)
    limit = Node(kinds=STRING, pattern=Spelling(f"^(?:{_at_most(int(high))})$"), raw=raw)
    return Node(kinds=STRING, pattern=Spelling(f"^(?:{_at_least(int(low))})$"), all_of=(limit,), raw=raw)


def _at_least(low: int) -> str:
    """The pattern of whole numbers from `low`, which is not negative: more digits, or a larger one somewhere."""
    digits = str(low)
    larger = [
        f"{digits[:index]}[{int(digit) + 1}-9][0-9]{{{len(digits) - index - 1}}}"
        for index, digit in enumerate(digits)
        if digit != "9"
    ]
    return "|".join([digits, f"[1-9][0-9]{{{len(digits)},}}", *larger])


def _at_most(high: int) -> str:
    """The pattern of whole numbers from zero to `high`: fewer digits, or a smaller one somewhere."""
    digits = str(high)
    smaller = [
        f"{digits[:index]}[{int(not index)}-{int(digit) - 1}][0-9]{{{len(digits) - index - 1}}}"
        for index, digit in enumerate(digits)
        if int(digit) > int(not index)
    ]
    shorter = [f"[1-9][0-9]{{0,{len(digits) - 2}}}"] if len(digits) > 1 else []
    return "|".join([digits, "0", *shorter, *smaller])


def _all_spell_numbers(engine: Containment, branch: Branch, receiver: Node, context: Context) -> bool:
    """Whether every string of the branch is read as a number that the receiver surely takes."""
    if receiver.any_of is not None and receiver.is_plain_union():
        return any(engine.compare_branch(branch, part, context).is_certain for part in receiver.any_of)
    if receiver.applies_in_place():
        return False
    if not receiver.kinds & NUMBER or receiver.minimum is not None or receiver.maximum is not None:
        return False
    if receiver.multiple_of is not None or receiver.enum is not None:
        return False
    shape = INTEGER_TEXT if receiver.integer else NUMBER_TEXT
    try:
        return regex.example(Texts(branch).inside, [regex.fullmatch(shape)]) is None
    except regex.Unsupported:
        return False


def _listed(value: Any) -> tuple[Any]:
    return ([value],)


def _as_is(value: Any) -> tuple[Any]:
    return (value,)


def _unspelled(value: Any) -> tuple[Any, ...]:
    """Lift a spelled number or boolean back to the JSON value that the sender means."""
    try:
        return (json.loads(value),) if isinstance(value, str) else (value,)
    except ValueError:
        return ()
