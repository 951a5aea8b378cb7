#!/bin/sh
# Installs the programs in Node with which the tests check certificates, when package-lock.json here changed.
set -eu
cd "$(dirname "$0")/../.."
unset CDPATH
. frontend/node.sh

here=tests/foreign
if ! cmp -s $here/package-lock.json $here/node_modules/.installed-from; then
    run_npm ci --prefix $here --no-audit --no-fund --loglevel=error >/dev/null
    cp $here/package-lock.json $here/node_modules/.installed-from
fi
printf '%s' "$node" >$here/node_modules/.node # last: whoever finds it finds all
