#!/bin/sh
# Installs the front end's packages when package-lock.json changed, then builds lms/web/static/.   sh frontend/setup.sh
set -eu
cd "$(dirname "$0")/.."
unset CDPATH
. frontend/node.sh

# What was installed from which lock file is written down last, so that an interrupted set-up begins again.
if ! cmp -s package-lock.json node_modules/.installed-from; then
    run_npm ci --no-audit --no-fund --loglevel=error >/dev/null
    cp package-lock.json node_modules/.installed-from
fi
exec "$node" frontend/build.mjs "$@"
