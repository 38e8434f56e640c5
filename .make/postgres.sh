#!/usr/bin/env bash
# Runs a command with a Postgres to test against, whose address the command finds in TEST_DATABASE_URL:
#
#   .make/postgres.sh go test -race ./...
#
# If TEST_DATABASE_URL is set already, that database is taken. Otherwise this starts a throwaway cluster from the installed
# binaries, on loopback and a free port, and stops and removes it afterwards, whatever happens. As root on Debian or Ubuntu it
# installs Postgres first if need be. The directory of pgbench and its like is in PG_BIN.
#
# The cluster trades safety for speed (a crash may lose it). BENCH=1 leaves everything as it is in production.
set -euo pipefail
cd "$(dirname "$0")/.."
. .make/processes.sh

if [ $# -eq 0 ]; then
  echo "usage: .make/postgres.sh command [argument ...]" >&2
  exit 2
fi

# find_binaries prints the directory of the newest Postgres server here. It looks at PG_BIN, at the places of the common
# packages, at pg_config and at PATH.
find_binaries() {
  local dir installed
  installed=$(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin \
    /usr/local/opt/postgresql*/bin /Library/PostgreSQL/*/bin 2>/dev/null | sort -rV || true)
  # $installed is several words: a path of a package has no spaces.
  for dir in "${PG_BIN:-}" $installed "$(pg_config --bindir 2>/dev/null || true)" "$(dirname "$(command -v initdb || true)")"; do
    if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && [ -x "$dir/pg_ctl" ]; then
      echo "$dir"
      return
    fi
  done
}

# install_postgres installs the server with apt. Debian would start a cluster of its own for every server that it
# installs; the file in createcluster.d prevents that for as long as the installation takes.
install_postgres() {
  local no_cluster=/etc/postgresql-common/createcluster.d/handrail-tests.conf
  echo "Postgres is not installed: installing it with apt-get" >&2
  (
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q update
    apt-get -q install -y --no-install-recommends postgresql-common
    mkdir -p "$(dirname "$no_cluster")"
    echo 'create_main_cluster = false' >"$no_cluster"
    trap 'rm -f "$no_cluster"' EXIT
    apt-get -q install -y --no-install-recommends postgresql
  ) </dev/null >&2
}

# require_postgres leaves the directory of the binaries in $bin, or says what to do and ends the script.
require_postgres() {
  bin=$(find_binaries)
  if [ -z "$bin" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    install_postgres
    bin=$(find_binaries)
  fi
  if [ -z "$bin" ]; then
    cat >&2 <<'HELP'
The tests need a Postgres, and none is installed. One of these will do:
  Debian, Ubuntu:  sudo apt-get install postgresql        (as root the tests do this themselves)
  Fedora, RHEL:    sudo dnf install postgresql-server postgresql-contrib
  macOS:           brew install postgresql@17
  another place:   PG_BIN=/path/to/postgres/bin
  a server:        TEST_DATABASE_URL=postgres://user:password@host:5432/database
HELP
    exit 1
  fi
}

# as_owner runs a command as the user that owns the cluster: Postgres refuses to run as root.
as_owner() {
  if [ -z "$owner" ]; then
    "$@"
  elif command -v runuser >/dev/null; then
    runuser -u "$owner" -- "$@"
  else
    su -s /bin/sh "$owner" -c 'exec "$0" "$@"' -- "$@"
  fi
}

# make_cluster creates the files of the cluster under $dir.
make_cluster() {
  local sync=--no-sync locale=C
  [ "${BENCH:-}" = 1 ] && sync=
  # Upper and lower case beyond ASCII need a locale that knows them; C.UTF-8 is the same wherever it exists.
  locale -a 2>/dev/null | grep -qixE 'C\.utf-?8' && locale=C.UTF-8
  od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$dir/password"
  [ -z "$owner" ] || chown -R "$owner" "$dir"
  # shellcheck disable=SC2086 # $sync is one option or none
  as_owner "$bin/initdb" $sync -D "$dir/data" -E UTF8 --locale="$locale" -A scram-sha-256 -U handrail --pwfile="$dir/password" \
    >"$dir/initdb.log" 2>&1 || {
    echo "the throwaway Postgres could not be created:" >&2
    cat "$dir/initdb.log" >&2
    exit 1
  }
}

# start_cluster starts the cluster on a free port and leaves the port in $port. A port that is free now may be taken
# a moment later, so it tries a few.
start_cluster() {
  local speed='-c fsync=off -c synchronous_commit=off -c full_page_writes=off'
  [ "${BENCH:-}" = 1 ] && speed=
  for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 12000)) # below the range from which Linux takes the ports of outgoing connections
    listening 127.0.0.1 "$port" && continue
    if as_owner "$bin/pg_ctl" start -s -w -t 60 -D "$dir/data" -l "$dir/data/server.log" -o "-p $port -c listen_addresses=127.0.0.1 \
      -c unix_socket_directories= -c max_connections=200 -c shared_buffers=128MB $speed" </dev/null >"$dir/start.log" 2>&1; then
      return
    fi
  done
  echo "the throwaway Postgres did not start:" >&2
  cat "$dir/start.log" "$dir/data/server.log" >&2 || true
  exit 1
}

group=
dir=
owner=

# clean_up stops what this script started, in the opposite order.
clean_up() {
  trap '' INT TERM HUP
  [ -z "$group" ] || stop_group "$group"
  if [ -n "$dir" ]; then
    if [ -e "$dir/data/postmaster.pid" ]; then
      as_owner "$bin/pg_ctl" stop -s -w -m immediate -D "$dir/data" </dev/null >/dev/null 2>&1 || true
    fi
    rm -rf "$dir"
  fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

if [ -z "${TEST_DATABASE_URL:-}" ]; then
  require_postgres
  if [ "$(id -u)" = 0 ]; then
    owner=nobody
    id postgres >/dev/null 2>&1 && owner=postgres
  fi
  dir=$(scratch postgres)
  if [ -n "$owner" ] && ! as_owner test -x "$(dirname "$dir")"; then
    # The owner cannot come near TMPDIR.
    rmdir "$dir"
    dir=$(TMPDIR=/tmp scratch postgres)
  fi
  make_cluster
  start_cluster
  export TEST_DATABASE_URL="postgres://handrail:$(cat "$dir/password")@127.0.0.1:$port/postgres?sslmode=disable"
else
  bin=$(find_binaries)
fi
export PG_BIN=$bin

start_group "$@"
status=0
wait "$group" || status=$?
exit "$status"
