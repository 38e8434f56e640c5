# Sourced by the scripts beside it: programs that are started together with all that they start, and stopped with it.

# start_group runs a command in the background in a process group of its own, and leaves its id in $group. A Ctrl-C at the
# terminal does not reach it: whoever starts a group also stops it.
start_group() {
  set -m
  "$@" </dev/null &
  group=$!
  set +m
}

# stop_group ends a process group: politely, and after ten seconds by force.
stop_group() {
  kill -TERM -- "-$1" 2>/dev/null || return 0
  for _ in $(seq 100); do
    kill -0 -- "-$1" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL -- "-$1" 2>/dev/null || true
}

# listening says whether something takes connections on a host and port.
listening() {
  (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null
}

# scratch makes a new temporary directory and prints its path.
scratch() {
  mktemp -d "${TMPDIR:-/tmp}/handrail-$1.XXXXXX"
}
