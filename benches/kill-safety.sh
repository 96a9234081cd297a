#!/usr/bin/env bash
# Kills the program in the middle of its work, again and again, and looks at what is left: never a broken
# file, never another answer. Two runs at once are part of it.
#
#   benches/kill-safety.sh [PATH-TO-BAILIWICK] [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."

bailiwick="$(realpath "${1:-target/debug/bailiwick}")"
rounds="${2:-200}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cp -R fixtures/shop "$work/shop"
cd "$work/shop"
# Enough files that a write takes a while.
for number in $(seq 1 60); do
    cp services/orders/src/store.rs "services/orders/src/copy_$number.rs"
    printf '\nasync fn more(pool: &PgPool) { sqlx::query("SELECT * FROM payments").execute(pool).await; }\n' \
        >>"services/orders/src/copy_$number.rs"
done

answer() { "$bailiwick" check --format json --today 2026-11-22 --quiet "$@" || [ $? = 1 ]; }

# A run of this program that is killed after at most so many milliseconds.
killed_run() {
    local most="$1"
    shift
    "$bailiwick" "$@" >/dev/null 2>&1 &
    local child=$!
    sleep "$(awk -v r="$RANDOM" -v most="$most" 'BEGIN { printf "%.4f", r / 32768 * most / 1000 }')"
    kill -9 "$child" 2>/dev/null || true
    wait "$child" 2>/dev/null || true
}

cold="$(answer --no-cache --no-baseline)"
start="$(date +%s%N)"
answer --no-baseline >/dev/null
took=$((($(date +%s%N) - start) / 1000000))
broken=0

for round in $(seq 1 "$rounds"); do
    rm -rf .bailiwick_cache
    killed_run "$((took + 5))" check --today 2026-11-22
    # What is left is of use to the next two runs, which go at once.
    answer --no-baseline >"$work/one" &
    other=$!
    answer --no-baseline >"$work/two"
    wait "$other"
    if [ "$cold" != "$(cat "$work/one")" ] || [ "$cold" != "$(cat "$work/two")" ]; then
        echo "round $round: another answer after a killed cache write"
        broken=$((broken + 1))
    fi
done
echo "cache: $rounds runs killed within ${took} ms, $broken wrong"

start="$(date +%s%N)"
"$bailiwick" baseline --today 2026-11-22 --quiet 2>/dev/null
took=$((($(date +%s%N) - start) / 1000000))
whole="$(cat bailiwick-baseline.json)"
old='{"version": 1, "findings": []}'
old_left=0 new_left=0 wrong=0
for round in $(seq 1 "$rounds"); do
    printf '%s\n' "$old" >bailiwick-baseline.json
    # The write comes last: half of the kills come near it, some too late.
    killed_run "$((took * 3 / 2 + 5))" baseline --today 2026-11-22
    case "$(cat bailiwick-baseline.json)" in
        "$old") old_left=$((old_left + 1)) ;;
        "$whole") new_left=$((new_left + 1)) ;;
        *) wrong=$((wrong + 1)) && echo "round $round: a broken baseline" ;;
    esac
done
echo "baseline: $rounds runs killed; the old file stood $old_left times, the new one $new_left times, $wrong broken"
[ "$broken" = 0 ] && [ "$wrong" = 0 ]
