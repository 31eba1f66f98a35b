"""`contractkit rules`: what the rules are, and the page of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from contractkit.rules.examples import Example
    from contractkit.rules.rule import Rule

_NEAR = 3
_HELP = """Show the rules, and the page of each.

\b
contractkit rules list
contractkit rules show request-property-became-required
"""
_SHOW_HELP = """Show the page of a rule.

It tells what the change is, why it breaks clients and what to do instead, and shows two examples.

\b
contractkit rules show operation-removed
"""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    group = typer.Typer(invoke_without_command=True, rich_markup_mode=None, add_completion=False)
    group.callback(help=_HELP)(rules)
    group.command("list")(list_rules)
    group.command("show", help=_SHOW_HELP)(show_rule)
    app.add_typer(group, name="rules")


def rules(context: typer.Context) -> None:
    """List every rule where no subcommand says otherwise."""
    if context.invoked_subcommand is None:
        list_rules()


def list_rules() -> None:
    """List every rule with its severity and what it is about."""
    from contractkit.cli.output import write_stdout
    from contractkit.rules.registry import all_rules

    found = all_rules().values()
    width = max(len(rule.id) for rule in found)
    write_stdout("".join(f"{rule.id:<{width}}  {rule.severity:<8}  {rule.summary}\n" for rule in found))


def show_rule(rule_id: Annotated[str, typer.Argument(metavar="ID", help="The rule's id, as reports name it.")]) -> None:
    """Show the page of one rule; an unknown id is an InputError that names the nearest ones."""
    import difflib

    from contractkit.cli.output import write_stdout
    from contractkit.model.errors import InputError
    from contractkit.rules.registry import all_rules, page

    found = all_rules()
    if rule_id not in found:
        near = difflib.get_close_matches(rule_id, found, n=_NEAR, cutoff=0.5)
        mend = f"did you mean {', '.join(near)}?" if near else "`contractkit rules list` shows all"
        raise InputError(rule_id, "there is no such rule", mend)
    write_stdout(_page(found[rule_id], page(rule_id)))


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

    import yaml

    text = yaml.safe_dump(_copied(fragment), sort_keys=False, allow_unicode=True, width=100)
    return textwrap.indent(text.removesuffix("...\n").rstrip(), "    ")


def _copied(value: object) -> object:
    """Return a copy without shared parts, which YAML would write as anchors and aliases."""
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return value
