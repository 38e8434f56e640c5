#!/bin/sh
# Prints a directory for Go's caches if the usual place cannot be written (an account without a home, a read-only system),
# and nothing otherwise. The Makefile asks it.
set -eu
usual=$(go env GOCACHE 2>/dev/null) || usual=
if [ -n "$usual" ] && mkdir -p "$usual" 2>/dev/null && [ -w "$usual" ]; then
  exit 0
fi
place=${TMPDIR:-/tmp}/handrail-go-$(id -u)
mkdir -p -m 700 "$place"
# The path can be guessed, and what is in it will be run: it must be ours.
if [ ! -O "$place" ]; then
  echo "$place belongs to another user; set GOCACHE and GOMODCACHE to directories that you may write" >&2
  exit 1
fi
echo "$place"
