# shellcheck shell=bash
# What the scripts of this folder share. It is sourced, not run, after the checks of their arguments.
# It sets `here` (the project), `bailiwick` (the program: $BAILIWICK, else the release build, which is made where it
# is missing) and `work` (a folder that goes when the script ends).

here="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
bailiwick="${BAILIWICK:-$here/target/release/bailiwick}"
[ -x "$bailiwick" ] || (cd "$here" && cargo build --release --locked)
bailiwick="$(realpath "$bailiwick")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

need() { # PROGRAM WHAT-FOR
    command -v "$1" >/dev/null || { echo "$1 is not on the PATH: $2" >&2; exit 2; }
}

once() { # seconds of one run and of the processors; the exit code of a linter or a search is not of interest here
    local TIMEFORMAT='%R %U %S'
    { time "$@" >/dev/null 2>&1 || true; } 2>&1 | awk '{ printf "%.3f %.3f\n", $1, $2 + $3 }'
}

milliseconds() { once "$@" | awk '{ printf "%.0f\n", $1 * 1000 }'; }

median() { sort -n | awk '{ line[NR] = $0 } END { print line[int(NR / 2) + 1] }'; }

times() { # RUNS COMMAND…: the median of `once`
    local runs="$1"
    shift
    for _ in $(seq "$runs"); do once "$@"; done | median
}

memory() { # the peak of a command, in MB; nothing where the system cannot tell
    [ -x /usr/bin/time ] && /usr/bin/time -f %M "$@" 2>&1 >/dev/null | awk 'END { printf "%.0f\n", $1 / 1024 }'
}
