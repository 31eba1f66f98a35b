"""Writes the pages of docs/reference/ before Sphinx reads them, from what contractkit itself says.

Rules, checks and commands are taken from the objects that `contractkit rules show` and `--help` print, the keys of the
configuration and of the reports from their JSON Schemas, the exit codes from the help of each command. Nothing of it is
kept in git, so none of it can be out of date.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import reference_commands
import reference_schemas
from sphinx.application import Sphinx

from contractkit.cli.rules import as_yaml
from contractkit.fuzz.check import Check, checks
from contractkit.model.finding import Severity
from contractkit.replay.difference import RecordedRule, recorded_rules
from contractkit.rules.examples import Example
from contractkit.rules.registry import pages
from contractkit.rules.rule import Rule


def setup(app: Sphinx) -> dict[str, Any]:
    """Let the pages be written when a build begins, and links to texts outside of docs/ lead to copies of them."""
    app.connect("builder-inited", write_pages)
    app.connect("source-read", link_outside)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def write_pages(app: Sphinx) -> None:
    """Write all pages below the folder `reference` of the sources, and remove those that are none any more."""
    folder = Path(app.srcdir) / "reference"
    made = {folder / name: text for name, text in reference_pages().items()}
    for file in folder.rglob("*.md"):
        if file not in made:
            file.unlink()
    for file, text in made.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")


def link_outside(app: Sphinx, name: str, source: list[str]) -> None:
    """Let MyST take a Markdown file of the repository that is no page for a file to be copied."""
    source[0] = re.sub(r"\]\((\.\./[^)]+\.md)\)", r"](path:\1)", source[0])


def reference_pages() -> dict[str, str]:
    """Return the Markdown of every page by its name below docs/reference."""
    about_sockets = [one for one in checks().values() if one.of_sockets]
    about_http = [one for one in checks().values() if not one.of_sockets]
    return {
        **dict(_rules()),
        "checks.md": _checks("Checks of `fuzz`", about_http),
        "socket-checks.md": _checks("Checks of `fuzz` for WebSockets", about_sockets),
        "recorded.md": _recorded(recorded_rules().values()),
        **reference_commands.pages(),
        **reference_schemas.pages(),
    }


def _rules() -> Iterator[tuple[str, str]]:
    rows = []
    for module, rules in pages().items():
        name = module.rpartition(".")[2].replace("_", "-")
        rows += [(rule.id, rule.severity, rule.summary, f"rules/{name}.md#{rule.id}") for rule in rules]
        yield f"rules/{name}.md", _rule_page(module, rules)
    yield "rules.md", "\n\n".join(["# Rules of `diff`", _RULES, _table(rows)]) + "\n"


_RULES = """\
Each change that `contractkit diff` finds is judged by one rule. The severity is what the change means where no proof
decides: a witness makes it `breaking`, a proof of containment `safe`, and what cannot be decided is `risky`.
`contractkit rules show ID` prints the same as the page of a rule."""


def _rule_page(module: str, rules: tuple[Rule, ...]) -> str:
    title, _, text = inspect.cleandoc(importlib.import_module(module).__doc__ or "").partition("\n\n")
    # The pages are found by the table of all rules; in the navigation of each page they would take most of its size.
    head = f"---\norphan: true\n---\n\n# {' '.join(title.split()).removesuffix('.')}"
    return "\n\n".join([head, text, *map(_rule, rules), "[All rules](../rules.md)"]) + "\n"


def _rule(rule: Rule) -> str:
    facts = [f"**{rule.severity}**: {rule.summary}."]
    if rule.mirror:
        facts.append(f"Its opposite is `{rule.mirror}`.")
    if rule.no_witness:
        facts.append(f"It has no witness: {rule.no_witness}.")
    first = "This breaks clients" if rule.severity is Severity.BREAKING else f"This is {rule.severity}"
    return "\n\n".join(
        [f"## `{rule.id}`", " ".join(facts), _example(first, rule.breaks), _example("This breaks nobody", rule.holds)]
    )


def _example(title: str, example: Example) -> str:
    before, after = (_fence("yaml", as_yaml(one)) for one in (example.before, example.after))
    return f"{title}. {example.place[:1].upper()}{example.place[1:]}, before:\n\n{before}\n\nand after:\n\n{after}"


_CHECKS = """\
A check is a promise that an app makes. `contractkit fuzz` tries to see it broken. `--check` and `--exclude-check`
choose, and `exclude-checks` in the configuration does so for every run."""


def _checks(title: str, found: Iterable[Check]) -> str:
    rows = [(check.id, check.severity, check.summary, f"#{check.id}") for check in found]
    return "\n\n".join([f"# {title}", _CHECKS, _table(rows), *map(_check, found)]) + "\n"


def _check(check: Check) -> str:
    needs = {0: "", 1: "It needs a user who can sign in.", 2: "It needs two users."}[check.needs_users]
    parts = [
        f"## `{check.id}`",
        f"**{check.severity}**: {check.summary}. {needs}".strip(),
        check.page,
        f"An app that breaks it:\n\n{_fence('python', check.breaks.strip())}",
        f"An app that keeps it:\n\n{_fence('python', check.holds.strip())}",
    ]
    return "\n\n".join(parts)


_RECORDED = """\
What `contractkit replay` finds is judged by these rules. They speak about answers, not about documents."""


def _recorded(rules: Iterable[RecordedRule]) -> str:
    rows = [(rule.id, rule.severity, rule.summary, f"#{rule.id}") for rule in rules]
    return "\n\n".join(["# Rules of `replay`", _RECORDED, _table(rows), *map(_recorded_rule, rules)]) + "\n"


def _recorded_rule(rule: RecordedRule) -> str:
    refusals = f" In an answer that refuses it is {rule.in_refusals}." if rule.in_refusals else ""
    parts = [
        f"## `{rule.id}`",
        f"**{rule.severity}**: {rule.summary}.{refusals}",
        rule.page,
        f"An answer as it was recorded:\n\n{_fence('yaml', as_yaml(rule.recorded))}",
        f"An answer that this rule reports:\n\n{_fence('yaml', as_yaml(rule.breaks))}",
        f"An answer on which nothing is reported:\n\n{_fence('yaml', as_yaml(rule.holds))}",
    ]
    return "\n\n".join(parts)


def _table(rows: list[tuple[str, Severity, str, str]]) -> str:
    """Return a table with a link for each id."""
    lines = [f"| [`{one}`]({link}) | {severity} | {summary} |" for one, severity, summary, link in sorted(rows)]
    return "\n".join(["| Id | Severity | What it is about |", "|---|---|---|", *lines])


def _fence(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"
