"""Compares security: what credentials a request must carry, as they stand on the wire.

An operation lists alternatives (OR), each a set of schemes (AND) with scopes (OpenAPI 3.1.1, 4.8.30). Scheme names are
not identity: HTTP bearer, OAuth2 and OpenID Connect all send `Authorization: Bearer` (RFC 6750).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from contractkit.diff.record import Place, action_of, differ
from contractkit.model.change import Credential
from contractkit.model.records import NamedTuple, replace
from contractkit.openapi.endpoint import Endpoint
from contractkit.openapi.part import Part, root_of
from contractkit.schema.document import Document

_BEARER = "bearer token in the header Authorization"
_KNOWN = frozenset(
    {
        "$ref",
        "type",
        "description",
        "name",
        "in",
        "scheme",
        "bearerFormat",
        "flows",
        "openIdConnectUrl",
        "oauth2MetadataUrl",
        "deprecated",
        "x-sunset",
    }
)
_FLOW_URLS = ("authorizationUrl", "tokenUrl", "refreshUrl", "deviceAuthorizationUrl")


class Alternative(NamedTuple):
    """One set of credentials that is enough: what stands on the wire, with the scopes it must hold."""

    credentials: Mapping[str, frozenset[str]]

    @property
    def text(self) -> str:
        """One text for equal sets of credentials and scopes."""
        rows = [
            name + (f" ({', '.join(sorted(scopes))})" if scopes else "")
            for name, scopes in sorted(self.credentials.items())
        ]
        return " and ".join(rows) or "none"

    @property
    def pairs(self) -> set[tuple[str, str]]:
        """Each credential with each of its scopes."""
        return {(name, scope) for name, scopes in self.credentials.items() for scope in scopes}

    def is_enough_for(self, wanted: Alternative) -> bool:
        """Return whether whoever holds these credentials meets what is wanted."""
        return all(
            name in self.credentials and scopes <= self.credentials[name] for name, scopes in wanted.credentials.items()
        )


OPEN = Alternative({})


class SecuritySide:
    """The security of one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._root = root_of(document)

    @cached_property
    def schemes(self) -> dict[str, Part]:
        """The security schemes by name."""
        components = self._root.part("components")
        return {} if components is None else components.table("securitySchemes")

    @cached_property
    def root_requirement(self) -> list[Any]:
        """The requirement of operations that state none."""
        return self._listed(self._root) or []

    def requirement(self, endpoint: Endpoint, *, inherits: bool) -> list[Any]:
        """Return an operation's list of alternatives as written, the document's own where it inherits that."""
        own = self._listed(endpoint.operation)
        if own is not None:
            return own
        return self.root_requirement if inherits else []

    def _listed(self, holder: Part) -> list[Any] | None:
        value = holder.get("security")
        if value is None or isinstance(value, list):
            return value
        self.document.note(
            f"{holder.place}/security", "a list was expected; it is read as if nothing stood there", value
        )
        return None

    def alternatives(self, requirement: Iterable[Any]) -> list[Alternative]:
        """Return the alternatives of a requirement as they stand on the wire; at least one."""
        found: dict[str, Alternative] = {}
        for entry in requirement:
            if not isinstance(entry, Mapping):
                self.document.note("#/security", "an alternative that is no object was left out", entry)
                continue
            credentials: dict[str, frozenset[str]] = {}
            for name, scopes in entry.items():
                wire = self.wire(str(name))
                listed = scopes if isinstance(scopes, list) else [None]
                held = frozenset(scope for scope in listed if isinstance(scope, str))
                if not all(isinstance(scope, str) for scope in listed):
                    self.document.note(
                        "#/security", f"the scopes of `{str(name)[:60]}` should be a list of names", scopes
                    )
                credentials[wire] = credentials.get(wire, frozenset()) | held
            one = Alternative(credentials)
            found[one.text] = one
        return [found[text] for text in sorted(found)] or [OPEN]

    def credentials(self, endpoint: Endpoint, *, inherits: bool) -> tuple[Credential, ...]:
        """Return what a client shows to call an operation: the first alternative; nothing where none is needed."""
        requirement = [one for one in self.requirement(endpoint, inherits=inherits) if isinstance(one, Mapping)]
        if not all(requirement):
            return ()
        names = [str(name) for name in requirement[0]] if requirement else []
        found = [credential_of(self.schemes[name]) for name in names if name in self.schemes]
        return tuple(dict.fromkeys(one for one in found if one is not None))

    def wire(self, name: str) -> str:
        """Return what a client sends for a scheme."""
        if name not in self.schemes:
            self.document.note("#/components/securitySchemes", f"there is no security scheme `{name[:60]}`")
            return f"unknown scheme {name}"
        return wire_of(self.schemes[name])


def wire_of(scheme: Part) -> str:
    """Return what a client sends for a security scheme object."""
    kind = scheme.text("type") or ""
    if kind in ("oauth2", "openIdConnect"):
        return _BEARER
    if kind == "http":
        word = (scheme.text("scheme") or "unnamed").lower()
        return _BEARER if word == "bearer" else f"{word} credentials in the header Authorization"
    if kind == "apiKey":
        where, name = scheme.text("in") or "unnamed place", scheme.text("name") or ""
        return f"API key in the {where} {name.lower() if where == 'header' else name}"
    return "client certificate" if kind == "mutualTLS" else f"{kind or 'no type'}"


def credential_of(scheme: Part) -> Credential | None:
    """Return what a client shows for a security scheme object (OpenAPI 3.1.1, 4.8.27); None where that is not said."""
    kind = scheme.text("type")
    if kind in ("oauth2", "openIdConnect"):
        return Credential("header", "Authorization", "bearer")
    if kind == "http" and (word := scheme.text("scheme")):
        return Credential("header", "Authorization", word.lower())
    if kind == "mutualTLS":
        return Credential("certificate")
    where, name = scheme.text("in"), scheme.text("name")
    if kind == "apiKey" and where in ("header", "query", "cookie") and name:
        return Credential(where, name)
    return None


class Security:
    """Compares the security of two documents; one instance serves one comparison."""

    def __init__(self, base: Document, revision: Document) -> None:
        self.base = SecuritySide(base)
        self.revision = SecuritySide(revision)
        self._used: set[str] = set()
        self._users: dict[str, set[str]] = {}
        self._stricter: set[str] = set()

    @cached_property
    def is_untouched(self) -> bool:
        """Whether both documents define the same schemes and the same requirement for all operations."""
        before, after = ({n: dict(p.fields) for n, p in side.schemes.items()} for side in (self.base, self.revision))
        return not differ([before, self.base.root_requirement], [after, self.revision.root_requirement])

    def compare_operation(self, place: Place, base: Endpoint, revision: Endpoint) -> None:
        """Compare what an operation requires."""
        first = self.base.requirement(base, inherits=not place.turned)
        second = self.revision.requirement(revision, inherits=not place.turned)
        if not first and not second:
            return
        named = [
            {str(name) for entry in side if isinstance(entry, Mapping) for name in entry} for side in (first, second)
        ]
        self._used |= named[0] | named[1]
        before, after = self.base.alternatives(first), self.revision.alternatives(second)
        sent, wanted = (after, before) if place.turned else (before, after)
        same = {one.text for one in wanted}  # asked first: of many alternatives most are as they were
        stricter = not all(one.text in same or any(map(one.is_enough_for, wanted)) for one in sent)
        if not differ(first, second):
            # The same by name: what differs is a scheme, told once for all its users.
            for name in named[0]:
                self._users.setdefault(name, set()).add(place.operation)
                if stricter:
                    self._stricter.add(name)
            return
        texts = [[one.text for one in side] for side in (before, after)]
        if texts[0] == texts[1]:
            return
        here = place.at("security", "security", place.of_request, stricter=stricter)
        aspect, action = _kind(before, after)
        # One decision (the document's own security, a router's dependency) shows in many operations: told once.
        replace(here, cause="security").add(aspect, action, *texts)

    def compare_schemes(self, place: Place) -> None:
        """Compare the schemes themselves; call it when all operations have been compared."""
        before, after = self.base.schemes, self.revision.schemes
        for name in sorted({*before, *after}):
            users = tuple(sorted(self._users.get(name, ())))
            here = replace(place.at("security", f"scheme.{name}", name=name), users=users)
            if name not in before:
                here.add("scheme", "added", None, wire_of(after[name]), stricter=False)
            elif name not in after:
                here.add("scheme", "removed", wire_of(before[name]), None, stricter=False)
            elif not differ(fields := dict(before[name].fields), others := dict(after[name].fields)):
                continue
            elif name in self._used:
                self._compare_scheme(here, name, before[name], after[name])
            else:
                unused = place.at(
                    "document", f"components.securitySchemes.{name}", section="securitySchemes", name=name
                )
                unused.add("component", "changed", fields, others)

    def _compare_scheme(self, here: Place, name: str, old: Part, new: Part) -> None:
        before, after = wire_of(old), wire_of(new)
        kinds = [old.get("type"), new.get("type")]
        if before != after:
            here.add("scheme", "changed", before, after, stricter=name in self._stricter)
        elif kinds[0] != kinds[1]:
            here.add("scheme", "changed", *kinds, stricter=False)
        for field in ("openIdConnectUrl", "oauth2MetadataUrl"):
            if kinds[0] == kinds[1] and differ(old.get(field), new.get(field)):
                here.add("flow", action_of(old.get(field), new.get(field)), old.get(field), new.get(field), field=field)
        here.compare(old, new, ("description", "bearerFormat"))
        here.compare_deprecation(old, new)
        here.compare_rest(old, new, _KNOWN)
        if kinds[0] == kinds[1]:
            _compare_flows(here, old, new)


def _compare_flows(here: Place, old: Part, new: Part) -> None:
    before, after = old.table("flows", patterned=True), new.table("flows", patterned=True)
    for flow in sorted({*before, *after}):
        there = here.at(here.area, f"{here.location}.{flow}", flow=flow)
        if flow not in before or flow not in after:
            sides = [flow if flow in side else None for side in (before, after)]
            there.add("flow", action_of(*sides), *sides)
            continue
        first, second = before[flow], after[flow]
        for field in _FLOW_URLS:
            if differ(first.get(field), second.get(field)):
                values = (first.get(field), second.get(field))
                there.add("flow", action_of(*values), *values, field=field)
        scopes = [side.part("scopes") for side in (first, second)]
        tables = [{} if part is None else dict(part.fields) for part in scopes]
        for scope in sorted({str(name) for table in tables for name in table}):
            texts = [table.get(scope) for table in tables]
            if scope in tables[0] and scope in tables[1]:
                if differ(*texts):
                    there.add("scope-description", action_of(*texts), *texts, scope=scope)
            else:
                added = scope in tables[1]
                there.add("scope", "added" if added else "removed", *(scope if scope in t else None for t in tables))
        there.compare_rest(first, second, frozenset({*_FLOW_URLS, "scopes"}))


def _kind(before: list[Alternative], after: list[Alternative]) -> tuple[str, str]:
    """Return the aspect and action that say best how the alternatives differ."""
    if before == [OPEN]:
        return "requirement", "added"
    if after == [OPEN]:
        return "requirement", "removed"
    names = [sorted(sorted(one.credentials) for one in side) for side in (before, after)]
    if names[0] == names[1]:
        scopes = [{pair for one in side for pair in one.pairs} for side in (before, after)]
        if scopes[0] < scopes[1]:
            return "scope", "added"
        return "scope", "removed" if scopes[1] < scopes[0] else "changed"
    texts = [{one.text for one in side} for side in (before, after)]
    if texts[0] < texts[1]:
        return "alternative", "added"
    return ("alternative", "removed") if texts[1] < texts[0] else ("requirement", "changed")
