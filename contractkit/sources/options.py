"""What a caller may set when a contract is loaded."""

from __future__ import annotations

from pathlib import Path

from contractkit.model.records import field, record


@record(frozen=True, slots=True)
class LoadOptions:
    """How to load a source.

    Attributes:
        allow_remote_refs: fetch the `http(s)` files that `$ref`s name; without it nothing but a URL given as the
            source itself is ever fetched.
        timeout: seconds an app may take to give its document, and a URL or a git command to answer.
        root: the folder that relative files, apps and git references are looked up from.
        baselines: the folder of stored baselines; a relative one lies below `root`.
        lifespan: run the app's startup before its document is taken, not only when it has no paths without it.
        verbose: pass on to stderr what the app prints.
        origins: ask an app where its routes and models come from.
        imported: a descriptor that is written to once an app is imported, before its document is made.
        sockets: ask an app for its WebSockets too, and take AsyncAPI documents.
    """

    allow_remote_refs: bool = False
    timeout: float = 60.0
    root: Path = field(default_factory=Path.cwd)
    baselines: Path = Path("baselines")
    lifespan: bool = False
    verbose: bool = False
    origins: bool = False
    imported: int | None = None
    sockets: bool = False

    @property
    def baselines_folder(self) -> Path:
        """The folder of stored baselines, absolute if `root` is."""
        return self.root / self.baselines
