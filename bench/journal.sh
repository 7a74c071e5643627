#!/bin/bash
# journal.sh - orders acknowledged a second by the server with --sync group, beside interval and none, and beside what the
# disk itself allows: writes of one page, each synced. They take turns; the table shows the medians over the rounds.
#
#   BUILD=build bash bench/journal.sh        ROUNDS (3)
set -euo pipefail
build=${BUILD:-build}
rounds=${ROUNDS:-3}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

syncs_a_second() {
    local begin end
    begin=$(date +%s%N)
    dd if=/dev/zero of="$folder/page" bs=4096 count=500 oflag=dsync 2>/dev/null
    end=$(date +%s%N)
    echo $((500 * 1000000000 / (end - begin)))
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

group=() interval=() none=() disk=()
for ((round = 0; round < rounds; round++)); do
    disk+=("$(syncs_a_second)")
    group+=("$("$build/release/kill_driver" "$build/release/birzhad" rate group)")
    interval+=("$("$build/release/kill_driver" "$build/release/birzhad" rate interval)")
    none+=("$("$build/release/kill_driver" "$build/release/birzhad" rate none)")
done
printf '%-34s %12s\n' 'orders acknowledged a second' 'median'
printf '%-34s %12s\n' '--sync group' "$(printf '%s\n' "${group[@]}" | median)" \
    '--sync interval' "$(printf '%s\n' "${interval[@]}" | median)" '--sync none' "$(printf '%s\n' "${none[@]}" | median)" \
    'synced writes of one page' "$(printf '%s\n' "${disk[@]}" | median)"
