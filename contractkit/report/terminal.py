"""Text for terminals: colour, width, and nothing from a document that a terminal would obey."""

from __future__ import annotations

from contractkit.model.records import NamedTuple
from contractkit.report.jsontext import LOG_COMMAND, line_of

_CODES = {"bold": "1", "dim": "2", "red": "1;31", "yellow": "33", "green": "32"}
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


MOST_SHOWN = 4_000
"""Characters of a `curl` line that a person is shown; longer ones stand in the JSON report alone."""
_LONGEST = 600


def shortened(text: str) -> str:
    """Return a text of one line as a person reads it: visible, and cut with `…` where it is long."""
    return visible(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")


def visible(text: str) -> str:
    """Return the text with every character escaped that is not printed as itself.

    Control characters (C0, C1, DEL), text direction marks, line and paragraph separators and lone surrogates come from
    documents that others wrote; raw, they could move the cursor or hide text. What the logs of CI services obey in the
    middle of a line (`##[error]` and the like) is broken at its second mark.
    """
    if "##" in text:
        text = LOG_COMMAND.sub(r"#\\x23", text)
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def _escaped(character: str) -> str:
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


class Terminal(NamedTuple):
    """How to write for the reader's screen.

    Attributes:
        width: columns to fold text at; None where the reader is no screen, and lines may be as long as they are.
        colour: whether to colour with ANSI escape sequences (ECMA-48, 8.3.117).
    """

    width: int | None = None
    colour: bool = False

    def style(self, text: str, name: str) -> str:
        """Return the text in a style: `bold`, `dim`, `red`, `yellow` or `green`."""
        return f"\x1b[{_CODES[name]}m{text}\x1b[0m" if self.colour and text else text

    def folded(self, text: str, first: str, following: str) -> list[str]:
        """Return the text as lines that fit.

        Args:
            text: already visible, without styles.
            first: stands before the first line; may hold styles, and then is as wide as `following`.
            following: stands before all other lines.
        """
        if self.width is None:
            return [first + text]
        import textwrap

        room = max(self.width - len(following), 20)
        lines = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]
        return [first + lines[0], *(following + line for line in lines[1:])]

    def value(self, value: object, indent: int, longest: int = 160) -> str:
        """Return a JSON value on one line, cut with `…` to what fits beside an indent."""
        room = longest if self.width is None else max(self.width - indent, 20)
        text = visible(line_of(value, room))
        return text if len(text) <= room else text[: room - 1] + "…"
