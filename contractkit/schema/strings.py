"""Strings: one branch of the sender against the receiver's lengths, pattern, format and content keywords."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from contractkit.schema import formats, regex
from contractkit.schema.branch import Branch
from contractkit.schema.formats import FORMATS
from contractkit.schema.node import Node, Spelling
from contractkit.schema.packing import packed
from contractkit.schema.result import Place, Result
from contractkit.schema.texts import Texts, padded

if TYPE_CHECKING:
    from contractkit.schema.contain import Containment


def check(engine: Containment, result: Result, branch: Branch, receiver: Node) -> None:
    """Compare lengths, patterns, formats and content."""
    texts = Texts(branch)
    least, most = receiver.min_length, receiver.max_length
    if least > texts.shortest:
        _length(engine, result, branch, texts, "minLength", branch.min_length or None, least)
    if most is not None and (texts.longest is None or texts.longest > most):
        _length(engine, result, branch, texts, "maxLength", branch.max_length, most)
    if receiver.pattern is not None and receiver.pattern not in branch.patterns:
        sender = next((pattern for pattern in branch.patterns if not isinstance(pattern, Spelling)), None)
        try:
            wanted = regex.pattern(receiver.pattern)
        except (regex.Unsupported, ValueError) as error:
            result.add(_unsure(engine, branch, "pattern", sender, receiver.pattern, f"pattern ({error})"))
        else:
            _by_language(engine, result, branch, texts, "pattern", sender, receiver.pattern, wanted)
    if receiver.format is not None and not any(formats.holds(receiver.format, name) for name in branch.formats):
        _format(engine, result, branch, texts, receiver.format)
    _content(engine, result, branch, receiver)


def _length(
    engine: Containment, result: Result, branch: Branch, texts: Texts, aspect: str, sender: Any, limit: int
) -> None:
    wanted = regex.length(limit, None) if aspect == "minLength" else regex.length(0, limit)
    if branch.patterns:
        # A pattern may bound the length.
        _by_language(engine, result, branch, texts, aspect, sender, limit, wanted)
        return
    size = limit - 1 if aspect == "minLength" else limit + 1

    def candidates() -> Iterator[str]:
        yield from padded(branch, size)
        yield from engine.sampler.texts(branch)

    result.add(Place(aspect, sender, limit, candidates, reason=texts.doubt))


def _by_language(
    engine: Containment,
    result: Result,
    branch: Branch,
    texts: Texts,
    aspect: str,
    sender: Any,
    receiver: Any,
    wanted: regex.Lang,
) -> None:
    """Decide by languages: is there a text of the branch outside `wanted`?"""
    try:
        found = regex.example(texts.inside, [wanted])
    except regex.Unsupported as error:
        result.add(_unsure(engine, branch, aspect, sender, receiver, f"pattern ({error})"))
        return
    if found is None:
        return

    def candidates() -> Iterator[str]:
        with contextlib.suppress(regex.Unsupported):
            yield from regex.examples(texts.likely, [wanted], limit=4)
        yield found
        yield from engine.sampler.texts(branch)

    result.add(Place(aspect, sender, receiver, candidates, reason=texts.doubt))


def _unsure(engine: Containment, branch: Branch, aspect: str, sender: Any, receiver: Any, reason: str) -> Place:
    return Place(aspect, sender, receiver, lambda: engine.sampler.texts(branch), reason=reason)


def _format(engine: Containment, result: Result, branch: Branch, texts: Texts, name: str) -> None:
    known = FORMATS[name]
    sender = branch.formats[0] if branch.formats else None
    if known.under is not None:
        with contextlib.suppress(regex.Unsupported):
            if regex.example(texts.inside, [regex.fullmatch(known.under)]) is None:
                return

    def candidates() -> Iterator[str]:
        with contextlib.suppress(regex.Unsupported):
            yield from regex.examples(texts.likely, [regex.fullmatch(known.over)], limit=4)
        yield from engine.sampler.texts(branch)

    result.add(Place("format", sender, name, candidates, reason=f"format {name}"))


def _content(engine: Containment, result: Result, branch: Branch, receiver: Node) -> None:
    """The content keywords are annotations to a validator, but who writes base64 and reads base32 reads nonsense."""
    if receiver.content_schema is not None:
        _content_schema(engine, result, branch, receiver.content_schema)
    wanted, said = receiver.packed_as(), branch.content
    for name, aspect in (("encoding", "contentEncoding"), ("media", "contentMediaType")):
        if name in wanted and wanted[name] != said.get(name):
            result.add(Place(aspect, said.get(name), wanted[name], tuple, facts={"definition": True}))
        elif name in said and name not in wanted and not (receiver.any_of or receiver.one_of or receiver.all_of):
            result.add(Place(aspect, said[name], None, tuple, facts={"definition": True}))


def _content_schema(engine: Containment, result: Result, branch: Branch, wanted: Node) -> None:
    """Compare what is packed into a text."""
    said = tuple(node.content_schema for node in branch.sources if node.content_schema is not None)
    if said:
        lift = functools.partial(packed, content={text for node in branch.sources for text in node.content})
        result.attach(engine.compare(said, wanted, crossed=True), (), lift, packed=True)
    else:
        result.add(Place("contentSchema", None, wanted.raw, tuple, facts={"definition": True}))
