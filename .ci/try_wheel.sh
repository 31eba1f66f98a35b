#!/bin/sh
# Build the wheel, install it alone into a new environment, and run it there: try_wheel.sh PYTHON.
set -eu

case $1 in /*) python=$1 ;; *) python=$PWD/$1 ;; esac
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$python" -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir "$folder" .
# The same files give the same bytes, wherever and whenever they are built.
mkdir "$folder/copy" "$folder/again"
cp -R contractkit pyproject.toml README.md LICENSE "$folder/copy"
(cd "$folder/copy" && "$python" -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir "$folder/again" .)
cmp "$folder"/*.whl "$folder"/again/*.whl
"$python" -m venv "$folder/venv"
"$python" -m venv "$folder/fresh"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check --constraint .ci/constraints.txt "$folder"/*.whl

# The README's way from nothing to a failing check: the blocks `python my_shop/main.py` and `sh wheel`, run as they stand.
block() { awk -v fence='```'"$1" '$0 == fence { on = 1; next } /^```/ { on = 0 } on' README.md; }
mkdir -p "$folder/shop/my_shop"
block 'python my_shop/main.py' >"$folder/shop/my_shop/main.py"
block 'sh wheel' >"$folder/commands"
grep -v '^contractkit' .ci/constraints.txt >"$folder/constraints"
for wheel in "$folder"/*.whl; do echo "contractkit @ file://$wheel" >>"$folder/constraints"; done

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

export PATH="$folder/fresh/bin:$PATH" PIP_CONSTRAINT="$folder/constraints" PIP_QUIET=1 PIP_DISABLE_PIP_VERSION_CHECK=1
export GIT_AUTHOR_NAME=Reader GIT_AUTHOR_EMAIL=reader@example.com GIT_COMMITTER_NAME=Reader
export GIT_COMMITTER_EMAIL=reader@example.com
cd "$folder/shop"
git init --quiet
count=0
code=0
while IFS= read -r command; do
    if [ "$code" -ne 0 ]; then
        echo "command $count of the README failed before its last one" >&2
        exit 1
    fi
    count=$((count + 1))
    sh -c "$command" </dev/null || code=$?
done <"$folder/commands"
if [ "$count" -gt 5 ] || [ "$code" -ne 1 ]; then
    echo "the $count commands of the README ended with exit code $code; five at most should end with 1" >&2
    exit 1
fi
