"""The end of every help text: examples that can be typed as they stand."""

from __future__ import annotations


def examples(*lines: str) -> str:
    r"""Return the examples as typer's `epilog`: what follows `contractkit` in each, one a line.

    `\b` is click's mark for "keep these lines".
    """
    return "\n".join(["\b", "Examples:", *(f"  contractkit {line}" for line in lines)])
