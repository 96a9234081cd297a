#!/usr/bin/env bash
# The way of a team that adopts the linter, on a copy of a real repository, with the time of each step: init,
# baseline, green; a new foreign read on a branch, red in the hook and in `--since`; a grant, green.
#
#   benches/adoption.sh TREE CONSUMER TABLE FILE <TEXT
#
# CONSUMER is the service that begins to read TABLE, by FILE (relative to TREE), which gets the text on stdin.
# The questions of `bailiwick init` are answered with yes: whoever alone writes a table owns it.
# What is expected is checked: the script fails where a step does not end as it must.
set -euo pipefail

tree="${1:?usage: benches/adoption.sh TREE CONSUMER TABLE FILE <TEXT}" consumer="$2" table="$3" file="$4"
# shellcheck source=benches/common.sh
. "$(dirname "$0")/common.sh"
cat >"$work/text"
mkdir "$work/bin" && ln -s "$bailiwick" "$work/bin/bailiwick"
export PATH="$work/bin:$PATH" GIT_CONFIG_GLOBAL=/dev/null NO_COLOR=1
unset CI
git() { command git -c user.name=team -c user.email=team@example.org -c commit.gpgsign=false "$@"; }

cp -R "$tree" "$work/tree" && cd "$work/tree"
rm -rf .git .bailiwick_cache bailiwick.toml bailiwick-baseline.json
git init -q -b main && git add -A && git commit -q -m "As it is"

step() { # EXIT-CODE COMMAND…: shows it, its output, its time
    local wanted="$1" start code=0
    shift
    printf '\n$ %s\n' "$*"
    start="$(date +%s%N)"
    "$@" >"$work/out" 2>&1 || code=$?
    # Long lists are of no use here.
    if [ "$(wc -l <"$work/out")" -gt 14 ]; then
        head -n 6 "$work/out"
        echo "… $(($(wc -l <"$work/out") - 12)) lines more …"
        tail -n 6 "$work/out"
    else
        cat "$work/out"
    fi | cut -c 1-180
    printf '[exit %s, %s ms]\n' "$code" $((($(date +%s%N) - start) / 1000000))
    [ "$code" = "$wanted" ] || { echo "expected was exit $wanted" >&2; exit 1; }
}

say() { printf '\n# %s\n' "$*"; }

say "A repository with violations. What is there?"
step 0 bailiwick init
say "The team answers the questions of the file: who alone writes a table owns it."
sed -i.kept -E 's/^# (owns = \[|    "|\])/\1/' bailiwick.toml && rm bailiwick.toml.kept
step 1 bailiwick check --format concise
say "Today's findings are accepted, one by one."
step 0 bailiwick baseline
step 0 bailiwick check --format concise
printf '#!/bin/sh\nexec bailiwick check --staged --quiet --format concise --since HEAD\n' >.git/hooks/pre-commit
chmod +x .git/hooks/pre-commit
git add -A
step 0 git commit -q -m "Adopt bailiwick"
say "A branch on which $consumer begins to read $table."
git switch -q -c feature
mkdir -p "$(dirname "$file")"
cat "$work/text" >"$file"
git add -A
step 1 git commit -q -m "Read $table"
step 0 git commit -q --no-verify -m "Read $table, past the hook"
step 1 bailiwick check --since main... --format concise
say "The owner grants it, with a reason and a last day."
until="$(($(date +%Y) + 1))-06-30"
step 0 bailiwick allow "$consumer" "$table" --read --until "$until" --reason "until the owner's interface has it"
step 0 bailiwick check --since main... --format concise
git add -A
step 0 git commit -q -m "Grant it"
step 0 bailiwick check --format concise
say "What changed beside the code:"
step 0 git diff --stat main
