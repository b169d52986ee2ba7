#!/usr/bin/env bash
# All tests: the whole suite on this Python, the unit tests on every other supported Python found.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ $# -gt 0 ]; then exec pytest -q "$@"; fi

here=$(python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
for version in 3.11 3.12 3.13; do
  [ "$version" = "$here" ] && continue
  other=$(command -v "python$version" || true)
  [ -n "$other" ] && "$other" -c '' 2>/dev/null || continue
  venv=".venv-$version"
  if [ ! -e "$venv/.wenqu-stamp" ] || [ setup.cfg -nt "$venv/.wenqu-stamp" ]; then
    VENV="$venv" PYTHON="$other" bash tools/setup.sh
    touch "$venv/.wenqu-stamp"
  fi
  echo "== unit tests on Python $version"
  "$venv/bin/python" -m pytest -q -n 2 -m "not e2e and not postgres" -p no:cacheprovider
done
echo "== all tests on Python $here"
pytest -q -n 2 -m "not e2e"
pytest -q -m e2e
