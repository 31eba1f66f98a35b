"""`contractkit rules`: what the rules of `diff` and `replay` and the checks of `fuzz` are, and the page of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from contractkit.cli.examples import examples

if TYPE_CHECKING:
    from contractkit.fuzz.check import Check
    from contractkit.replay.difference import RecordedRule
    from contractkit.rules.examples import Example
    from contractkit.rules.rule import Rule

_NEAR = 3
_HELP = "Show the rules of `diff` and `replay` and the checks of `fuzz`, and the page of each."
_SHOW_HELP = """Show the page of a rule or check.

It tells what is found, why it breaks clients and what to do instead, and shows two examples.

Exit code 0: shown; 2: there is no such rule or check.
"""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    group = typer.Typer(
        invoke_without_command=True,
        rich_markup_mode=None,
        add_completion=False,
        epilog=examples("rules list", "rules show request-property-became-required", "rules show stranger-access"),
    )
    group.callback(help=_HELP, short_help="Show the page of a rule or check, or begin a new rule.")(rules)
    group.command("list", epilog=examples("rules list"))(list_rules)
    shown = examples("rules show operation-removed", "rules show stranger-access", "rules show recorded-body-changed")
    group.command("show", help=_SHOW_HELP, epilog=shown)(show_rule)
    group.command("new", epilog=examples("rules new link-became-optional"))(new)
    app.add_typer(group, name="rules")


def rules(context: typer.Context) -> None:
    """List every rule where no subcommand says otherwise."""
    if context.invoked_subcommand is None:
        list_rules()


def list_rules() -> None:
    """List every rule and check with its severity and what it is about.

    Exit code 0: listed.
    """
    from contractkit.cli.output import write_stdout
    from contractkit.fuzz.check import checks
    from contractkit.replay.difference import recorded_rules
    from contractkit.rules.registry import all_rules

    rows = [(rule.id, rule.severity, rule.summary) for rule in all_rules().values()]
    recorded = [(rule.id, rule.severity, rule.summary) for rule in recorded_rules().values()]
    promises = [(check.id, check.severity, check.summary) for check in checks().values()]
    width = max(len(one) for one, _, _ in (*rows, *promises, *recorded))
    parts = []
    groups = (
        ("contractkit diff", rows),
        ("contractkit fuzz: what an app promises", promises),
        ("contractkit replay: what was recorded", recorded),
    )
    for title, found in groups:
        lines = [f"{one:<{width}}  {severity:<8}  {summary}" for one, severity, summary in found]
        parts.append("\n".join([title, "", *lines]) + "\n")
    write_stdout("\n".join(parts))


def new(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="The id of the new rule, in lower case with dashes.")],
) -> None:
    """Begin a new rule of `diff`, in a checkout of contractkit: write its file from a template.

    Its tests fail, and name the lines, until all that is marked TODO is filled in.

    Exit code 0: written; 2: this is no checkout, or the id cannot be used.
    """
    from pathlib import Path

    from contractkit.cli.new_rule import new_rule
    from contractkit.cli.output import write_stdout
    from contractkit.report.terminal import visible

    here = Path.cwd()
    file = new_rule(rule_id, here)
    shown = file.relative_to(here) if file.is_relative_to(here) else file
    write_stdout(
        visible(f"wrote {shown}") + "\n"
        f'fill in what is marked TODO, and try it: make test ARGS="tests/rules -k {rule_id}"\n'
    )


def show_rule(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="The id of a rule or check, as reports name it.")],
) -> None:
    """Show the page of one rule or check; an unknown id is an InputError that names the nearest ones."""
    import difflib

    from contractkit.cli.output import write_stdout
    from contractkit.fuzz.check import checks
    from contractkit.model.errors import InputError
    from contractkit.replay.difference import recorded_rules
    from contractkit.rules.registry import all_rules, page

    found = all_rules()
    if rule_id in found:
        write_stdout(_page(found[rule_id], page(rule_id)))
        return
    promises, recorded = checks(), recorded_rules()
    if rule_id in recorded:
        write_stdout(_recorded_page(recorded[rule_id]))
        return
    if rule_id not in promises:
        near = difflib.get_close_matches(rule_id, [*found, *promises, *recorded], n=_NEAR, cutoff=0.5)
        mend = f"did you mean {', '.join(near)}?" if near else "`contractkit rules list` shows all"
        raise InputError(rule_id, "there is no such rule", mend)
    write_stdout(_check_page(promises[rule_id]))


def _check_page(check: Check) -> str:
    import textwrap

    parts = [f"{check.id} ({check.severity}): {check.summary}", check.page]
    for title, source in (("An app that breaks it", check.breaks), ("An app that keeps it", check.holds)):
        parts.append(f"{title}\n\n{textwrap.indent(source.strip(), '    ')}")
    return "\n\n".join(parts) + "\n"


def _recorded_page(rule: RecordedRule) -> str:
    parts = [f"{rule.id} ({rule.severity}): {rule.summary}", rule.page]
    for title, answer in (
        ("An answer as it was recorded", rule.recorded),
        ("An answer that this rule reports", rule.breaks),
        ("An answer on which nothing is reported", rule.holds),
    ):
        parts.append(f"{title}\n\n{_indented(answer)}")
    return "\n\n".join(parts) + "\n"


def _page(rule: Rule, text: str) -> str:
    from contractkit.model.finding import Severity

    is_break = rule.severity is Severity.BREAKING
    parts = [
        f"{rule.id} ({rule.severity}): {rule.summary}",
        text,
        _example("This breaks clients" if is_break else f"This is {rule.severity}", rule.breaks),
        _example("This breaks nobody", rule.holds),
    ]
    return "\n\n".join(parts) + "\n"


def _example(title: str, example: Example) -> str:
    before, after = (_indented(fragment) for fragment in (example.before, example.after))
    return f"{title}: {example.place}, before\n\n{before}\n\nand after\n\n{after}"


def _indented(fragment: object) -> str:
    import textwrap

    return textwrap.indent(as_yaml(fragment), "    ")


def as_yaml(fragment: object) -> str:
    """Return the fragment of an example as YAML, without a newline at its end."""
    import yaml

    text = yaml.safe_dump(_copied(fragment), sort_keys=False, allow_unicode=True, width=100)
    return text.removesuffix("...\n").rstrip()


def _copied(value: object) -> object:
    """Return a copy without shared parts, which YAML would write as anchors and aliases."""
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return value
