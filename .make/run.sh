#!/usr/bin/env bash
# Builds Handrail and runs it in local mode on its embedded database, with Microsoft's Agents Playground beside it if Node is
# here. Ctrl-C stops both. From the environment it takes HANDRAIL_ADDR (127.0.0.1:3978), HANDRAIL_DATA (./.handrail-data) and
# PLAYGROUND_PORT (56150).
set -euo pipefail
cd "$(dirname "$0")/.."
. .make/processes.sh

address=${HANDRAIL_ADDR:-127.0.0.1:3978}
host=${address%:*}
port=${address##*:}
host=${host:-127.0.0.1}
messages=http://$address/api/messages
playground_port=${PLAYGROUND_PORT:-56150}
export HANDRAIL_ADDR=$address HANDRAIL_DATA=${HANDRAIL_DATA:-$PWD/.handrail-data}

# What would take the bot out of local mode or away from its embedded database.
for name in BOT_ID DATABASE_URL DATABASE_URL_FILE; do
  if [ -n "${!name:-}" ]; then
    echo "$name is set and is ignored here; to use it, run: go run ./cmd/handrail serve" >&2
    unset "$name"
  fi
done

# require_free ends the script when something else has the port already.
require_free() {
  if listening "$1" "$2"; then
    echo "Port $2 on $1 is taken by another program (or by another \"make run\"). Stop that one, or choose another port: $3" >&2
    exit 1
  fi
}

# ready says whether the bot answers that it can work.
ready() {
  local answer
  exec 3<>"/dev/tcp/$host/$port" || return 1
  printf 'GET /readyz HTTP/1.0\r\nHost: %s\r\n\r\n' "$address" >&3
  read -r -t 5 answer <&3 || answer=
  exec 3>&-
  [[ $answer == *" 200"* ]]
}

# wait_for runs a check until it succeeds. It fails when the process ends before, or after the seconds given.
wait_for() {
  local process=$1 seconds=$2
  shift 2
  for _ in $(seq $((seconds * 5))); do
    "$@" 2>/dev/null && return
    kill -0 "$process" 2>/dev/null || return 1
    sleep 0.2
  done
  return 1
}

# start_playground starts the Playground in a directory of its own, because it writes a log beside itself.
start_playground() {
  echo "Starting the Agents Playground from npm; the first time takes a while ..."
  # Without a screen there is no browser to open.
  [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname)" = Darwin ] || export BROWSER=none
  mkdir "$dir/playground"
  # An account without a home has no place for npm's cache either.
  [ -w "${HOME:-/nonexistent}" ] || export npm_config_cache="$dir/npm"
  start_group sh -c 'cd "$0" && exec "$@"' "$dir/playground" \
    npx --yes @microsoft/m365agentsplayground@0.2.28 start -e "$messages" -c msteams -p "$playground_port" \
    --service-url "http://127.0.0.1:$playground_port/_connector" --disable-telemetry
  playground=$group
  if wait_for "$playground" 180 listening 127.0.0.1 "$playground_port"; then
    cat <<MESSAGE

Open http://127.0.0.1:$playground_port and write "help" to the bot. Ctrl-C here stops everything.
Take care: the Playground listens on every interface of this machine, not only on loopback. Whoever can reach port
$playground_port can use the bot as you.

MESSAGE
  else
    stop_group "$playground"
    playground=
    echo "The Playground did not start (what it said is above)." >&2
    explain
  fi
}

# explain says how to reach the bot without the Playground.
explain() {
  cat <<MESSAGE

The bot takes Bot Framework activities at $messages, without a token, from this machine only.
Microsoft's Agents Playground or the Bot Framework Emulator on this machine can talk to it there. Ctrl-C here stops the bot.

MESSAGE
}

bot=
playground=
dir=

# clean_up stops what this script started, in the opposite order.
clean_up() {
  trap '' INT TERM HUP
  [ -z "$playground" ] || stop_group "$playground"
  [ -z "$bot" ] || stop_group "$bot"
  [ -z "$dir" ] || rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

require_free "$host" "$port" "HANDRAIL_ADDR=127.0.0.1:3979 make run"
# The Playground would quietly take another port.
if command -v npx >/dev/null; then
  require_free 127.0.0.1 "$playground_port" "PLAYGROUND_PORT=56151 make run"
fi
dir=$(scratch run)
echo "Building Handrail ..."
go build -buildvcs=false -o "$dir/handrail" ./cmd/handrail
mkdir -p "$HANDRAIL_DATA"

start_group "$dir/handrail" serve
bot=$group
if ! wait_for "$bot" 60 ready; then
  echo "The bot did not become ready (what it said is above)." >&2
  exit 1
fi
echo "Handrail runs in local mode at $messages. Its database is in $HANDRAIL_DATA."

if command -v npx >/dev/null; then
  start_playground
else
  echo 'Node is not installed, so there is no Playground. With Node 20 or newer (https://nodejs.org) "make run" starts it.'
  explain
fi

status=0
wait "$bot" || status=$?
bot=
echo "The bot ended." >&2
exit "$status"
