#!/usr/bin/env bash
# What the cache is worth on a whole repository: a run without it, a second run, a run after a comment and one after
# code was put at the head of a file, so that all the rest of that moves; beside them the least that a run must do, which is to walk the tree and hash every
# file that is read.
# usage: benches/cache-speed.sh PATH [RUNS]
#
# PATH is copied first, so that nothing in it changes.
set -euo pipefail

path="${1:?usage: benches/cache-speed.sh PATH [RUNS]}"
runs="${2:-5}"
# shellcheck source=benches/common.sh
. "$(dirname "$0")/common.sh"
need rg "ripgrep walks the tree here"
hash="$(command -v xxhsum || command -v b3sum || command -v md5sum)"

cp -R "$path" "$work/tree"
cd "$work/tree"

# The files that are read, as the program itself counts them.
"$bailiwick" facts --no-cache --quiet | sed -n 's/^{[^}]*"path":"\([^"]*\)".*/\1/p' >"$work/files"

walk_and_hash() {
    rg --files --hidden >/dev/null
    tr '\n' '\0' <"$work/files" | xargs -0 -P "$(getconf _NPROCESSORS_ONLN)" -n 500 "$hash"
}

comment() { # what a file is given that says nothing
    case "$1" in
        *.py | *.rb) printf '\n# change %s\n' "$2" ;;
        *) printf '\n// change %s\n' "$2" ;;
    esac
}

code() { # what a file is given that says something
    case "$1" in
        *.rs) printf '\npub fn added_%s() -> u32 { %s }\n' "$2" "$2" ;;
        *.go) printf '\nfunc Added%s() int { return %s }\n' "$2" "$2" ;;
        *.ts | *.js) printf '\nexport function added%s() { return %s }\n' "$2" "$2" ;;
        *.py) printf '\ndef added_%s(): return %s\n' "$2" "$2" ;;
        *.rb) printf '\ndef added_%s; %s; end\n' "$2" "$2" ;;
        *.java) printf '\nclass Added%s { int added() { return %s; } }\n' "$2" "$2" ;;
    esac
}

changed() { # WHAT FILE: each run with another text at its head
    local file="$2" number
    cp "$file" "$work/kept"
    for number in $(seq "$runs"); do
        { "$1" "${file##*/}" "$number"; cat "$work/kept"; } >"$file"
        once "$bailiwick" check
    done | median
    cp "$work/kept" "$file"
}

walk_and_hash >/dev/null 2>&1
floor="$(times "$runs" walk_and_hash)"
cold="$(times "$runs" "$bailiwick" check --no-cache)"
once "$bailiwick" check >/dev/null
warm="$(times "$runs" "$bailiwick" check)"
# Of the files that are read one in the middle: neither the first test nor the last script.
mapfile -t files < <(grep -E '\.(rs|go|ts|js|py|rb|java)$' "$work/files")
file="${files[$((${#files[@]} / 2))]}"
said="$(changed comment "$file")"
coded="$(changed code "$file")"
row() { # LABEL "WALL PROCESSORS"
    printf '%-34s %8.3f s %8.3f s of the processors\n' "$1" "${2% *}" "${2#* }"
}
more() { # LABEL "WALL PROCESSORS"
    printf '%-34s %8.0f ms\n' "$1" "$(echo "(${2% *} - ${warm% *}) * 1000" | bc -l)"
}
row "walk and hash ($(wc -l <"$work/files" | tr -d " ") files)" "$floor"
row "without the cache" "$cold"
row "with it" "$warm"
row "with it, a comment changed" "$said"
row "with it, code changed" "$coded"
printf '%-34s %8.1f times\n' "with it, against walk and hash" "$(echo "${warm% *} / ${floor% *}" | bc -l)"
more "more for the comment" "$said"
more "more for the code" "$coded"
peak="$(memory "$bailiwick" check)"
[ -z "$peak" ] || printf '%-34s %8.0f MB at its peak\n' "memory, with the cache" "$peak"
