#!/usr/bin/env bash
# Makes sure of a C compiler, which Go's race detector needs. As root on Debian or Ubuntu it installs one.
set -euo pipefail
compiler=$(go env CC)
command -v "${compiler%% *}" >/dev/null && exit
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "There is no C compiler: installing gcc with apt-get" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q update </dev/null >&2
  apt-get -q install -y --no-install-recommends gcc libc6-dev </dev/null >&2
  exit
fi
cat >&2 <<HELP
The tests run with Go's race detector, which needs a C compiler, and there is no $compiler. One of these will do:
  Debian, Ubuntu:  sudo apt-get install gcc libc6-dev
  Fedora, RHEL:    sudo dnf install gcc
  macOS:           xcode-select --install
HELP
exit 1
