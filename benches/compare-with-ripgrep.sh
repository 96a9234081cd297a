#!/usr/bin/env bash
# Compares `bailiwick check` on a whole repository with the time ripgrep needs to search it for SQL words.
# usage: benches/compare-with-ripgrep.sh PATH [RUNS]
set -euo pipefail

path="${1:?usage: benches/compare-with-ripgrep.sh PATH [RUNS]}"
runs="${2:-5}"
here="$(cd "$(dirname "$0")/.." && pwd)"
binary="${BAILIWICK:-$here/target/release/bailiwick}"
[ -x "$binary" ] || (cd "$here" && cargo build --release --locked)
command -v rg >/dev/null || { echo "ripgrep (rg) is not on the PATH" >&2; exit 2; }

words='\b(select|insert|update|delete|truncate|create|alter|drop|merge|copy|references)\b'

# Seconds of each run, one a line; the exit code of a linter or a search is not of interest here.
times() {
    local start end
    for _ in $(seq "$runs"); do
        start="$(date +%s.%N)"
        "$@" >/dev/null 2>&1 || true
        end="$(date +%s.%N)"
        echo "$end - $start" | bc -l
    done
}

median() { sort -n | sed -n "$((runs / 2 + 1))p"; }

rg -c -i "$words" "$path" >/dev/null 2>&1 || true # warms the file cache
searched="$(times rg -c -i "$words" "$path" | median)"
checked="$(times "$binary" check --no-cache --root "$path" | median)"
printf 'ripgrep    %8.3f s\nbailiwick  %8.3f s\nratio      %8.1f\n' \
    "$searched" "$checked" "$(echo "$checked / $searched" | bc -l)"
if [ -x /usr/bin/time ]; then
    peak="$(/usr/bin/time -f %M "$binary" check --no-cache --root "$path" 2>&1 >/dev/null | tail -n 1)"
    printf 'memory     %8.0f MB at its peak\n' "$(echo "$peak / 1024" | bc -l)"
fi
