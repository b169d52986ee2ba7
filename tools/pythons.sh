#!/usr/bin/env bash
# Make a virtual environment for every other supported Python found, and print their folders.
set -euo pipefail
cd "$(dirname "$0")/.."

# A version manager's shim may exist for a Python that is not chosen; only one that runs counts.
find_python() {
  for candidate in "python$1" /usr/bin/python"$1" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$1".*/bin/python3; do
    if "$candidate" -c 'import venv' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  return 1
}

here=$(python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
for version in 3.11 3.12 3.13; do
  [ "$version" = "$here" ] && continue
  other=$(find_python "$version") || continue
  venv=".venv-$version"
  if [ ! -e "$venv/.wenqu-stamp" ] || [ setup.cfg -nt "$venv/.wenqu-stamp" ]; then
    VENV="$venv" PYTHON="$other" bash tools/setup.sh >&2
    touch "$venv/.wenqu-stamp"
  fi
  echo "$venv"
done
