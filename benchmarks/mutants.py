"""What `contractkit diff` and oasdiff say to known breaks and known rewrites of real documents, side by side.

    python benchmarks/mutants.py FILE ... [--each N] [--seed N] [--kind NAME ...]

Each document (JSON or YAML, such as `contractkit pull` writes) is changed as `contractkit selftest` does it, and both
programs judge the same files: contractkit with an empty configuration, oasdiff as `oasdiff breaking --fail-on ERR`. A
break counts as caught where the program fails, a rewrite as a false alarm where it does; what contractkit could not
decide is counted besides. oasdiff is left out where it is not on PATH (`go install github.com/oasdiff/oasdiff@latest`).
To be run by hand; nothing is asserted.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from contractkit.api.selftesting import selftest
from contractkit.model.contract import Contract
from contractkit.model.policy import Policy
from contractkit.model.selftest import Said, Trial
from contractkit.mutants.make import KINDS
from contractkit.sources.config import load_config
from contractkit.sources.load import load

TIME_LIMIT = 60.0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--each", type=int, default=3, help="changes of one kind and document")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", action="append", metavar="NAME")
    arguments = parser.parse_args()
    chosen = [kind for kind in KINDS if arguments.kind is None or kind.name in arguments.kind]
    rival = shutil.which("oasdiff")
    made, ours, theirs = Counter[str](), Counter[str](), Counter[str]()
    undecided = failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = load_config(folder)
        for file in arguments.files:
            contract = load(str(file.resolve()))
            found = selftest(contract, config, Policy(), seed=arguments.seed, each=arguments.each, kinds=chosen)
            _write(folder / "base.json", contract)
            for trial in found.trials:
                made[trial.kind] += 1
                ours[trial.kind] += not trial.passes
                undecided += trial.said is Said.UNDECIDED
                if rival:
                    code = _oasdiff(rival, folder, trial)
                    theirs[trial.kind] += code == 1
                    failed += code not in (0, 1)
            print(
                f"{file.name}: {len(found.trials)} changes, {len(found.bad)} judged wrongly by contractkit", flush=True
            )
    for title, breaks in (("breaks, caught by", True), ("rewrites, false alarms of", False)):
        print(f"\n{title:36}{'made':>6}{'contractkit':>13}{'oasdiff':>9}")
        rows = [kind.name for kind in chosen if kind.breaks is breaks and made[kind.name]]
        for row in rows:
            print(f"{row:36}{made[row]:>6}{ours[row]:>13}{theirs[row] if rival else '-':>9}")
        total = sum(made[row] for row in rows)
        shares = [f"{sum(counts[row] for row in rows) / max(1, total):.1%}" for counts in (ours, theirs)]
        print(f"{'all':36}{total:>6}{shares[0]:>13}{shares[1] if rival else '-':>9}")
    print(f"\nundecided by contractkit: {undecided}; not judged by oasdiff (an error): {failed}")
    return 0


def _write(file: Path, contract: Contract) -> None:
    file.write_text(json.dumps(contract.document), encoding="utf-8")


def _oasdiff(program: str, folder: Path, trial: Trial) -> int:
    """Return the exit code of oasdiff for a changed document: 1 where it finds an error, 0 where not."""
    changed = folder / "revision.json"
    changed.write_text(json.dumps(trial.document), encoding="utf-8")
    command = [program, "breaking", "--fail-on", "ERR", str(folder / "base.json"), str(changed)]
    try:
        return subprocess.run(command, capture_output=True, timeout=TIME_LIMIT, check=False).returncode
    except subprocess.TimeoutExpired:
        return -1


if __name__ == "__main__":
    raise SystemExit(main())
