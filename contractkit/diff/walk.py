"""Walks two contracts side by side: the one place that does, and that knows who sends what."""

from __future__ import annotations

from collections import deque
from itertools import zip_longest
from typing import TYPE_CHECKING

from contractkit.diff.components import compare_components
from contractkit.diff.envelope import Envelope
from contractkit.diff.nulls import group_nulls
from contractkit.diff.operations import (
    ITEM_KNOWN,
    alike,
    compare_operation,
    compare_own_servers,
    report_added,
    report_removed,
)
from contractkit.diff.paths import Move, match_paths
from contractkit.diff.record import Place, Record, stable_text
from contractkit.diff.security import Security
from contractkit.diff.servers import compare_servers
from contractkit.diff.shadows import report_shadows
from contractkit.diff.texts import compare_document
from contractkit.diff.unread import compare_unknown, compare_unread
from contractkit.model.aside import at_once
from contractkit.model.change import Change
from contractkit.model.contract import Contract, Notice
from contractkit.model.records import NamedTuple, replace
from contractkit.openapi.endpoint import Endpoint, endpoints_of, erased
from contractkit.openapi.part import Part, root_of
from contractkit.openapi.servers import DEFAULT, base_paths, servers_of
from contractkit.schema.document import Document, Side

if TYPE_CHECKING:
    from contractkit.model.aside import Aside


class Comparison(NamedTuple):
    """What differs between two contracts.

    Attributes:
        changes: all changes, in a fixed order.
        base_warnings: bad parts of the base seen on the way; what was seen while loading is the contract's own.
        revision_warnings: the same for the revision.
    """

    changes: tuple[Change, ...]
    base_warnings: tuple[Notice, ...]
    revision_warnings: tuple[Notice, ...]


def compare(base: Contract, revision: Contract, aside: Aside = at_once) -> Comparison:
    """Compare two contracts: their OpenAPI documents, and their AsyncAPI documents where both have one.

    Bad parts of a document become warnings and are read as if they were not there; nothing raises.

    Args:
        base: the contract that clients were built on.
        revision: the contract that is to take its place.
        aside: does a part of a large comparison beside the rest.

    Returns:
        The changes, the same ones in the same order for the same two documents.
    """
    found: list[Comparison] = []
    if not (base.is_asyncapi or revision.is_asyncapi):
        found.append(_compare(base, revision, unread=(base, revision), aside=aside))
    if base.asyncapi is not None and revision.asyncapi is not None and (base.asyncapi or revision.asyncapi):
        found.append(_compare_sockets(base, revision))
    if len(found) == 1:
        return found[0]
    changes = sorted((change for one in found for change in one.changes), key=_order)
    base_warnings = tuple(notice for one in found for notice in one.base_warnings)
    return Comparison(tuple(changes), base_warnings, tuple(notice for one in found for notice in one.revision_warnings))


def _compare_sockets(base: Contract, revision: Contract) -> Comparison:
    from contractkit.asyncapi.channels import operations_of

    alone = base.is_asyncapi and revision.is_asyncapi
    channels = [operations_of(side, alone=alone) for side in (base, revision)]
    found = _compare(*channels, sockets=True, unread=(base, revision) if alone else None)
    warnings = (channels[0].warnings + found.base_warnings, channels[1].warnings + found.revision_warnings)
    return Comparison(found.changes, *warnings)


def _compare(
    base: Contract,
    revision: Contract,
    *,
    sockets: bool = False,
    unread: tuple[Contract, Contract] | None = None,
    aside: Aside = at_once,
) -> Comparison:
    before, after = Document(base, Side.BASE), Document(revision, Side.REVISION)
    walk = _Walk(before, after, sockets=sockets)
    walk.run()
    compare_unknown(walk.place, before, after)
    if unread is not None:
        compare_unread(walk.place, *unread)
    changes = walk.record.definitions() + walk.record.engine.changes(walk.record.points, aside)
    if sockets:
        from contractkit.diff.messages import told_by_message

        changes = told_by_message(changes, base, revision)
    ordered = group_nulls(sorted(changes, key=_order), base.document)
    return Comparison(tuple(ordered), _warnings(before), _warnings(after))


def _order(change: Change) -> tuple[str, ...]:
    values = stable_text([change.before, change.after, dict(change.facts), list(change.operations)])
    place = (change.operation, change.direction or "", change.location, change.area, change.aspect, change.action)
    return (*place, change.component or "", values)


def _warnings(document: Document) -> tuple[Notice, ...]:
    return tuple(sorted(document.notices.values(), key=lambda notice: (notice.place, notice.text)))


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


class _Walk:
    """One comparison on its way."""

    def __init__(self, base: Document, revision: Document, *, sockets: bool) -> None:
        self.record = Record(base, revision, sockets=sockets)
        self.base, self.revision = root_of(base), root_of(revision)
        self.security = Security(base, revision)
        self.place = Place(self.record)
        self._waiting: deque[_Items] = deque()
        self._seen: set[tuple[str, str, bool]] = set()

    def run(self) -> None:
        """Compare everything; the record holds what was found."""
        self._paths()
        self._webhooks()
        while self._waiting:
            items = self._waiting.popleft()
            key = (_place(items.base), _place(items.revision), items.place.turned)
            if key not in self._seen:
                self._seen.add(key)
                self._compare_items(items)
        self.security.compare_schemes(self.place)
        compare_document(self.place, self.base, self.revision)
        compare_components(self.place)

    def _paths(self) -> None:
        roots = [servers_of(side) or DEFAULT for side in (self.base, self.revision)]
        tables = [side.table("paths", patterned=True) for side in (self.base, self.revision)]
        prefixes = [
            {path: base_paths(servers_of(item) or root)[0] for path, item in table.items()}
            for table, root in zip(tables, roots, strict=True)
        ]
        moved = set(base_paths(roots[0])).isdisjoint(base_paths(roots[1]))
        found = match_paths(
            prefixes[0],
            prefixes[1],
            base_paths_differ=moved,
            alike=lambda old, new: alike(endpoints_of(tables[0][old], old), endpoints_of(tables[1][new], new)),
        )
        place = self.place.at("server", "")
        raw = (self.base.get("servers"), self.revision.get("servers"))
        compare_servers(place, roots[0], roots[1], raw, same_total=found.same_total)
        for old, new in found.pairs:
            self._compare_path(tables, old, new, same_total=found.same_total)
        for paths in found.split:
            self._compare_split(tables, *paths, same_total=found.same_total)
        for move in found.moves:
            self._report_move(move, tables)
            for old, new in move.pairs:
                self._compare_path(tables, old, new, same_total=True)
        here = self.place.at("operation", "")
        for path in found.removed:
            self._compare_items(_Items(here, tables[0][path], None, (path, path), ""))
        for path in found.added:
            self._compare_items(_Items(here, None, tables[1][path], (path, path), ""))
        report_shadows(self.place, found, tables, prefixes)

    def _report_move(self, move: Move, tables: list[dict[str, Part]]) -> None:
        rows = [endpoint for old, _ in move.pairs for endpoint in endpoints_of(tables[0][old], old).values()]
        users = tuple(sorted(_key("", row.method, row.path) for row in rows))
        first = min(rows, key=lambda row: (row.path, row.method), default=None)
        here = replace(self.place.at("path", ""), users=users)
        envelope = None if first is None else Envelope(self.record.engine, first, first)
        witness = (lambda: envelope.request("nothing answers on this path any more")) if envelope else None
        counts = {"moved": len(move.pairs), "below": move.below}
        here.add("prefix", "changed", move.before, move.after, witness=witness, **counts)

    def _compare_path(self, tables: list[dict[str, Part]], old: str, new: str, *, same_total: bool) -> None:
        first, second = tables[0][old], tables[1][new]
        untouched = old == new and self.record.sameness.untouched(("paths", old))
        if untouched and self.security.is_untouched:
            return
        items = _Items(self.place.at("operation", ""), first, second, (old, new), "", untouched)
        self._compare_items(items, same_total=same_total)

    def _compare_split(
        self, tables: list[dict[str, Part]], olds: list[str], news: list[str], *, same_total: bool
    ) -> None:
        """Compare the operations of paths that answer the same requests, whichever of them holds an operation."""
        whole = self.place.at("operation", "")
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
                self._compare_endpoints(whole, "", first, second, same_total=same_total)
        for path in sorted(set(olds) & set(news)):
            self._compare_own(whole, tables[0][path], tables[1][path], path)

    def _webhooks(self) -> None:
        before, after = self.base.table("webhooks"), self.revision.table("webhooks")
        place = replace(self.place.at("webhook", ""), turned=True)
        for name in sorted({*before, *after}):
            untouched = self.record.sameness.untouched(("webhooks", name))
            if not (untouched and self.security.is_untouched):
                items = _Items(place, before.get(name), after.get(name), (name, name), "webhook ", untouched)
                self._compare_items(items)

    def _compare_items(self, items: _Items, *, same_total: bool = False) -> None:
        old, new = items.base, items.revision
        is_callback = items.place.area == "callback"
        before = {} if old is None else endpoints_of(old, items.names[0], is_callback=is_callback)
        after = {} if new is None else endpoints_of(new, items.names[1], is_callback=is_callback)
        for method in sorted({*before, *after}):
            pair = before.get(method), after.get(method)
            self._compare_endpoints(items.place, items.prefix, *pair, untouched=items.untouched, same_total=same_total)
        if old is not None and new is not None and not items.untouched:
            self._compare_own(items.place, old, new, items.prefix + items.names[0])

    def _compare_endpoints(
        self,
        place: Place,
        prefix: str,
        first: Endpoint | None,
        second: Endpoint | None,
        *,
        untouched: bool = False,
        same_total: bool = False,
    ) -> None:
        known = first or second
        assert known is not None
        place = replace(place, operation=_key(prefix, known.method, known.path))
        if second is None:
            report_removed(place, known)
        elif first is None:
            report_added(place, known)
        else:
            self._compare_pair(place, first, second, untouched=untouched, same_total=same_total)

    def _compare_own(self, place: Place, old: Part, new: Part, name: str) -> None:
        """Compare what path items say themselves."""
        here = replace(self.place.at("path", name), turned=place.turned)
        here.compare(old, new, ("summary", "description"))
        here.compare_rest(old, new, ITEM_KNOWN)

    def _compare_pair(
        self, place: Place, base: Endpoint, revision: Endpoint, *, untouched: bool, same_total: bool
    ) -> None:
        self.security.compare_operation(place, base, revision)
        if untouched:
            self._queue_callbacks(place, base, revision, untouched=True)
            return
        compare_own_servers(place, base, revision, (self.base, self.revision), same_total=same_total)
        same = self.record.sameness.same
        inherited = same(base.item.get("parameters"), revision.item.get("parameters"))
        if inherited and base.path == revision.path and same(base.operation.fields, revision.operation.fields):
            self._queue_callbacks(place, base, revision, untouched=True)
            return
        compare_operation(place, base, revision)
        self._queue_callbacks(place, base, revision, untouched=False)

    def _queue_callbacks(self, place: Place, base: Endpoint, revision: Endpoint, *, untouched: bool) -> None:
        if untouched and self.security.is_untouched:
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


def _key(prefix: str, method: str, path: str) -> str:
    """Return an operation's key: `GET /orders/{}`; webhooks and callbacks keep their names and expressions."""
    return f"{prefix}{method} {path if prefix else erased(path)}"


def _place(part: Part | None) -> str:
    return "" if part is None else part.place
