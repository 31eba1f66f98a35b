"""The flows in a few lines each, for the command line, for pytest and for Python users."""

from contractkit.api.comparing import compare, diff, find_breaking_changes
from contractkit.api.deep import run_deep
from contractkit.api.fuzzing import fuzz

__all__ = ["compare", "diff", "find_breaking_changes", "fuzz", "run_deep"]
