#!/usr/bin/env bash
# The device's packages and their tests on every supported Python found here: what `make test-versions` runs.
#
# Each gets a folder with msgspec and the test tools, outside of .venv. A Python that is not on this machine is named and
# left out; fewer than two in all is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

find_python() {
    local candidate
    for candidate in "$HOME"/.pyenv/versions/"$1".*/bin/python3 "$(command -v "python$1" || true)"; do
        if [ -x "$candidate" ] && "$candidate" -c 'import venv, ssl, sqlite3' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
}

tested=0
for version in 3.10 3.11 3.12 3.13 3.14; do
    python=$(find_python "$version")
    if [ -z "$python" ]; then
        echo "Python $version: not on this machine"
        continue
    fi
    venv=.venv-$version
    if [ ! -e "$venv/.ready" ] || [ pyproject.toml -nt "$venv/.ready" ]; then
        "$python" -m venv "$venv"
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable '.[codegen,dev]'
        touch "$venv/.ready"
    fi
    echo "Python $version:"
    "$venv/bin/python" -m pytest -n 2 -m 'not conformance' tests/aws tests/runtime
    tested=$((tested + 1))
done
if [ "$tested" -lt 2 ]; then
    echo "tested on $tested Python; at least two are needed" >&2
    exit 1
fi
