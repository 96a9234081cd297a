#!/usr/bin/env bash
# Ends the program in the middle of its work, again and again, and looks at what is left: never a broken
# file, never another answer. Each round ends one run with `kill -9` at any moment, and one in the very middle
# of its write, by a limit on the size of files that the system enforces with a deadly signal. Two runs at once
# are part of it.
#
# usage: benches/kill-safety.sh [ROUNDS]
set -euo pipefail

rounds="${1:-200}"
# shellcheck source=benches/common.sh
. "$(dirname "$0")/common.sh"
today=2026-11-22
cp -R "$here/fixtures/shop" "$work/shop"
cd "$work/shop"
# Enough files that a write takes a while.
for number in $(seq 1 100); do
    cp services/orders/src/store.rs "services/orders/src/copy_$number.rs"
    printf '\nasync fn more_%s(pool: &PgPool) { sqlx::query("SELECT * FROM payments").execute(pool).await; }\n' "$number" \
        >>"services/orders/src/copy_$number.rs"
done

answer() { "$bailiwick" check --no-baseline --format json --today "$today" --quiet "$@" || [ $? = 1 ]; }

# A run that is killed after at most so many milliseconds.
killed_run() { # MOST ARGUMENTS…
    local most="$1" child
    shift
    "$bailiwick" "$@" >/dev/null 2>&1 &
    child=$!
    sleep "$(awk -v r="$RANDOM" -v most="$most" 'BEGIN { printf "%.4f", r / 32768 * most / 1000 }')"
    kill -9 "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
}

# A run that dies while it writes a file of so many kilobytes, somewhere on the way.
cut_run() { # SIZE ARGUMENTS…
    local size="$1"
    shift
    (
        ulimit -c 0
        ulimit -f $((RANDOM % size))
        exec "$bailiwick" "$@" >/dev/null 2>&1
    ) &
    wait "$!" 2>/dev/null || true
}

kilobytes() { echo $((($(stat -c %s "$1" 2>/dev/null || stat -f %z "$1") + 1023) / 1024)); }

rm -rf .bailiwick_cache
cold="$(answer --no-cache)"
took="$(milliseconds answer)"
size="$(kilobytes .bailiwick_cache/facts)"
wrong=0 cut=0 none=0

# What is left is of use to the next two runs, which go at once.
judge_cache() {
    if compgen -G ".bailiwick_cache/*.tmp" >/dev/null; then cut=$((cut + 1)); fi
    if [ ! -e .bailiwick_cache/facts ]; then none=$((none + 1)); fi
    answer >"$work/one" &
    local other=$!
    answer >"$work/two"
    wait "$other"
    if [ "$cold" != "$(cat "$work/one")" ] || [ "$cold" != "$(cat "$work/two")" ]; then
        echo "round $round: another answer after a killed cache write"
        wrong=$((wrong + 1))
    fi
    if compgen -G ".bailiwick_cache/*.tmp" >/dev/null; then
        echo "round $round: what the killed run left lies there still"
        wrong=$((wrong + 1))
    fi
    rm -rf .bailiwick_cache
}

for round in $(seq 1 "$rounds"); do
    rm -rf .bailiwick_cache
    killed_run "$((took + 5))" check --today "$today"
    judge_cache
    cut_run "$size" check --today "$today"
    judge_cache
done
echo "cache: $rounds runs killed within $took ms and $rounds within the write of $size kB: $cut left a part of the" \
    "file beside it, $none left none; $wrong wrong"

took="$(milliseconds "$bailiwick" baseline --in-ci --today "$today")"
whole="$(cat bailiwick-baseline.json)"
size="$(kilobytes bailiwick-baseline.json)"
old='{"version": 1, "findings": []}'
old_left=0 new_left=0 broken=0

# What a killed run left beside it is gone after the next write.
judge_baseline() {
    case "$(cat bailiwick-baseline.json)" in
        "$old") old_left=$((old_left + 1)) ;;
        "$whole") new_left=$((new_left + 1)) ;;
        *) broken=$((broken + 1)) && echo "round $round: a broken baseline" ;;
    esac
    printf '%s\n' "$old" >bailiwick-baseline.json
}

printf '%s\n' "$old" >bailiwick-baseline.json
for round in $(seq 1 "$rounds"); do
    killed_run "$((took * 3 / 2 + 5))" baseline --in-ci --today "$today"
    judge_baseline
    cut_run "$size" baseline --in-ci --no-cache --today "$today"
    judge_baseline
done
"$bailiwick" baseline --in-ci --today "$today" >/dev/null 2>&1
if compgen -G '.bailiwick-*.tmp' >/dev/null; then
    echo "what killed runs left lies there still after a whole write"
    broken=$((broken + 1))
fi
echo "baseline: $rounds runs killed within $((took * 3 / 2 + 5)) ms and $rounds within the write of $size kB:" \
    "the old one stood $old_left times, the new one $new_left times; $broken broken"
[ "$wrong" = 0 ] && [ "$broken" = 0 ]
