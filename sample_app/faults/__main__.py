"""``python -m sample_app.faults``: the list of all faults."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict

from sample_app.faults import REGISTRY, Fault


def main(argv: Sequence[str] | None = None) -> int:
    """List the faults on stdout; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m sample_app.faults", description="List the app's deliberate faults."
    )
    parser.add_argument("--json", action="store_true", help="print a JSON list instead of text")
    options = parser.parse_args(argv)
    listed = REGISTRY.values()
    text = json.dumps([asdict(fault) for fault in listed], indent=2) if options.json else "\n".join(map(_told, listed))
    try:
        print(text, flush=True)
    except BrokenPipeError:  # the reader (`| head`) has seen enough; what is still buffered goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _told(fault: Fault) -> str:
    return "\n".join(
        (
            f"{fault.name} ({fault.kind})",
            f"  where:        {', '.join(fault.where)}",
            f"  client sees:  {fault.client_sees}",
            f"  {fault.found_by} says:    {fault.finding}",
        )
    )


if __name__ == "__main__":
    sys.exit(main())
