"""The lines for GitHub Actions and GitLab CI that `contractkit init` prints."""

from __future__ import annotations

import shlex

_PYTHON = "3.13"


def ci_lines(install: list[str]) -> str:
    """Return the lines to paste.

    Args:
        install: what pip installs, beside contractkit, so that the app can be imported.
    """
    command = shlex.join(["pip", "install", *install, "contractkit"])
    return f"""\
GitHub: .github/workflows/contract.yml

    on: pull_request
    permissions:
      contents: read
    jobs:
      contract:
        runs-on: ubuntu-latest
        steps:
          - uses: actions/checkout@v4
          - uses: actions/setup-python@v5
            with:
              python-version: "{_PYTHON}"
          - run: {command}
          - run: contractkit diff --format github

GitLab: .gitlab-ci.yml

    contract:
      image: python:{_PYTHON}
      script:
        - {command}
        - contractkit diff --format text --format gitlab:gl-code-quality-report.json
      artifacts:
        when: always
        reports:
          codequality: gl-code-quality-report.json
"""
