"""The report of a self-test: a table for a person, and JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from contractkit.model.selftest import Row, Said, Selftest, Trial
from contractkit.report.json_report import SCHEMA_VERSION
from contractkit.report.jsontext import pretty_json, sane
from contractkit.report.terminal import Terminal, visible

_BREAKS = (("caught", Said.CAUGHT), ("allowed", Said.ALLOWED), ("undecided", Said.UNDECIDED), ("missed", Said.MISSED))
_REWRITES = (("quiet", Said.QUIET), ("undecided", Said.UNDECIDED), ("false alarms", Said.FALSE_ALARM))
_WHY = {
    Said.MISSED: "no breaking finding",
    Said.ALLOWED: "a breaking finding, let through by an approval or the configuration",
    Said.UNDECIDED: "it could not be decided",
    Said.FALSE_ALARM: "a finding, though nothing changed for clients",
}
_Columns = Sequence[tuple[str, Said]]


def render_selftest_text(found: Selftest, terminal: Terminal | None = None, *, kept: str | None = None) -> str:
    """Return the report as text, with a newline at its end.

    Args:
        found: the self-test.
        terminal: width and colour; without it plain text.
        kept: the folder that holds the documents that were judged wrongly.
    """
    screen = terminal or Terminal()
    contract = found.contract
    name = f"{contract.title} {contract.version} ({contract.source})".strip()
    lines = [f"contract  {visible(name)}", f"seed      {found.seed}", ""]
    for title, columns, breaks in (("breaking edits", _BREAKS, True), ("equivalent rewrites", _REWRITES, False)):
        rows = [row for row in found.rows if row.breaks is breaks]
        if rows:
            lines += [*_table(title, columns, rows, screen), ""]
    if found.behaviours:
        lines += [*_behaviours(found, screen), ""]
    if found.absent:
        lines += [*screen.folded(f"no place for: {', '.join(found.absent)}", "", "  "), ""]
    for trial in found.trials:
        if not trial.is_good or trial.said in _WHY:
            lines += _told(trial, screen)
    if kept is not None and found.bad:
        lines += [f"to look at one: contractkit diff {kept}/contract.json {kept}/{file_of(found.bad[0])}", ""]
    lines.append(_summary(found, screen))
    return "\n".join(line.rstrip() for line in lines) + "\n"


def file_of(trial: Trial) -> str:
    """Return the name of the file that holds a changed document."""
    return f"{trial.kind}-{trial.number}.json"


def _table(title: str, columns: _Columns, rows: Sequence[Row], screen: Terminal) -> Iterator[str]:
    width = max(len(title), *(len(row.kind) for row in rows))
    head = "  ".join(("made", *(f"{name:>9}" for name, _ in columns)))
    yield screen.style(f"{title:<{width}}  {head}", "bold")
    for row in rows:
        cells = "  ".join(f"{row.counts.get(said, 0) or '.':>{max(9, len(name))}}" for name, said in columns)
        yield f"{row.kind:<{width}}  {row.made:>4}  {cells}"


def _behaviours(found: Selftest, screen: Terminal) -> Iterator[str]:
    """Yield the table of what the app did wrong, and then what nobody noticed."""
    kinds = list(dict.fromkeys(one.kind for one in found.behaviours))
    title = "broken behaviour"
    width = max(len(title), *map(len, kinds))
    yield screen.style(f"{title:<{width}}  made  {'reached':>9}  {'by fuzz':>9}  {'by replay':>9}", "bold")
    for kind in kinds:
        rows = [one for one in found.behaviours if one.kind == kind]
        cells = (
            sum(one.reached for one in rows),
            sum(bool(one.fuzz) for one in rows),
            sum(bool(one.replay) for one in rows),
        )
        shown = "  ".join(f"{cell or '.':>9}" for cell in cells)
        yield f"{kind:<{width}}  {len(rows):>4}  {shown}"
    for one in found.behaviours:
        if not one.noticed:
            why = "not noticed" if one.reached else "no request came that far"
            yield from screen.folded(f"{one.kind} at {visible(one.where)}: {why}", "  ", "    ")


def _told(trial: Trial, screen: Terminal) -> list[str]:
    word = "breaks, and passes" if trial.breaks else "means the same, and fails"
    if trial.is_good:
        word = "not decided"
    style = "red" if not trial.is_good else "yellow"
    text = f"{trial.kind} at {visible(trial.where)}: {_WHY.get(trial.said, '')}"
    spoke = f" ({', '.join(trial.rules[:3])})" if trial.rules else ""
    return [screen.style(word, style), *screen.folded(f"{text}{spoke}", "  ", "  "), ""]


def _summary(found: Selftest, screen: Terminal) -> str:
    breaks = [trial for trial in found.trials if trial.breaks]
    rewrites = [trial for trial in found.trials if not trial.breaks]
    parts = []
    if breaks:
        parts.append(f"{sum(not one.passes for one in breaks)} of {len(breaks)} breaks are stopped")
    if rewrites:
        parts.append(f"{sum(one.passes for one in rewrites)} of {len(rewrites)} rewrites pass")
    if found.behaviours:
        noticed = sum(one.noticed for one in found.behaviours)
        parts.append(f"{noticed} of {len(found.behaviours)} broken behaviours are noticed")
    return screen.style(", ".join(parts) or "nothing could be changed", "red" if found.fails else "green")


def render_selftest_json(found: Selftest) -> str:
    """Return the report as JSON text in ASCII, with a newline at its end."""
    contract = found.contract
    values: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "kind": "selftest",
        "contract": {
            "source": contract.source,
            "title": contract.title,
            "version": contract.version,
            "digest": contract.digest,
        },
        "seed": found.seed,
        "kinds": [
            {
                "kind": row.kind,
                "says": row.says,
                "breaks": row.breaks,
                "made": row.made,
                "counts": {str(said): count for said, count in sorted(row.counts.items())},
            }
            for row in found.rows
        ],
        "absent": list(found.absent),
        "trials": [
            {
                "kind": trial.kind,
                "number": trial.number,
                "where": trial.where,
                "breaks": trial.breaks,
                "said": str(trial.said),
                "passes": trial.passes,
                "rules": list(trial.rules),
            }
            for trial in found.trials
        ],
        "behaviours": [
            {
                "kind": one.kind,
                "where": one.where,
                "reached": one.reached,
                "fuzz": list(one.fuzz),
                "replay": list(one.replay),
            }
            for one in found.behaviours
        ],
        "fails": found.fails,
    }
    return pretty_json(sane(values)) + "\n"
