"""The page "latency went up", followed step by step on the fault of the slow answer."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.sample_app.serving import ROOT, served, stop

PAGE = ROOT / "sample_app" / "docs" / "latency.md"

LEAN = """
import sys
import sample_app.main
import sample_app.lifespan
print(sorted({"opentelemetry.sdk", "pyinstrument"} & set(sys.modules)))
"""


def step(number: int, **variables: str) -> str:
    """What the command of a step prints."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {number}. ")[1].split("\n## ")[0]
    (command,) = re.findall(r"^```\n(.*?)^```$", section, flags=re.MULTILINE | re.DOTALL)
    done = subprocess.run(
        ["sh", "-c", command],
        env={**os.environ, "no_proxy": "*", **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


def test_the_steps_lead_to_the_line_that_is_slow(
    tmp_path: Path, data_dir: Path, demo: tuple[Path, dict[str, str]]
) -> None:
    (temporary := tmp_path / "tmp").mkdir()
    profiles, log = tmp_path / "profiles", tmp_path / "log"
    settings = {
        "SAMPLE_APP_FAULT": "failed-orders-slow",
        "SAMPLE_APP_PROFILE_DIR": str(profiles),
        "SAMPLE_APP_DATA_DIR": str(data_dir),
    }
    with served(temporary, **settings) as (server, client):
        client.headers["Authorization"] = f"Bearer {demo[1]['bob']}"  # to sign in is slow, too
        assert [client.get("/v2/orders").status_code for _ in range(3)] == [200] * 3
        slow = client.get("/v2/orders", params={"status": "failed"}, headers={"X-Request-ID": "the-slow-one"})
        assert slow.status_code == 200
        base = str(client.base_url)
        route = step(1, BASE=base)
        held_up = step(2, BASE=base)
        log.write_text(stop(server), encoding="utf-8")
    assert route.startswith('http_request_duration_seconds_sum{method="GET",route="/v2/orders"} ')
    assert sorted(line.split()[0] for line in held_up.splitlines()) == [
        "background_tasks_under_way",
        "calculations_waiting",
        "database_pool_checked_out",
        "database_pool_waiting",
        "event_loop_lag_seconds",
        "http_requests_under_way",
    ]
    line = step(3, LOG=str(log))
    said = dict(re.findall(r"(cause|method|route|status|request_id)=(\S+)", line))
    assert said == {
        "cause": "orders.page",
        "method": "GET",
        "route": "/v2/orders",
        "status": "200",
        "request_id": "the-slow-one",
    }
    assert (profiles / "the-slow-one.txt").is_file()
    profile = step(5, SAMPLE_APP_PROFILE_DIR=str(profiles))
    assert re.search(r"dawdle\s+sample_app/faults/__init__\.py", profile), profile


def test_without_the_settings_nothing_of_it_is_imported() -> None:
    done = subprocess.run([sys.executable, "-c", LEAN], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
