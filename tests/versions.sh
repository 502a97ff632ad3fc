#!/usr/bin/env bash
# The tests of the device's packages on every supported Python found here, beside that of .venv, which
# `make test` uses: what `make test-versions` runs.
#
# QUICK=1 runs a part of the tests, for CI. Each gets a folder with the test tools. A Python that is not on this machine is named and left out;
# none beside that of .venv is a failure. `make test-forky` brings 3.14, in a file system of its own below .arm.
set -euo pipefail
cd "$(dirname "$0")/.."

find_python() {
    local candidate
    for candidate in "$HOME"/.pyenv/versions/"$1".*/bin/python3 "$(command -v "python$1" || true)" \
        "$PWD"/.arm/root-amd64-*/usr/bin/python3; do
        if [ -x "$candidate" ] && "$candidate" -c 'import sys, venv, ssl, sqlite3
sys.exit("%d.%d" % sys.version_info[:2] != sys.argv[1])' "$1" 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
}

suites=(tests/aws tests/runtime)
# QUICK=1: what hangs on the Python or on what comes with it. msgspec's messages and how deep
# recursion goes; dates and time zones; ssl and sockets; sqlite3; tomllib or tomli; processes, signals
# and forks; what is imported.
if [ -n "${QUICK:-}" ]; then
    suites=(
        tests/aws/test_{msgspec_messages,bad_input,boto3_syntax,codecs,sagemaker_edge,timestamps}.py
        tests/aws/test_{unions,xml_codecs}.py
        tests/aws/test_hostile_answers.py::test_{corpus,any_answer_is_a_result_or_a_service_error}
        tests/aws/test_hostile_answers.py::test_json_in_a_header_that_is_nested_too_deeply_is_handed_on
        tests/runtime/test_{clock,credentials,dates,fork,log,metrics,notify,package}.py
        tests/runtime/test_{settings,spool}.py tests/runtime/{client,config,transport}
        tests/runtime/deployments/test_{hooks,journal,rows}.py
    )
fi

usual=$(.venv/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
tested=0
for version in ${VERSIONS:-3.10 3.11 3.12 3.13 3.14}; do
    if [ "$version" = "$usual" ]; then
        continue
    fi
    python=$(find_python "$version")
    if [ -z "$python" ]; then
        echo "Python $version: not on this machine"
        continue
    fi
    venv=.venv-$version
    if [ ! -e "$venv/.ready" ] || [ pyproject.toml -nt "$venv/.ready" ]; then
        rm -rf "$venv"
        # Debian's Pythons come without pip.
        "$python" -m venv --without-pip "$venv"
        .venv/bin/python -m pip --python "$venv/bin/python" install --quiet \
            --disable-pip-version-check --editable '.[codegen,dev]'
        touch "$venv/.ready"
    fi
    echo "Python $version:"
    "$venv/bin/python" -m pytest -n 2 --dist worksteal -m 'not conformance and not sweep' \
        "${suites[@]}"
    tested=$((tested + 1))
done
if [ "$tested" -eq 0 ]; then
    echo "no Python from 3.10 to 3.14 here but that of .venv ($usual); one more is needed" >&2
    exit 1
fi
