"""Writes the file of a new rule of `diff` into a checkout of contractkit: `contractkit rules new ID`."""

from __future__ import annotations

import re
from pathlib import Path

from contractkit.model.errors import InputError

_ID = re.compile(r"[a-z]+(-[a-z]+)+")
_PACKAGE = Path("contractkit") / "rules"

_TEMPLATE = '''\
"""TODO: what the change is, in one sentence.

TODO: why it breaks clients, from the client's side; `unclear` to whom, where only some break.

Instead: TODO: what to do so that nobody breaks.
"""

from __future__ import annotations

from contractkit.model.finding import Severity
from contractkit.rules.examples import operations
from contractkit.rules.rule import Rule, Selection
from contractkit.rules.wording import place

RULES = (
    Rule(
        id="{id}",
        summary="TODO: half a sentence for lists",
        severity=Severity.RISKY,  # TODO: what the change means where no proof decides
        # TODO: the changes it is about; the words are those of contractkit.model.change.Change
        selects=(Selection("operation", ("TODO-aspect",), ("removed",)),),
        message=lambda change: f"TODO: one sentence about {{place(change)}}",
        breaks=operations({{"x-todo": "before"}}, {{"x-todo": "after"}}),  # TODO: exactly this rule is reported
        holds=operations({{"x-todo": "before"}}, {{"x-todo": "before"}}),  # TODO: close by, and breaks nobody
        no_mirror="TODO: name the opposite rule in `mirror` instead, or say why there is none",
        no_witness="TODO: why no message can show the change; leave it out where one can",
    ),
)
'''


def new_rule(rule_id: str, here: Path) -> Path:
    """Write the file of a new rule and return it.

    Args:
        rule_id: the id, in kebab-case, of no other rule or check.
        here: a folder inside of the checkout.

    Raises:
        InputError: the id cannot be used, the folder is in no checkout, or the file is there already.
    """
    from contractkit.fuzz.check import checks
    from contractkit.replay.difference import recorded_rules
    from contractkit.rules.registry import all_rules

    if not _ID.fullmatch(rule_id):
        raise InputError(rule_id, "is no id of a rule", "write lower-case words with dashes: link-became-optional")
    root = next((one for one in (here, *here.parents) if _is_checkout(one)), None)
    if root is None:
        mend = "clone the repository and run this there"
        raise InputError("rules new", "this folder is in no checkout of contractkit", mend)
    if rule_id in all_rules() or rule_id in checks() or rule_id in recorded_rules():
        raise InputError(rule_id, "there is such a rule already", f"`contractkit rules show {rule_id}` shows it")
    file = root / _PACKAGE / f"{rule_id.replace('-', '_')}.py"
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(_TEMPLATE.format(id=rule_id))
    except FileExistsError:
        raise InputError(str(file), "is there already", "fill it in, or choose another id") from None
    except OSError as error:
        raise InputError(str(file), f"cannot be written ({error.strerror})", "") from error
    return file


def _is_checkout(folder: Path) -> bool:
    return (folder / _PACKAGE / "registry.py").is_file() and (folder / "pyproject.toml").is_file()
