#!/usr/bin/env bash
# Compares `bailiwick check` on a whole repository with the time ripgrep needs to search it for SQL words.
# usage: benches/compare-with-ripgrep.sh PATH [RUNS]
set -euo pipefail

path="${1:?usage: benches/compare-with-ripgrep.sh PATH [RUNS]}"
runs="${2:-5}"
# shellcheck source=benches/common.sh
. "$(dirname "$0")/common.sh"
need rg "ripgrep is what is compared with"

words='\b(select|insert|update|delete|truncate|create|alter|drop|merge|copy|references)\b'

once rg -c -i "$words" "$path" >/dev/null # warms the file cache
searched="$(times "$runs" rg -c -i "$words" "$path")"
checked="$(times "$runs" "$bailiwick" check --no-cache --root "$path")"
printf 'ripgrep    %8.3f s\nbailiwick  %8.3f s\nratio      %8.1f\n' \
    "${searched% *}" "${checked% *}" "$(echo "${checked% *} / ${searched% *}" | bc -l)"
peak="$(memory "$bailiwick" check --no-cache --root "$path")"
[ -z "$peak" ] || printf 'memory     %8.0f MB at its peak\n' "$peak"
