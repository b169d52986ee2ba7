#!/usr/bin/env bash
# The gate: lint, layout, types, import contracts, migrations and docs.
set -euo pipefail
cd "$(dirname "$0")/.."
ruff check .
ruff format --check .
mypy
lint-imports
python tools/write_docs.py --check
python tools/messages.py --check
