#!/bin/sh
# Make a virtual environment: make_venv.sh FOLDER [PYTHON]. One that works already is left alone.
set -eu

folder=$1
wanted=${2:-}

works() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

if works "$folder/bin/python" && "$folder/bin/python" -m pip --version >/dev/null 2>&1; then
    exit 0
fi

for python in ${wanted:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
    # A name on PATH may be a shim that runs nothing, and some systems leave ensurepip, which venv needs, out.
    if works "$python" && "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        echo "Making $folder with $("$python" -c 'import sys; print("Python", sys.version.split()[0])') ..."
        exec "$python" -m venv --clear "$folder"
    fi
done

echo "no Python ${wanted:+named $wanted }of version 3.11 or newer that can make virtual environments was found;" \
    "install one (on Debian and Ubuntu also the package python3-venv), or name it: make PYTHON=/path/to/python" >&2
exit 2
