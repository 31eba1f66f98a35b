"""Pairs what belongs together in two contracts: the one place that knows who sends what."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from functools import partial
from itertools import zip_longest

from contractkit.diff.components import compare_components
from contractkit.diff.envelope import Envelope
from contractkit.diff.halves import Half
from contractkit.diff.operations import (
    ITEM_KNOWN,
    alike,
    compare_answers,
    compare_channels,
    compare_operation,
    compare_own_servers,
    compare_requests,
    report_added,
    report_removed,
)
from contractkit.diff.paths import Move, match_paths
from contractkit.diff.record import Place, Record
from contractkit.diff.security import Security
from contractkit.diff.servers import compare_servers
from contractkit.diff.shadows import report_shadows
from contractkit.diff.texts import compare_document
from contractkit.model.change import Direction
from contractkit.model.records import NamedTuple, replace
from contractkit.openapi.endpoint import METHODS, Endpoint, endpoints_of, erased
from contractkit.openapi.part import Part, root_of
from contractkit.openapi.servers import DEFAULT, base_paths, servers_of
from contractkit.schema.document import Document
from contractkit.schema.engine import SchemaEngine


class _Items(NamedTuple):
    """Two path items to compare, perhaps later: callbacks may hold callbacks, to any depth and in circles.

    In untouched ones only the security schemes that they name may differ.
    """

    place: Place
    base: Part | None
    revision: Part | None
    names: tuple[str, str]
    prefix: str
    untouched: bool = False


class Pairing:
    """One comparison on its way: pairs what belongs together, to be compared half by half.

    Attributes:
        new_record: makes a record of this comparison.
        halves: what clients send, with all that goes no way of its own, and what they are sent.
        sameness: which parts say the same.
    """

    def __init__(self, base: Document, revision: Document, *, sockets: bool) -> None:
        engine = SchemaEngine(base, revision)
        self.new_record = partial(Record, base, revision, engine, sockets=sockets)
        self.halves = {one: Half(self.new_record()) for one in Direction}
        self._whole = self.halves[Direction.REQUEST]
        self.sameness = engine.sameness
        self._base, self._revision = root_of(base), root_of(revision)
        self._security = Security(base, revision)
        self._place = Place(self._whole.record)
        self._waiting: deque[_Items] = deque()
        self._seen: set[tuple[str, str, bool]] = set()

    def run(self) -> None:
        """Pair everything; the halves hold what is to be compared."""
        self._paths()
        self._webhooks()
        while self._waiting:
            items = self._waiting.popleft()
            key = (_place(items.base), _place(items.revision), items.place.turned)
            if key not in self._seen:
                self._seen.add(key)
                self._pair_items(items)
        self._whole.later(self._security.compare_schemes, self._place)
        self._whole.later(compare_document, self._place, self._base, self._revision)
        self._whole.later(compare_components, self._place)

    def _paths(self) -> None:
        roots = [servers_of(side) or DEFAULT for side in (self._base, self._revision)]
        tables = [side.table("paths", patterned=True) for side in (self._base, self._revision)]
        served = [
            {path: base_paths(servers_of(item) or root) for path, item in table.items()}
            for table, root in zip(tables, roots, strict=True)
        ]
        prefixes = [{path: known[0] for path, known in side.items()} for side in served]
        above = [
            {one for known in (side.values() or (base_paths(root),)) for one in known}
            for side, root in zip(served, roots, strict=True)
        ]
        unused = bool(tables[0]) and all(map(_has_own_servers, tables[0].values()))
        moved = above[0].isdisjoint(above[1])
        found = match_paths(
            prefixes[0],
            prefixes[1],
            base_paths_differ=moved,
            alike=lambda old, new: alike(endpoints_of(tables[0][old], old), endpoints_of(tables[1][new], new)),
        )
        place = self._place.at("server", "")
        raw = (self._base.get("servers"), self._revision.get("servers"))
        self._whole.later(compare_servers, place, roots[0], roots[1], raw, same_total=found.same_total or unused)
        for old, new in found.pairs:
            self._pair_path(tables, old, new)
        for paths in found.split:
            self._pair_split(tables, *paths)
        for move in found.moves:
            self._whole.later(_report_move, self._place.at("path", ""), move, tables)
            for old, new in move.pairs:
                self._pair_path(tables, old, new)
        here = self._place.at("operation", "")
        for path in found.removed:
            self._pair_items(_Items(here, tables[0][path], None, (path, path), ""))
        for path in found.added:
            self._pair_items(_Items(here, None, tables[1][path], (path, path), ""))
        self._whole.later(report_shadows, self._place, found, tables, prefixes)

    def _pair_path(self, tables: list[dict[str, Part]], old: str, new: str) -> None:
        first, second = tables[0][old], tables[1][new]
        untouched = old == new and self.sameness.untouched(("paths", old))
        if untouched and self._security.is_untouched:
            return
        items = _Items(self._place.at("operation", ""), first, second, (old, new), "", untouched)
        self._pair_items(items)

    def _pair_split(self, tables: list[dict[str, Part]], olds: list[str], news: list[str]) -> None:
        """Pair the operations of paths that answer the same requests, whichever of them holds an operation."""
        whole = self._place.at("operation", "")
        lists: list[dict[str, list[Endpoint]]] = []
        for paths, others, table in ((olds, news, tables[0]), (news, olds, tables[1])):
            rows: dict[str, list[Endpoint]] = {}
            for path in sorted(paths, key=lambda path: (path not in others, path)):
                for method, endpoint in endpoints_of(table[path], path).items():
                    rows.setdefault(method, []).append(endpoint)
            lists.append(rows)
        for method in sorted({*lists[0], *lists[1]}):
            # Where there are several after all, the first one answers.
            for first, second in zip_longest(*(rows.get(method, ()) for rows in lists)):
                self._pair_endpoints(whole, "", first, second)
        for path in sorted(set(olds) & set(news)):
            self._put_off_own(whole, tables[0][path], tables[1][path], path)

    def _webhooks(self) -> None:
        before, after = self._base.table("webhooks"), self._revision.table("webhooks")
        place = replace(self._place.at("webhook", ""), turned=True)
        for name in sorted({*before, *after}):
            untouched = self.sameness.untouched(("webhooks", name))
            if not (untouched and self._security.is_untouched):
                items = _Items(place, before.get(name), after.get(name), (name, name), "webhook ", untouched)
                self._pair_items(items)

    def _pair_items(self, items: _Items) -> None:
        old, new = items.base, items.revision
        is_callback = items.place.area == "callback"
        before = {} if old is None else endpoints_of(old, items.names[0], is_callback=is_callback)
        after = {} if new is None else endpoints_of(new, items.names[1], is_callback=is_callback)
        for method in sorted({*before, *after}):
            pair = before.get(method), after.get(method)
            self._pair_endpoints(items.place, items.prefix, *pair, untouched=items.untouched)
        if old is not None and new is not None and not items.untouched:
            self._put_off_own(items.place, old, new, items.prefix + items.names[0])

    def _pair_endpoints(
        self,
        place: Place,
        prefix: str,
        first: Endpoint | None,
        second: Endpoint | None,
        *,
        untouched: bool = False,
    ) -> None:
        known = first or second
        assert known is not None
        place = replace(place, operation=_key(prefix, known.method, known.path))
        if second is None:
            self._whole.later(report_removed, place, known)
        elif first is None:
            self._whole.later(report_added, place, known)
        else:
            self._put_off(place, first, second, untouched=untouched)

    def _put_off_own(self, place: Place, old: Part, new: Part, name: str) -> None:
        """Put off what path items say themselves."""
        self._whole.later(_compare_own, replace(self._place.at("path", name), turned=place.turned), old, new)

    def _put_off(self, place: Place, base: Endpoint, revision: Endpoint, *, untouched: bool) -> None:
        self._whole.later(self._security.compare_operation, place, base, revision)
        if untouched:
            self._queue_callbacks(place, base, revision, untouched=True)
            return
        roots = self._base, self._revision
        self._whole.later(compare_own_servers, place, base, revision, roots)
        same = self.sameness.same
        inherited = same(base.item.get("parameters"), revision.item.get("parameters"))
        if inherited and base.path == revision.path and same(base.operation.fields, revision.operation.fields):
            self._queue_callbacks(place, base, revision, untouched=True)
            return
        self._whole.later(compare_operation, place, base, revision)
        if self._whole.record.sockets:
            self._whole.later(compare_channels, place, base, revision)
        else:
            self.halves[place.of_request].later(compare_requests, place, base, revision)
            self.halves[place.of_response].later(compare_answers, place, base, revision)
        self._queue_callbacks(place, base, revision, untouched=False)

    def _queue_callbacks(self, place: Place, base: Endpoint, revision: Endpoint, *, untouched: bool) -> None:
        if untouched and self._security.is_untouched:
            return
        before, after = base.operation.table("callbacks"), revision.operation.table("callbacks")
        for name in sorted({*before, *after}):
            tables = [
                {} if side is None else side.entries(patterned=True) for side in (before.get(name), after.get(name))
            ]
            prefix = f"{place.operation} callback {name} "
            there = replace(place.at("callback", ""), turned=not place.turned)
            lone = [sorted(set(tables[side]) - set(tables[1 - side])) for side in (0, 1)]
            if len(lone[0]) == len(lone[1]) == 1:
                old, new = lone[0][0], lone[1][0]
                place.at("callback", name, place.of_response).add("expression", "changed", old, new, name=name)
                self._waiting.append(_Items(there, tables[0].pop(old), tables[1].pop(new), (old, new), prefix))
            for expression in sorted({*tables[0], *tables[1]}):
                sides = [table.get(expression) for table in tables]
                items = _Items(there, sides[0], sides[1], (expression, expression), prefix, untouched)
                self._waiting.append(items)


def _has_own_servers(item: Part) -> bool:
    """Whether nobody who calls a path calls a server of the document; what is no operation calls none."""
    operations = [one for method in METHODS if isinstance(one := item.get(method), Mapping)]
    return bool(item.get("servers")) or (bool(operations) and all(one.get("servers") for one in operations))


def _compare_own(place: Place, old: Part, new: Part) -> None:
    place.compare(old, new, ("summary", "description"))
    place.compare_rest(old, new, ITEM_KNOWN)


def _report_move(place: Place, move: Move, tables: list[dict[str, Part]]) -> None:
    rows = [endpoint for old, _ in move.pairs for endpoint in endpoints_of(tables[0][old], old).values()]
    users = tuple(sorted(_key("", row.method, row.path) for row in rows))
    first = min(rows, key=lambda row: (row.path, row.method), default=None)
    here = replace(place, users=users)
    envelope = None if first is None else Envelope(place.record.engine, first, first)
    witness = (lambda: envelope.request("nothing answers on this path any more")) if envelope else None
    counts = {"moved": len(move.pairs), "below": move.below}
    here.add("prefix", "changed", move.before, move.after, witness=witness, **counts)


def _key(prefix: str, method: str, path: str) -> str:
    """Return an operation's key: `GET /orders/{}`; webhooks and callbacks keep their names and expressions."""
    return f"{prefix}{method} {path if prefix else erased(path)}"


def _place(part: Part | None) -> str:
    return "" if part is None else part.place
