"""A contract: one OpenAPI document, perhaps an AsyncAPI one beside it, and where they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from functools import cached_property
from typing import Any

from contractkit.model.jsontext import digest, digests
from contractkit.model.records import field, record
from contractkit.model.written import Way, Written


@record(frozen=True, slots=True)
class Notice:
    """Something worth telling about a document that is no finding.

    Attributes:
        place: a JSON pointer into the document (RFC 6901), or "" for the whole.
        text: what is wrong there and what contractkit made of it.
        unread: for a number that was read as null, what stands there; shortened to its digest where it is long.
    """

    place: str
    text: str
    unread: str = ""


@record(frozen=True)
class Contract:
    """One OpenAPI document, refs resolvable inside it, never changed after loading.

    A source that is an AsyncAPI document is a contract of sockets alone: `document` is that document.

    Attributes:
        source: the source as the user wrote it.
        document: the parsed document; files that it refers to are bundled under `x-contractkit-files`.
        warnings: bad parts that were set aside.
        hints: things the user may want to know (mounted sub-applications, for one).
        file: the file the document was read from, for messages; None for an app or a URL.
        written: the text that it was read from, where that is known.
        origins: for an app, where its routes and models come from (see `contractkit.sources.app_origins`).
        commit: the commit that an app was imported from; None for what is checked out.
        sockets: the AsyncAPI document beside the OpenAPI document; None where the source says nothing of WebSockets.
    """

    source: str
    document: Mapping[str, Any]
    warnings: tuple[Notice, ...] = ()
    hints: tuple[str, ...] = ()
    file: str | None = None
    written: Written | None = field(default=None, compare=False)
    origins: Mapping[str, Any] | None = field(default=None, compare=False)
    commit: str | None = None
    sockets: Mapping[str, Any] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave the text out of a pickle: it is as large as all else, and can be read again."""
        fields = {name: getattr(self, name) for name in Contract.__annotations__}
        return Contract, tuple((fields | {"written": None}).values())

    @property
    def references(self) -> Mapping[Way, Set[str]] | None:
        """What the entries of the document refer to, told by its text; None where that is not known."""
        written = self.written
        return written.references if written is not None and written.document is self.document else None

    @property
    def openapi(self) -> str:
        """The version of the OpenAPI Specification the document names, such as `3.1.0`."""
        return str(self.document.get("openapi", ""))

    @property
    def is_asyncapi(self) -> bool:
        """Whether there is an AsyncAPI document alone."""
        return "asyncapi" in self.document

    @property
    def asyncapi(self) -> Mapping[str, Any] | None:
        """The AsyncAPI document; None where the source says nothing of WebSockets."""
        return self.document if self.is_asyncapi else self.sockets

    @property
    def has_sockets(self) -> bool:
        """Whether an AsyncAPI document with channels stands beside the OpenAPI document."""
        return not self.is_asyncapi and bool(self.sockets and self.sockets.get("channels"))

    @property
    def title(self) -> str:
        """`info.title`, or an empty string."""
        return self._info("title")

    @property
    def version(self) -> str:
        """`info.version`, or an empty string."""
        return self._info("version")

    @cached_property
    def digest(self) -> str:
        """`sha256:` and the hex digest of the canonical document; with sockets, of an object that holds both."""
        return digest(self.stored_value)

    @property
    def stored_value(self) -> Mapping[str, Any]:
        """What the digest is made of: the document, or an object that holds both."""
        return {"openapi": self.document, "asyncapi": self.sockets} if self.has_sockets else self.document

    def _info(self, key: str) -> str:
        info = self.document.get("info")
        value = info.get(key, "") if isinstance(info, Mapping) else ""
        return value if isinstance(value, str) else str(value)


def made_digests(contracts: Sequence[Contract]) -> list[str]:
    """Return the digests of contracts, which then know them; what they share is read once."""
    unknown = [one for one in contracts if "digest" not in vars(one)]
    for contract, found in zip(unknown, digests(one.stored_value for one in unknown), strict=True):
        vars(contract)["digest"] = found
    return [one.digest for one in contracts]
