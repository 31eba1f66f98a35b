"""What a file is, told from its bytes. The client's word is only checked against them, never believed."""

import codecs
import re
from pathlib import PurePosixPath
from typing import NamedTuple

from sample_app.files.errors import FileTypeRefusedError

# All that begins like a program, a web page or any other known format is refused, unless it stands here.
ACCEPTED = (
    "application/octet-stream",  # data in no format that anybody knows
    "application/pdf",
    "application/zip",
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/webp",
    "text/csv",
    "text/plain",
)

_SUFFIXES = {
    ".csv": "text/csv",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".txt": "text/plain",
    ".webp": "image/webp",
    ".zip": "application/zip",
}
_OTHER_NAMES = {"image/jpg": "image/jpeg", "application/x-zip-compressed": "application/zip"}
_TEXT = frozenset({"text/csv", "text/plain"})

_HEAD_BYTES = 2048
# Two bytes are no proof: puremagic gives three matching bytes this confidence. Formats that it has no media type for
# are rare ones, and some of them begin with zeros only.
_CONFIDENCE = 0.3

_TEXT_CONTROLS = frozenset("\t\n\v\f\r\x1b")
# The patterns of WHATWG MIME Sniffing, section 7.1, and two that are no web page but run like one.
_MARKUP_STARTS = {"<!--": "text/html", "<!doctype": "text/html", "<?php": "text/x-php", "<?xml": "text/xml"}
_TAGS = frozenset(
    (
        *("a", "b", "body", "br", "div", "font", "h1", "head", "html", "iframe", "p", "script", "style", "svg"),
        *("table", "title"),
    )
)
_TAG = re.compile(r"<([a-z0-9]+)[ \t\n\f\r/>]")


class Signature(NamedTuple):
    """Bytes that a format begins with, where puremagic does not see it or names it too narrowly."""

    start: bytes
    media_type: str


_SIGNATURES = (
    Signature(b"%PDF-", "application/pdf"),
    Signature(b"PK\x03\x04", "application/zip"),
    Signature(b"PK\x05\x06", "application/zip"),  # without entries
    Signature(b"MZ", "application/vnd.microsoft.portable-executable"),
    Signature(b"\x7fELF", "application/x-executable"),
)


class ContentCheck:
    """Follows a file as it arrives; a refusal comes with the first piece that gives the reason.

    Args:
        filename: as the client calls it.
        declared: the media type that the client names, if any.
    """

    def __init__(self, *, filename: str, declared: str | None) -> None:
        self._claims = _claims(filename, declared)
        self._head = bytearray()
        self._media_type: str | None = None
        self._text = _TextCheck()

    def feed(self, piece: bytes) -> None:
        """The next piece.

        Raises:
            FileTypeRefusedError: this is none of `ACCEPTED`, or not what it is said to be.
        """
        still_text = self._text.feed(piece)
        if self._media_type is None:
            self._head += piece[: _HEAD_BYTES - len(self._head)]
            if len(self._head) == _HEAD_BYTES:
                self._decide()
        elif self._media_type in _TEXT and not still_text:
            self._settle("application/octet-stream")

    def finish(self) -> str:
        """The media type, one of `ACCEPTED`.

        Raises:
            FileTypeRefusedError: as for `feed`.
        """
        if self._media_type is None:
            self._decide()
        if self._media_type in _TEXT and not self._text.finish():
            self._settle("application/octet-stream")
        assert self._media_type is not None
        return self._media_type

    def _decide(self) -> None:
        head = bytes(self._head)
        if self._text.holds and not head.startswith(b"%PDF-"):
            self._settle(_text_type(self._text.start, self._claims))
        else:
            self._settle(_binary_type(head))

    def _settle(self, media_type: str) -> None:
        if media_type not in ACCEPTED:
            raise FileTypeRefusedError(f"This is {media_type}.")
        others = self._claims - (_TEXT if media_type in _TEXT else {media_type})
        if others:
            raise FileTypeRefusedError(f"This is {media_type}, not {' or '.join(sorted(others))}.")
        self._media_type = media_type


class _TextCheck:
    """Whether bytes are UTF-8 text without control characters."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self.holds = True
        self.start = ""

    def feed(self, piece: bytes, *, final: bool = False) -> bool:
        if self.holds:
            try:
                text = self._decoder.decode(piece, final)
            except UnicodeDecodeError:
                self.holds = False
            else:
                self.start += text[: _HEAD_BYTES - len(self.start)]
                self.holds = text.isprintable() or all(
                    char.isprintable() or char >= "\xa0" or char in _TEXT_CONTROLS for char in set(text)
                )
        return self.holds

    def finish(self) -> bool:
        return self.feed(b"", final=True)


def _claims(filename: str, declared: str | None) -> frozenset[str]:
    """The accepted types that name and header claim; a claim of anything else says nothing."""
    named = (declared or "").partition(";")[0].strip().lower()
    claims = {_OTHER_NAMES.get(named, named), _SUFFIXES.get(PurePosixPath(filename).suffix.lower())}
    return frozenset(claim for claim in claims if claim in ACCEPTED and claim != "application/octet-stream")


def _text_type(start: str, claims: frozenset[str]) -> str:
    begin = start.lstrip().lower()
    for mark, media_type in _MARKUP_STARTS.items():
        if begin.startswith(mark):
            return media_type
    tag = _TAG.match(begin)
    if tag and tag[1] in _TAGS:
        return "image/svg+xml" if tag[1] == "svg" else "text/html"
    if begin.startswith("#!"):
        return "text/x-script"
    # Every text is a table of at least one column, so here the client may choose.
    return "text/csv" if "text/csv" in claims else "text/plain"


def _binary_type(head: bytes) -> str:
    import puremagic

    for signature in _SIGNATURES:
        if head.startswith(signature.start):
            return signature.media_type
    try:
        matches = puremagic.magic_string(head)
    except puremagic.PureError:
        matches = []
    found = [m for m in matches if m.confidence >= _CONFIDENCE and m.mime_type and m.mime_type not in _TEXT]
    if not found:
        return "application/octet-stream"
    likely: list[str] = [match.mime_type for match in found if match.confidence == found[0].confidence]
    return next((media_type for media_type in likely if media_type in ACCEPTED), likely[0])
