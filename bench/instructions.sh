#!/bin/bash
# instructions.sh - instructions an operation, counted by cachegrind: the same on every machine and whatever else runs.
#
#   BUILD=build bash bench/instructions.sh [check]
#
# For each flow, bare and with all rules: instructions from the first operation to the last, warm-up included, divided by
# the operations; building the world and reading the file are left out. Prints the counts, and those of
# bench/instructions.txt beside them. `check` fails when a count has risen by more than one part in two hundred: then
# either make it fall again, or say in the commit why it may rise and write the new one down.
set -euo pipefail
shopt -s inherit_errexit
build=${BUILD:-build}
recorded=bench/instructions.txt
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# FLOW: kind, books, live orders a book, far range, seed.
parameters() {
    case $1 in
        real) echo flow 1 10000 2000 1 ;;
        sweep) echo sweep 1 10000 1000 2 ;;
        multi) echo flow 64 1000 2000 3 ;;
        deep) echo flow 1 100000 40000 4 ;;
    esac
}

make_flow() {
    local kind books live far seed
    read -r kind books live far seed < <(parameters "$1")
    "$build/birzha" flow --make "$kind" --books "$books" --live "$live" --far "$far" --operations 200000 --seed "$seed" \
        --out "$folder/flow" >"$folder/made"
}

# RULES: instructions of one replay.
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect='apply_operations*' \
        "$build/birzha" flow "$folder/flow" --runs 1 --rules "$1" 2>&1 >/dev/null |
        sed -n 's/.*Collected : *//p'
}

status=0
printf '%-8s %-6s %12s %12s\n' flow rules instructions recorded
for flow in real sweep multi deep; do
    make_flow "$flow"
    operations=$(sed 's/.*"operations":\([0-9]*\).*"warm_up":\([0-9]*\).*/\1 + \2/' "$folder/made")
    for rules in off on; do
        now=$(($(count "$rules") / (operations)))
        before=$(awk -v f="$flow" -v r="$rules" '$1 == f && $2 == r { print $3 }' "$recorded" 2>/dev/null || true)
        printf '%-8s %-6s %12s %12s\n' "$flow" "$rules" "$now" "${before:--}"
        if [ "${1:-}" = check ] && [ -n "$before" ] && [ $((now * 200)) -gt $((before * 201)) ]; then
            echo "instructions.sh: $flow, rules $rules: $now instructions an operation, $before were recorded" >&2
            status=1
        fi
    done
done
exit $status
