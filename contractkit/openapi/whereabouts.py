"""Where in the revision each finding broke: the file and line that whoever wrote it would look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path

from contractkit.model.change import SOCKET, Change
from contractkit.model.contract import Contract
from contractkit.model.finding import Finding, SourcePlace
from contractkit.model.records import replace
from contractkit.openapi.locate import Locator
from contractkit.openapi.part import escape, unescape
from contractkit.sources.origin import Origins


class Whereabouts:
    """The places of findings, one by one.

    Args:
        contract: the revision.
        root: the working folder, from which files are named.
    """

    def __init__(self, contract: Contract, root: Path) -> None:
        self._contract = contract
        self._root = root

    @cached_property
    def _origins(self) -> Origins:
        contract, root = self._contract, self._root
        return Origins(contract, root, None if contract.commit is None else _at(contract.commit, root))

    @cached_property
    def _locator(self) -> Locator:
        return Locator(self._contract.document)

    @cached_property
    def _sockets(self) -> _Sockets:
        return _Sockets(self._contract, self._origins)

    def of(self, finding: Finding, operation: str | None = None) -> Finding:
        """Return a finding with its `source`.

        Args:
            finding: what was found.
            operation: the key of the finding's operation in the revision, where that moved.
        """
        contract = self._contract
        if contract.file is None and contract.origins is None:
            return finding
        if contract.is_asyncapi or finding.change.operation.startswith(f"{SOCKET} "):
            return replace(finding, source=self._sockets.place(finding))
        return replace(finding, source=_place(finding, self._locator, self._origins, operation=operation))

    def with_moves(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return all findings of a comparison, those of operations that moved with a prefix looked up once more."""
        findings = tuple(findings)
        changes = [finding.change for finding in findings]
        moves = {key: _moved(key, str(one.before), str(one.after)) for one in changes for key in _movers(one)}
        if not moves:
            return findings
        rows = []
        for finding in findings:
            key, *callback = finding.change.operation.partition(" callback ")
            if movers := _movers(finding.change):
                key = movers[0]
            rows.append(self.of(finding, "".join((moves[key], *callback))) if key in moves else finding)
        return tuple(rows)


class _Sockets:
    """The places of what was found about WebSockets."""

    def __init__(self, contract: Contract, origins: Origins) -> None:
        from contractkit.asyncapi.channels import operations_of

        self._contract = contract
        self._origins = origins
        self._locator = Locator(operations_of(contract, alone=False).document)

    def place(self, finding: Finding) -> SourcePlace | None:
        """Return the place; None where the contract's file is the OpenAPI document beside the sockets."""
        if self._contract.file is not None and not self._contract.is_asyncapi:
            return None
        return _place(finding, self._locator, self._origins, self._written)

    def _written(self, pointer: str) -> str:
        if self._contract.origins is not None:
            return pointer.replace(f"/additionalOperations/{SOCKET}", f"/{SOCKET.lower()}", 1)
        from contractkit.asyncapi.channels import place_in_asyncapi

        return place_in_asyncapi(pointer, self._contract)


def _movers(change: Change) -> tuple[str, ...]:
    """Return the keys of the operations that a prefix moved with, none for any other change."""
    return change.operations if (change.area, change.aspect) == ("path", "prefix") else ()


def _moved(operation: str, before: str, after: str) -> str:
    """Return the key that an operation has in the revision, where its path moved."""
    method, _, path = operation.partition(" ")
    if path == before or path.startswith(f"{before}/"):
        return f"{method} {after}{path[len(before) :]}"
    return operation


def _place(
    finding: Finding,
    locator: Locator,
    origins: Origins,
    written: Callable[[str], str] = lambda pointer: pointer,
    operation: str | None = None,
) -> SourcePlace | None:
    change = finding.change
    key = change.operation if operation is None else operation
    found = locator.find(key, change.location) if key else locator.nearest(_steps(change))
    operation = locator.find(key, "").pointer if key else ""
    pointer, value = found.pointer, found.meant
    if change.component is not None and f"/{escape(change.component)}/" not in f"{pointer}/":
        # The component as a whole is what changed, and the location is the first place that refers to it.
        target = f"/components/schemas/{escape(change.component)}"
        pointer = found.target if found.target.startswith(target) else pointer
    if not found.exact and not pointer:
        pointer = "/paths" if key else "/info"
    return origins.place(written(pointer), value, written(operation))


def _steps(change: Change) -> tuple[str, ...]:
    """Return the names that lead through the document to what a finding without an operation is about."""
    facts, location = change.facts, change.location.removeprefix("#")
    what = str(facts.get("key") or change.aspect)
    if change.area == "server":
        return ("servers",)
    if change.area == "security":
        flow = ("flows", str(facts["flow"])) if "flow" in facts else ()
        scope = facts.get("scope") or change.after or change.before
        inside = ("scopes", scope) if what in ("scope", "scope-description") else (facts.get("field") or what,)
        return ("components", "securitySchemes", str(facts.get("name")), *flow, *map(str, inside))
    if change.area == "path":
        webhook = location.removeprefix("webhook ")
        return ("paths", location, what) if webhook == location else ("webhooks", webhook, what)
    if "section" in facts:
        return ("components", str(facts["section"]), str(facts.get("name")))
    if location.startswith("/"):
        return tuple(unescape(token) for token in location.split("/")[1:])
    return (location, what) if location else (what,)


def _at(commit: str, root: Path) -> Callable[[str], str | None]:
    """Return what reads the files of a commit."""
    from contractkit.sources.git import Repository

    repository = Repository(root, 60.0, commit)

    def read(file: str) -> str | None:
        data = repository.read(commit, str(repository.prefix / file))
        return None if data is None else data.decode(errors="replace")

    return read
