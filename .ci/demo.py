"""`make demo`: the sample app beside its stored contract, clean and with a break, and the proof sent to both."""

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[1]
FAULT = "order-country-required"
EXPECTED = (0, 1, 202, 422)
SECONDS = 60


def main() -> int:
    """Show it; 0 if all went as it should, else 1."""
    show("1. The sample app, and the contract that is stored of it in baselines/sample-app\n")
    clean = diff()
    show(f"\n2. The same app with a deliberate fault, `{FAULT}`\n")
    broken = diff(FAULT)
    show("\n3. Is it so? The request that the report names, sent to the running app, without the fault and with it\n")
    witness = witness_of(FAULT)
    show(f"The request: {witness['method']} {witness['url']}")
    show(f"{json.dumps(witness['body'])}\n")
    accepted = answer_to(witness)
    refused = answer_to(witness, FAULT)
    came = (clean, broken, accepted, refused)
    if came != EXPECTED:
        show(f"\nThis is not what the demo is to show: {came} instead of {EXPECTED}.")
        return 1
    return 0


def diff(fault: str | None = None) -> int:
    """Run `contractkit diff` for all to see; the exit code."""
    announce("contractkit diff", fault)
    command = [sys.executable, "-m", "contractkit", "diff"]
    code = subprocess.run(command, cwd=ROOT, env=environment(fault), timeout=SECONDS, check=False).returncode
    show(f"exit code {code}")
    return code


def witness_of(fault: str) -> dict[str, Any]:
    """The request that breaks, from the report for programs."""
    options = "diff --format json --fail-on never"
    announce(f"contractkit {options}", fault)
    command = [sys.executable, "-m", "contractkit", *options.split()]
    report = subprocess.run(command, cwd=ROOT, env=environment(fault), timeout=SECONDS, check=True, capture_output=True)
    (finding,) = json.loads(report.stdout)["findings"]
    witness: dict[str, Any] = finding["witness"]
    return witness


def answer_to(witness: dict[str, Any], fault: str | None = None) -> int:
    """Send the request, as a user who has signed in, and show what the app says; the status."""
    announce("uvicorn sample_app.main:app", fault)
    with served(fault) as url, httpx.Client(base_url=url, timeout=SECONDS, trust_env=False) as client:
        login = client.post("/auth/token", data={"username": "bob", "password": "Correct-horse-7"})
        token = login.raise_for_status().json()["access_token"]
        headers = {**witness["headers"], "Authorization": f"Bearer {token}"}
        answer = client.request(witness["method"], witness["url"], json=witness["body"], headers=headers)
    body = answer.json()
    problems = [f"{'.'.join(map(str, error['location']))}: {error['message']}" for error in body.get("errors", ())]
    show(f"{answer.status_code}  {'; '.join(problems) or json.dumps(body)}")
    return answer.status_code


@contextmanager
def served(fault: str | None) -> Iterator[str]:
    """Run the app on a free port of this machine; its address.

    The socket listens before the server is there, so the first request waits for it and nobody has to ask twice.
    """
    with socket.socket() as listener, tempfile.TemporaryDirectory() as folder:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        descriptor = listener.fileno()
        command = ["uvicorn", "sample_app.main:app", "--fd", str(descriptor), "--log-level", "error"]
        server = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env={**environment(fault), "SAMPLE_APP_DATA_DIR": folder},
            pass_fds=[descriptor],
        )
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.terminate()
            server.wait(SECONDS)


def environment(fault: str | None) -> dict[str, str]:
    """The environment without settings of the sample app, but for the fault."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("SAMPLE_APP_") and name != "DATABASE_URL"
    }
    quiet = {**kept, "SAMPLE_APP_LOG_LEVEL": "error"}  # what is to be seen here are the answers
    return {**quiet, "SAMPLE_APP_FAULT": fault} if fault else quiet


def announce(command: str, fault: str | None) -> None:
    show(f"$ {f'SAMPLE_APP_FAULT={fault} ' if fault else ''}{command}")


def show(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
