#!/usr/bin/env bash
# Install the system packages that the tests drive for real: browser, mail servers, PostgreSQL.
set -euo pipefail
missing=()
need() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || missing+=("$2"); }
need chromium chromium
need dovecot dovecot-core
need smtpd opensmtpd
dpkg -s dovecot-imapd >/dev/null 2>&1 || missing+=(dovecot-imapd)
dpkg -s dovecot-lmtpd >/dev/null 2>&1 || missing+=(dovecot-lmtpd)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
[ -n "$(fc-list :lang=zh family 2>/dev/null)" ] || missing+=(fonts-noto-cjk)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing for the tests: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  # The packages' own services are not wanted: the tests start servers of their own.
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d.wenqu && chmod +x /usr/sbin/policy-rc.d.wenqu
  [ -e /usr/sbin/policy-rc.d ] || { cp /usr/sbin/policy-rc.d.wenqu /usr/sbin/policy-rc.d; trap 'rm -f /usr/sbin/policy-rc.d' EXIT; }
  rm -f /usr/sbin/policy-rc.d.wenqu
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "The tests need these packages: sudo apt-get install ${missing[*]}" >&2
  exit 1
fi
