#!/usr/bin/env bash
# All tests: the whole suite on this Python, the unit tests on every other supported Python found.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ $# -gt 0 ]; then exec pytest -q "$@"; fi

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
venvs=$(bash tools/pythons.sh)
declare -A running
# One process each, side by side: nothing is collected twice.
for venv in $venvs; do
  "$venv/bin/python" -m pytest -q -p no:cacheprovider \
    -m "not e2e and not postgres and not integration" >"$logs/$venv" 2>&1 &
  running[$venv]=$!
done
failed=0
for venv in $venvs; do
  wait "${running[$venv]}" || failed=$?
  echo "== unit tests on Python ${venv#.venv-}"
  cat "$logs/$venv"
done
[ "$failed" = 0 ] || exit "$failed"
echo "== all tests on Python $(python -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
pytest -q -n 2
