"""Makes pages of the JSON Schemas that contractkit has: of its configuration and of its reports."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

Schema = Mapping[str, Any]


def pages() -> dict[str, str]:
    """Return the pages by their names below docs/reference."""
    return {
        "configuration.md": _page("Configuration", _CONFIGURATION, "contractkit.sources", "config.schema.json"),
        "report.md": _page("JSON report", _REPORT, "contractkit.report", "report.schema.json"),
    }


_CONFIGURATION = """\
The keys of the table `[tool.contractkit]` in `pyproject.toml`, or of `contractkit.toml`, where the heading is left out.
The file is looked for in the working folder and in those above it. A key that is not known, or a value that does not
fit, is an error: exit code 2 with one line. `contractkit schema config` prints the JSON Schema of this page.
What has a `?` may be left out."""

_REPORT = """\
What `--format json` writes: one object, of one of the kinds below. The same documents give the same bytes. Later
versions may add keys. `contractkit schema report` prints the JSON Schema of this page. What has a `?` may be
missing."""


def _page(title: str, text: str, package: str, file: str) -> str:
    schema = json.loads(files(package).joinpath(file).read_text(encoding="utf-8"))
    words = _Words(schema["$defs"])
    parts = [f"# {title}", text]
    if "oneOf" in schema:
        parts.append(f"The whole is {words.alternatives(schema['oneOf'])}.")
    if "properties" in schema:
        parts += ["## The keys", words.table(schema)]
    for name, one in schema["$defs"].items():
        if "properties" in one:
            parts += [f"## {name}", one.get("description", ""), words.table(one)]
    return "\n\n".join(filter(None, parts)) + "\n"


class _Words:
    """Says in words what the parts of a schema take.

    Args:
        definitions: what its references name; those of objects have a table of their own.
    """

    def __init__(self, definitions: Schema) -> None:
        self._definitions = definitions

    def table(self, schema: Schema) -> str:
        """Return the table of an object's keys."""
        rows = ["| Key | Value | Meaning |", "|---|---|---|"]
        rows += [f"| {key} | {value} | {meaning} |" for key, value, meaning in self._rows(schema, "")]
        return "\n".join(rows)

    def _rows(self, schema: Schema, prefix: str) -> Iterator[tuple[str, str, str]]:
        """Yield key, value and meaning of every property; those of an object without a name follow it."""
        required = schema.get("required", ())
        for key, one in schema.get("properties", {}).items():
            mark = "" if key in required else "?"
            meaning = " ".join(filter(None, [_sentence(one.get("description", "")), *_more(one)]))
            yield f"`{prefix}{key}`{mark}", self._type(one), meaning.replace("|", "\\|")
            inner = one.get("items", one)
            if isinstance(inner, Mapping) and "properties" in inner:
                yield from self._rows(inner, f"{prefix}{key}." if inner is one else f"{prefix}{key}[].")

    def _type(self, schema: Schema) -> str:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            meant = self._definitions[name]
            return f"[{name}](#{name.lower()})" if "properties" in meant else self._type(meant)
        if "const" in schema:
            return f"`{_json(schema['const'])}`"
        if "enum" in schema:
            return " or ".join(f"`{_json(one)}`" for one in schema["enum"])
        for key in ("anyOf", "oneOf"):
            if key in schema and "properties" not in schema:
                return self.alternatives(schema[key])
        kind: Any = schema.get("type", "any value")
        if isinstance(kind, list):
            return " or ".join(str(_KINDS.get(one, one)) for one in kind)
        if kind == "array":
            return f"list of {self._type(schema.get('items', {}))}"
        if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
            return f"table of {self._type(schema['additionalProperties'])}"
        limits = [f"{word} {schema[key]}" for key, word in _LIMITS if key in schema]
        return ", ".join([str(_KINDS.get(kind, kind)), *limits])

    def alternatives(self, schemas: list[Schema]) -> str:
        """Return what one of several schemas takes."""
        return " or ".join(self._type(one) for one in schemas)


_KINDS = {"string": "text", "boolean": "true or false"}
_LIMITS = (("minimum", "at least"), ("exclusiveMinimum", "above"), ("maximum", "at most"))


def _more(schema: Schema) -> Iterator[str]:
    if "default" in schema:
        yield f"If left out: `{_json(schema['default'])}`."
    if "examples" in schema:
        yield f"Example: {', '.join(f'`{_json(one)}`' for one in schema['examples'])}."


def _json(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _sentence(text: str) -> str:
    """Return a description with a capital letter, unless it begins with the value that it explains."""
    return text if ":" in text.split(" ")[0] else text[:1].upper() + text[1:]
