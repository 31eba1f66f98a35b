#!/bin/sh
# Build the wheel, install it alone into a new environment, and run it there: try_wheel.sh PYTHON.
set -eu

python=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$python" -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir "$folder" .
"$python" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --constraint .ci/constraints.txt "$folder"/*.whl

cp docs/examples/shop-1.0.yaml docs/examples/shop-1.1.yaml "$folder"
cd "$folder"
venv/bin/contractkit --version
venv/bin/contractkit diff shop-1.0.yaml shop-1.0.yaml
code=0
venv/bin/contractkit diff shop-1.0.yaml shop-1.1.yaml || code=$?
if [ "$code" -ne 1 ]; then
    echo "the comparison that breaks ended with exit code $code instead of 1" >&2
    exit 1
fi
