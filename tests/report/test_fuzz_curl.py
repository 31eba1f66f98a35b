import subprocess

from contractkit.model.fuzz import Step
from contractkit.report.fuzz_json import step_curl


def test_what_was_generated_is_not_for_the_shell_to_run() -> None:
    step = Step("GET", "/teas", headers={"X-Name": "$(echo ran) `echo ran` $HOME"}, credentials={"X-Key": "$BOB_X_KEY"})
    line = step_curl(step, "http://127.0.0.1")
    assert line is not None
    done = subprocess.run(
        ["sh", "-c", "curl() { printf '%s\\n' \"$@\"; }; " + line],
        env={"BOB_X_KEY": "secret"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "http://127.0.0.1/teas",
        "-H",
        "X-Name: $(echo ran) `echo ran` $HOME",
        "-H",
        "X-Key: secret",
    ]
