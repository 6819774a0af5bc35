#!/bin/sh
# Builds the pages' bundle. $1: the folder of the environment's programs.
set -eu
bin=$1
new_enough() { "$1" -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)' 2>/dev/null; }

if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 && new_enough node; then
    npm=npm
else
    echo "No Node 20 or newer on this machine: installing the one from the Python index…"
    "$bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-node.txt
    PATH="$(cd "$bin" && pwd):$PATH"
    export PATH
    npm="$bin/npm"
fi
echo "Building the pages' bundle…"
"$npm" ci --ignore-scripts --no-audit --no-fund --silent
"$npm" run --silent build >/dev/null
