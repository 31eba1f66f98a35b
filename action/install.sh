# Install contractkit as it lies beside this file, and what the project's app needs.
set -euo pipefail

words=()
read -r -a words -d '' <<<"$CONTRACTKIT_INSTALL" || true
python -m pip install --quiet --disable-pip-version-check "${words[@]}" "$CONTRACTKIT_ACTION"
