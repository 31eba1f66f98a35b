"""Values to YAML text that readers of YAML 1.1 and 1.2 understand alike."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import yaml

from contractkit.model.errors import InputError

# Plain scalars that are numbers in YAML 1.2 (core schema) and texts in 1.1, which PyYAML writes by.
_NUMBER_12 = re.compile(r"(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+)$")


def dump_yaml(value: Any, subject: str) -> str:
    """Return the YAML text of a JSON value: keys sorted, texts of several lines as blocks, no aliases.

    Args:
        value: what to write.
        subject: what to call it in errors.

    Raises:
        InputError: it holds half of a surrogate pair, which JSON can write and YAML cannot.
    """
    try:
        text: str = yaml.dump(value, Dumper=_dumper(), sort_keys=True, allow_unicode=True, width=120)
    except UnicodeEncodeError:
        mend = "write JSON: let the file's name end in .json"
        raise InputError(subject, "holds half of a surrogate pair, which YAML cannot write", mend) from None
    return text


@cache
def _dumper() -> Any:
    base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    dumper: Any = type("Dumper", (base,), {"ignore_aliases": lambda self, data: True})
    dumper.add_implicit_resolver("tag:yaml.org,2002:float", _NUMBER_12, list("-+.0123456789"))
    dumper.add_representer(str, _text)
    return dumper


def _text(dumper: Any, value: str) -> Any:
    style = "|" if "\n" in value.strip("\n") else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)
