#!/usr/bin/env bash
# What the cache is worth on a whole repository: a run without it, a second run, a run after one file has
# changed; beside them the least that a run must do, which is to walk the tree and hash every file that is read.
# usage: benches/cache-speed.sh PATH [RUNS]
#
# PATH is copied first, so that nothing in it changes.
set -euo pipefail

path="${1:?usage: benches/cache-speed.sh PATH [RUNS]}"
runs="${2:-5}"
here="$(cd "$(dirname "$0")/.." && pwd)"
binary="${BAILIWICK:-$here/target/release/bailiwick}"
[ -x "$binary" ] || (cd "$here" && cargo build --release --locked)
command -v rg >/dev/null || { echo "ripgrep (rg) is not on the PATH: it walks the tree here" >&2; exit 2; }
hash="$(command -v xxhsum || command -v b3sum || command -v md5sum)"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cp -R "$path" "$work/tree"
cd "$work/tree"

# The files that are read, as the program itself counts them.
"$binary" facts --no-cache --quiet | sed -n 's/^{[^}]*"path":"\([^"]*\)".*/\1/p' >"$work/files"

once() { # seconds of one run and of the processors; the exit code of a linter is not of interest here
    local TIMEFORMAT='%R %U %S'
    { time "$@" >/dev/null 2>&1 || true; } 2>&1 | awk '{ printf "%.3f %.3f\n", $1, $2 + $3 }'
}
median() { sort -n | sed -n "$((runs / 2 + 1))p"; }
times() { for _ in $(seq "$runs"); do once "$@"; done | median; }

walk_and_hash() {
    rg --files --hidden >/dev/null
    tr '\n' '\0' <"$work/files" | xargs -0 -P "$(getconf _NPROCESSORS_ONLN)" -n 500 "$hash"
}

changed() { # each run with another text in one file
    local file number
    file="$(head -n 1 "$work/files")"
    cp "$file" "$work/kept"
    for number in $(seq "$runs"); do
        cp "$work/kept" "$file"
        printf '\n// change %s\n' "$number" >>"$file"
        once "$binary" check
    done | median
    cp "$work/kept" "$file"
}

walk_and_hash >/dev/null 2>&1
floor="$(times walk_and_hash)"
cold="$(times "$binary" check --no-cache)"
once "$binary" check >/dev/null
warm="$(times "$binary" check)"
one="$(changed)"
row() { # LABEL "WALL PROCESSORS"
    printf '%-34s %8.3f s %8.3f s of the processors\n' "$1" "${2% *}" "${2#* }"
}
row "walk and hash ($(wc -l <"$work/files" | tr -d ' ') files)" "$floor"
row "without the cache" "$cold"
row "with it" "$warm"
row "with it, one file changed" "$one"
printf '%-34s %8.1f times\n%-34s %8.0f ms\n' \
    "with it, against walk and hash" "$(echo "${warm% *} / ${floor% *}" | bc -l)" \
    "more for the changed file" "$(echo "(${one% *} - ${warm% *}) * 1000" | bc -l)"
if [ -x /usr/bin/time ]; then
    peak="$(/usr/bin/time -f %M "$binary" check 2>&1 >/dev/null | tail -n 1)"
    printf '%-34s %8.0f MB at its peak\n' "memory, with the cache" "$(echo "$peak / 1024" | bc -l)"
fi
