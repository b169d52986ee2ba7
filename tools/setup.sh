#!/usr/bin/env bash
# Make the virtual environment and install the project with all extras.
set -euo pipefail
: "${VENV:=.venv}" "${PYTHON:=python3}"

"$PYTHON" -c 'import sys; raise SystemExit(sys.version_info[:2] < (3, 11))' 2>/dev/null || {
  echo "Python 3.11 or newer is needed. On Debian or Ubuntu: sudo apt-get install python3 python3-venv" >&2
  exit 1
}
if ! "$PYTHON" -c 'import ensurepip' 2>/dev/null; then
  version=$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq "python$version-venv" || apt-get install -y -qq python3-venv
  else
    echo "The venv module is missing. On Debian or Ubuntu: sudo apt-get install python$version-venv" >&2
    exit 1
  fi
fi
[ -x "$VENV/bin/python" ] || "$PYTHON" -m venv "$VENV"
echo "Installing Wenqu into $VENV …"
pip() { "$VENV/bin/python" -m pip --disable-pip-version-check -q "$@"; }

# uv installs the same wheels with a quarter of the work. It is told what pip was told about where
# packages come from; where it cannot be had or fails, pip does it.
asked=$("$VENV/bin/python" -m pip config list 2>/dev/null) || asked=
configured() { sed -n "s/^[^.]*\.$1='\(.*\)'\$/\1/p" <<<"$asked" | tail -n 1; }
uv_install() {
  local index extra links cert
  index=$(configured index-url) extra=$(configured extra-index-url)
  links=$(configured find-links) cert=$(configured cert)
  env ${index:+UV_DEFAULT_INDEX="$index"} ${extra:+UV_INDEX="$extra"} ${cert:+SSL_CERT_FILE="$cert"} \
    ${links:+UV_FIND_LINKS="${links// /,}"} UV_INDEX_STRATEGY=unsafe-best-match \
    "$uv" pip install -q --compile-bytecode --python "$VENV/bin/python" "$@"
}
uv=$(command -v uv) || { pip install uv && uv=$VENV/bin/uv; } || uv=
if [ -n "$uv" ] && uv_install pip 'setuptools>=77' wheel -e '.[all]'; then exit; fi

pip install -U pip 'setuptools>=77' wheel
if ! pip install -e '.[all]'; then
  # A wheel that this platform lacks must not stop everything: install extra by extra.
  pip install -e '.[test]'
  for extra in fast semantic postgres; do
    pip install -e ".[$extra]" || echo "Optional extra [$extra] is not available here; going on without it." >&2
  done
fi
