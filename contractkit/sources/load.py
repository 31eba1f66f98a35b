"""Load a contract from any source; `contractkit.sources.syntax` has the ways to name one."""

from __future__ import annotations

import posixpath
import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, assert_never

from contractkit.model.contract import Contract, Notice
from contractkit.model.errors import InputError
from contractkit.model.written import Written
from contractkit.sources.asyncapi import check_document
from contractkit.sources.openapi import check_openapi
from contractkit.sources.options import LoadOptions
from contractkit.sources.syntax import (
    AppSource,
    BaselineSource,
    FileSource,
    GitFileSource,
    StdinSource,
    UrlSource,
    parse_source,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from contractkit.sources.homes import Home
    from contractkit.sources.parts import Parts
    from contractkit.sources.refs import Here

__all__ = ["LoadOptions", "commit_behind", "load"]

_NEAR = 3
"""How many files are named instead of one that is not there."""


def load(source: str, *, options: LoadOptions | None = None, parts: Parts | None = None) -> Contract:
    """Return the contract that `source` names.

    Args:
        source: a file, URL, `-`, `@NAME[:VERSION]`, `git:REF:PATH`, `package.module:attr` or `REF!package.module:attr`.
        options: see `LoadOptions`; the defaults if left out.
        parts: given for both of two contracts that are to be compared, lets them share what their texts have in common.

    Raises:
        InputError: the source cannot be read, or is no OpenAPI 3.0, 3.1 or 3.2 document (nor, where the options take
            one, an AsyncAPI 3 document).
    """
    options = options or LoadOptions()
    kind = parse_source(source, options.root)
    match kind:
        case FileSource():
            return _file(kind, source, options, parts)
        case StdinSource():
            return _contract(sys.stdin.buffer.read(), source, "standard input", "", options, parts)
        case UrlSource():
            return _url(kind, options, parts)
        case BaselineSource():
            return _baseline(kind, source, options)
        case GitFileSource():
            return _git_file(kind, source, options, parts)
        case AppSource():
            return _app(kind, source, options)
        case _:
            assert_never(kind)


def commit_behind(source: str, options: LoadOptions) -> str:
    """Return the hash of the commit that a source was taken from: its own revision, or what is checked out here.

    Empty for standard input, URLs and baselines, and where there is no git checkout.
    """
    from contractkit.sources.git import commit_of

    match parse_source(source, options.root):
        case GitFileSource(ref=ref):
            return commit_of(options.root, ref)
        case AppSource(ref=ref):
            return commit_of(options.root, ref or "HEAD")
        case FileSource(name=name):
            return commit_of((options.root / name).parent)
        case _:
            return ""


def _file(kind: FileSource, source: str, options: LoadOptions, parts: Parts | None) -> Contract:
    from contractkit.sources.homes import read_file

    path = options.root / kind.name
    if path.suffix == ".py" and path.is_file():
        module = kind.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        raise InputError(source, "is Python, no document", f"for the app in it write {module}:app")
    try:
        data = read_file(path, source)
    except FileNotFoundError:
        raise InputError(source, "no such file", _nearest(path, source)) from None
    except IsADirectoryError:
        raise InputError(source, "is a folder", "name a file in it") from None
    except OSError as error:
        raise InputError(source, f"cannot be read ({error.strerror})", "check its permissions") from None
    file = kind.name if options.root == Path.cwd() else str(path)

    def where() -> tuple[Here, Home]:
        from contractkit.sources.homes import DiskHome
        from contractkit.sources.refs import Here

        return Here(path.name), DiskHome(path.parent, Path(kind.name).parent)

    return _contract(data, source, source, path.name, options, parts, file=file, where=where)


def _nearest(path: Path, source: str) -> str:
    import difflib

    try:
        names = sorted(item.name for item in path.parent.iterdir() if item.is_file())
    except OSError:
        return f"there is no folder {path.parent}"
    # What names end with is what most have in common: they are compared without it.
    stems = list(dict.fromkeys(Path(name).stem for name in names))
    near = [
        name
        for stem in difflib.get_close_matches(path.stem, stems, n=_NEAR)
        for name in names
        if Path(name).stem == stem
    ]
    if near:
        return f"did you mean {', '.join(near[:_NEAR])}?"
    is_module = all(part.isidentifier() for part in source.split(".")) and path.suffix not in (".json", ".yaml", ".yml")
    return f"for an app add its attribute: {source}:app" if is_module else "check its name"


def _url(kind: UrlSource, options: LoadOptions, parts: Parts | None) -> Contract:
    from contractkit.sources.fetch import fetch, without_password
    from contractkit.sources.refs import Here

    answer = fetch(kind.url, options.timeout)
    shown = without_password(kind.url)
    here = Here(kind.url, is_url=True)
    return _contract(answer.data, shown, shown, answer.name, options, parts, where=lambda: (here, None))


def _baseline(kind: BaselineSource, source: str, options: LoadOptions) -> Contract:
    from contractkit.store.baselines import BaselineStore

    contract = BaselineStore(options.baselines_folder).contract(kind.name, kind.version, source=source)
    check_document(contract.document, contract.file or source, sockets=options.sockets)
    return contract


def _git_file(kind: GitFileSource, source: str, options: LoadOptions, parts: Parts | None) -> Contract:
    from contractkit.sources.git import Repository
    from contractkit.sources.homes import GitHome
    from contractkit.sources.refs import Here

    repository = Repository(options.root, options.timeout, source)
    commit = repository.commit(kind.ref)
    from_here = kind.path.startswith(("./", "../"))
    path = posixpath.normpath(str(repository.prefix / kind.path) if from_here else kind.path)
    data = repository.read(commit, path)
    if data is None:
        below = posixpath.normpath(str(repository.prefix / kind.path))
        mend = "paths are meant from the top of the repository; from here, write ./PATH"
        if below != path and repository.read(commit, below) is not None:
            mend = f"did you mean git:{kind.ref}:{below}?"
        raise InputError(source, f"there is no regular file `{path}` at {kind.ref}", mend)

    def where() -> tuple[Here, Home]:
        return Here(posixpath.basename(path)), GitHome(repository, kind.ref, commit, PurePosixPath(path).parent)

    return _contract(data, source, source, path, options, parts, where=where)


def _app(kind: AppSource, source: str, options: LoadOptions) -> Contract:
    from contractkit.sources.app import AppDocument, take_document
    from contractkit.sources.git import Repository, Worktree
    from contractkit.sources.refs import bundle
    from contractkit.sources.text import may_lead_out

    def take(folder: Path, worktree: Worktree | None = None) -> AppDocument:
        return take_document(
            source,
            kind.module,
            kind.attribute,
            folder=folder,
            timeout=options.timeout,
            lifespan=options.lifespan,
            verbose=options.verbose,
            worktree=worktree,
            origins=options.origins,
            imported=options.imported,
            sockets=options.sockets,
        )

    commit = None
    if kind.ref is None:
        taken = take(options.root)
    else:
        repository = Repository(options.root, options.timeout, source)
        commit = repository.commit(kind.ref)
        with repository.worktree(commit) as worktree:
            taken = take(worktree.folder, worktree)
    document, notices = check_openapi(taken.document, source)
    if may_lead_out(taken.text):
        notices += bundle(document, source)
    warnings = (*taken.notices, *notices)
    return Contract(
        source, document, warnings, taken.hints, origins=taken.origins, commit=commit, sockets=taken.sockets
    )


def _contract(
    data: bytes,
    source: str,
    subject: str,
    name: str,
    options: LoadOptions,
    parts: Parts | None,
    *,
    file: str | None = None,
    where: Callable[[], tuple[Here | None, Home | None]] = lambda: (None, None),
) -> Contract:
    """Parse, check and bundle.

    `subject` names the document in errors, `name` has the ending that tells its format, `where` says where its
    neighbours are.
    """
    from contractkit.sources.text import decode, may_lead_out, parse_text

    text = decode(data, subject)
    if parts is not None:
        parts.offsets = {}
    parsed = parse_text(text, subject, name, parts)
    written = None if parts is None else Written(parsed.value, text, parts.offsets)
    # What was taken from another text was looked at there.
    is_whole = written is not None and len(parsed.text) == len(text)
    leads_out = may_lead_out(parsed.text, written.all_references if written is not None and is_whole else None)
    if leads_out and parts is not None:
        # Bundling changes the document, which then must not share its parts with another.
        parts.forget()
        parsed = parse_text(text, subject, name)
    document, notices = check_document(parsed.value, subject, sockets=options.sockets)
    more: tuple[Notice, ...] = ()
    if leads_out:
        from contractkit.sources.homes import Web
        from contractkit.sources.refs import bundle

        more = bundle(document, subject, *where(), Web(options.timeout) if options.allow_remote_refs else None)
    warnings = (*parsed.notices, *notices, *more)
    return Contract(source, document, warnings, file=file, written=None if leads_out else written)
