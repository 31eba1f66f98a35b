"""Finds new paths that take requests which a template of the base answered: `/orders/latest` beside `/orders/{id}`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote

from contractkit.diff.paths import PathMatching
from contractkit.diff.record import Place
from contractkit.model.change import Direction
from contractkit.model.records import NamedTuple, replace
from contractkit.openapi.endpoint import Endpoint, Parameter, endpoints_of, erased
from contractkit.openapi.part import Part
from contractkit.schema.document import Side
from contractkit.schema.point import Mode
from contractkit.schema.readings import readings

_WHOLE = re.compile(r"\{[^{}]*\}")
_Texts = dict[int, str]
"""The texts that stand in a path where a template has parameters, by the segment counted from the end."""


class _Node(NamedTuple):
    """The templates that begin alike, by what follows; paths end here as they are written."""

    below: dict[str, _Node]
    paths: list[str]


def report_shadows(
    place: Place, found: PathMatching, tables: list[dict[str, Part]], prefixes: list[dict[str, str]]
) -> None:
    """Record where requests that an operation of both sides took are answered by a new operation.

    Args:
        place: of the whole document.
        found: which paths are the same, and which are new.
        tables: the path items of both sides.
        prefixes: the base paths of the paths of both sides.
    """
    if not found.added:
        return
    kept = {old: [new] for old, new in found.pairs} | {old: news for olds, news in found.split for old in olds}
    segments = [
        {path: erased((prefix[path] if found.same_total else "") + path).split("/") for path in paths}
        for paths, prefix in ((kept, prefixes[0]), (found.added, prefixes[1]))
    ]
    root = _Node({}, [])
    for path, names in segments[0].items():
        node = root
        for name in names:
            node = node.below.setdefault(name, _Node({}, []))
        node.paths.append(path)
    for path, names in segments[1].items():
        # Of several templates the most concrete one answers (OpenAPI 3.1.1, 4.8.8.2).
        covers = sorted(_covers(root, names), key=lambda row: (len(row[1]), row[0]))
        for method in endpoints_of(tables[1][path], path) if covers else ():
            for old, texts in covers:
                before = endpoints_of(tables[0][old], old).get(method)
                if before is not None:
                    after = [endpoints_of(tables[1][one], one).get(method) for one in kept[old]]
                    if rows := _texts_of(place, before, texts, [one for one in after if one is not None]):
                        here = replace(place.at("operation", ""), operation=f"{method} {erased(old)}")
                        here.add("shadow", "added", old, path, texts=rows, by=f"{method} {path}")
                    break


def _covers(root: _Node, names: list[str]) -> Iterator[tuple[str, _Texts]]:
    """Yield the templates that take all requests to a path, with the texts that their parameters have in it."""
    nodes: list[tuple[_Node, _Texts]] = [(root, {})]
    for index, name in enumerate(names):
        further: list[tuple[_Node, _Texts]] = []
        for node, texts in nodes:
            if name in node.below:
                further.append((node.below[name], texts))
            if "{" not in name and name and "{}" in node.below:
                further.append((node.below["{}"], {**texts, len(names) - index: name}))
        nodes = further
    for node, texts in nodes:
        for path in node.paths if texts else ():
            yield path, texts


def _texts_of(
    place: Place, old: Endpoint, texts: Mapping[int, str], after: Sequence[Endpoint]
) -> dict[str, str] | None:
    """Return the texts by the parameters of an operation, None where one does not take its own, or the operation went.

    Args:
        place: of the whole document.
        old: the operation in the base.
        texts: the texts by their segments.
        after: the same operation in the revision.
    """
    # The parameters of both sides are read, so that what nobody can read in both is no difference.
    known = [one.parameters for one in (*after, old)][-1]
    segments = old.path.split("/")
    found: dict[str, str] = {}
    for ending, text in texts.items():
        index = len(segments) - ending
        # What stands before the path is the base path of a server, which has no parameters.
        is_place = index > 0 and _WHOLE.fullmatch(segments[index]) is not None
        behind = sum(len(_WHOLE.findall(one)) for one in segments[index + 1 :])
        parameter = known.get(("path", str(behind + 1))) if is_place else None
        if not after or parameter is None or not _takes(place, parameter, unquote(text)):
            return None
        found[parameter.name] = unquote(text)
    return found


def _takes(place: Place, parameter: Parameter, text: str) -> bool:
    """Whether a parameter takes a text, as far as its schema is known: an integer never took `latest`."""
    if parameter.style != "simple" or parameter.media_type is not None:
        return False
    sample = place.record.engine.sample
    schemas = ({"allOf": [parameter.schema, {"const": value}]} for value in readings(text))
    return any(sample(Side.BASE, schema, Direction.REQUEST, Mode.TEXT)[0] for schema in schemas)
