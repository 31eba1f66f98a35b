"""`make demo`: what it shows, its exit code, and that it leaves nothing behind."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
REPORT_OF_THE_BREAK = """\
POST /v2/orders
  breaking  `delivery_country` is new and required
    where      request body.delivery_country, in OrderCreate
    file       sample_app/orders/schemas.py:30
    before     -
    after      true
"""


def demo(temporary: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ".ci/demo.py"],
        cwd=ROOT,
        # What the user has set for the app must not change what the demo shows.
        env={**os.environ, "TMPDIR": str(temporary), "SAMPLE_APP_FAULT": "product-stock-dropped"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_demo_shows_a_clean_run_then_a_break_and_its_proof_on_the_running_app(tmp_path: Path) -> None:
    done = demo(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    told = [line for line in done.stdout.splitlines() if re.match(r"\$ |exit code |\d\d\d ", line)]
    assert [re.sub(r"TEA-001-[0-9a-f-]{36}", "TEA-001-…", line) for line in told] == [
        "$ contractkit diff",
        "exit code 0",
        "$ SAMPLE_APP_FAULT=order-country-required contractkit diff",
        "exit code 1",
        "$ SAMPLE_APP_FAULT=order-country-required contractkit diff --format json --fail-on never",
        "$ uvicorn sample_app.main:app",
        '202  {"order_id": "TEA-001-…", "status": "pending"}',
        "$ SAMPLE_APP_FAULT=order-country-required uvicorn sample_app.main:app",
        "422  body.delivery_country: Field required",
    ]
    assert done.stdout.count(REPORT_OF_THE_BREAK) == 1
    assert list(tmp_path.iterdir()) == []
