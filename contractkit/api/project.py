"""What `diff`, `fuzz`, `approve` and `review` share: the policy, the approvals, and what the last run found."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from contractkit.model.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date
    from pathlib import Path

    from contractkit.model.approval import Approval
    from contractkit.model.policy import Policy
    from contractkit.model.standing import Unused
    from contractkit.sources.config import Config

KINDS = ("diff", "fuzz", "replay")
"""What makes findings, each with a last report of its own."""
LAST = "last"
"""The folder below `.contractkit` that holds the last report of each kind."""


def config_of(given: bool | Config, start: Path) -> Config:
    """Return the configuration that counts.

    Args:
        given: whether there is any to search for, or the one that was found before.
        start: the folder to begin at.

    Raises:
        InputError: its file cannot be read, has an unknown key or a wrong value.
    """
    from contractkit.sources.config import Config, load_config

    if isinstance(given, Config):
        return given
    return load_config(start) if given else Config(folder=start, baselines=start / "baselines")


def policy_of(config: Config, fail_on: str | None) -> Policy:
    """Return the configured policy, with what the command line says instead.

    Raises:
        InputError: `fail_on` is no severity, or a row of `levels` names a rule that does not exist.
    """
    from contractkit.model.policy import FAIL_ON

    if fail_on is not None and fail_on not in FAIL_ON:
        raise InputError(
            f"--fail-on {fail_on}", f"there is no severity `{fail_on}`", "it may be breaking, risky or never"
        )
    policy = config.policy if fail_on is None else config.policy._replace(fail_on=fail_on)
    for row in policy.levels:
        for glob in row.rules:
            _check_rule(glob, str(config.file))
    return policy


def _check_rule(glob: str, subject: str) -> None:
    from contractkit.rules.registry import all_rules

    if glob in all_rules():
        return
    import difflib
    from fnmatch import filter as matching

    from contractkit.fuzz.check import checks
    from contractkit.replay.difference import recorded_rules

    known = [*all_rules(), *checks(), *recorded_rules()]
    if not matching(known, glob):
        near = difflib.get_close_matches(glob, known, n=1)
        mend = f"did you mean `{near[0]}`?" if near else "`contractkit rules list` lists all rules and checks"
        raise InputError(subject, f"`levels` names the rule `{glob}`, which does not exist", mend)


def today() -> date:
    """Return the day on which approvals and announced ends are judged, in UTC.

    SOURCE_DATE_EPOCH (seconds since 1970, reproducible-builds.org) sets another one, for runs that must say the same
    again.

    Raises:
        InputError: that variable holds no number.
    """
    from datetime import UTC, datetime

    given = os.environ.get("SOURCE_DATE_EPOCH", "").strip()
    try:
        now = datetime.fromtimestamp(int(given), UTC) if given else datetime.now(UTC)
    except (ValueError, OverflowError, OSError):
        raise InputError("SOURCE_DATE_EPOCH", f"`{given}` is no number of seconds", "unset it") from None
    return now.date()


def api_of(config: Config, source: str, title: str) -> str:
    """Return the name of the API that a comparison is about: of the baseline, as configured, or made of the title."""
    if source.startswith("@"):
        return source[1:].partition(":")[0]
    if config.api:
        return config.api
    from contractkit.store.names import slug

    return slug(title)


def approvals_of(config: Config, api: str) -> tuple[Approval, ...]:
    """Return the approvals of an API; none where it has no such folder.

    Raises:
        InputError: one of them cannot be read.
    """
    if not api or not (config.baselines / api / "approvals").is_dir():
        return ()
    from contractkit.store.approvals import ApprovalStore

    return ApprovalStore(config.baselines, api).all()


def stored_digests(config: Config, api: str, approvals: Iterable[Approval]) -> frozenset[str]:
    """Return the digests of the stored contracts of an API; asked for only where there are approvals."""
    if not approvals:
        return frozenset()
    from contractkit.store.baselines import BaselineStore

    store = BaselineStore(config.baselines)
    return frozenset(one.digest for one in store.records(api)) if api in store.names() else frozenset()


def unused_lines(unused: Iterable[Unused]) -> list[str]:
    """Return a line for stderr for each approval that does not count."""
    from contractkit.report.terminal import visible

    return [
        visible(
            f"warning: the approval of {one.approval.finding} ({one.approval.rule}) by {one.approval.by} {one.why}; "
            "`contractkit approvals prune` removes it"
        )
        for one in unused
    ]


def keeps_reports(config: Config) -> bool:
    """Whether there is a configuration or a folder of baselines: elsewhere there is nothing to approve."""
    return config.file is not None or config.baselines.is_dir()


def remember(config: Config, kind: str, render: Callable[[], str]) -> None:
    """Keep the JSON report of a run, from which `contractkit approve` and `contractkit review` take its findings.

    A folder that cannot be written to is no error.
    """
    if not keeps_reports(config):
        return
    from contractkit.store.files import encode, write_atomically
    from contractkit.store.leavings import leavings

    try:
        folder = leavings(config.folder, LAST)
        write_atomically(folder / f"{kind}.json", encode(render()))
    except (InputError, OSError):
        return


def last_report(config: Config, kind: str) -> Path:
    """Return the file of the last report of a kind; it need not be there."""
    return config.folder / ".contractkit" / LAST / f"{kind}.json"


def read_reports(file: Path, subject: str) -> list[dict[str, Any]]:
    """Return the reports in a JSON file: one, or those of several baselines.

    Raises:
        InputError: it cannot be read, or is no report of contractkit.
    """
    import json

    mend = "name a file that `contractkit diff` or `contractkit fuzz` wrote with --format json:FILE"
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(subject, "no such file", mend) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(subject, f"cannot be read ({error})", mend) from None
    except ValueError as error:
        raise InputError(subject, f"not JSON: {error}", mend) from None
    from contractkit.report.reading import read_reports as read

    read(value, subject)  # names what is missing or wrong in it
    rows: list[dict[str, Any]] = value["reports"] if value["kind"] == "diffs" else [value]
    return rows
