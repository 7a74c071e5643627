#!/bin/bash
# growth.sh - what an operation costs as the world grows: live orders, instruments, participants, range of prices; each
# beside the limit sketch on the same flow, and both against their own first row.
#
#   BUILD=build bash bench/growth.sh [TABLE ...]      TABLE: live books participants range (all, if none is given)
#
# Environment: ROUNDS (3), RUNS a round (2), CORE (the last one), OPERATIONS (1000000), LIVE_MAX (10000000). The engine and
# the sketch take turns; medians over the rounds. The sketch knows no participants: its column there is that of the flow.
# One line of JSON a row goes to $BUILD/growth.json, and every single round to $BUILD/growth.rounds.
set -euo pipefail
shopt -s inherit_errexit
build=${BUILD:-build}
rounds=${ROUNDS:-3} runs=${RUNS:-2} core=${CORE:-$(($(nproc) - 1))} operations=${OPERATIONS:-1000000}
live_max=${LIVE_MAX:-10000000}
tables=("$@")
[ ${#tables[@]} -gt 0 ] || tables=(live books participants range)
birzha=$build/birzha
flow=$build/flow/growth.flow
mkdir -p "$build/flow"
: >"$build/growth.json"
: >"$build/growth.rounds"       # table, size, round, nanoseconds of the engine, with rules, of the sketch

make_flow() {
    "$birzha" flow --make flow --books "$1" --live "$2" --far "$3" --operations "$operations" --seed 5 --out "$flow" >/dev/null
}
ns() { sed 's/.*"ns_per_op":\([0-9.]*\).*/\1/'; }
median() { sort -g | awk '{ v[NR] = $1 } END { printf "%.1f", (v[int((NR + 1) / 2)] + v[int((NR + 2) / 2)]) / 2 }'; }

# TABLE SIZE [PARTICIPANTS]: one row, of the flow that was made last.
first_engine= first_rules= first_limit=
row() {
    local engine=() rules=() limit=() round
    for ((round = 0; round < rounds; round++)); do
        engine+=("$(taskset -c "$core" "$birzha" flow "$flow" --runs "$runs" --participants "${3:-2}" | ns)")
        rules+=("$(taskset -c "$core" "$birzha" flow "$flow" --runs "$runs" --participants "${3:-2}" --rules on | ns)")
        limit+=("$(taskset -c "$core" "$build/release/bench_limit_sketch" "$flow" "$runs" | ns)")
        echo "$1 $2 $round ${engine[round]} ${rules[round]} ${limit[round]}" >>"$build/growth.rounds"
    done
    local e r l
    e=$(printf '%s\n' "${engine[@]}" | median) r=$(printf '%s\n' "${rules[@]}" | median)
    l=$(printf '%s\n' "${limit[@]}" | median)
    first_engine=${first_engine:-$e} first_rules=${first_rules:-$r} first_limit=${first_limit:-$l}
    awk -v t="$1" -v s="$2" -v e="$e" -v r="$r" -v l="$l" -v fe="$first_engine" -v fr="$first_rules" -v fl="$first_limit" \
        'BEGIN { printf "%-13s %10s %9.1f %9.1f %9.1f %10.2f %10.2f %10.2f %14.2f\n", t, s, e, r, l, e/fe, r/fr, l/fl, e/fe/(l/fl) }'
    echo "{\"table\":\"$1\",\"size\":$2,\"engine_ns\":$e,\"rules_ns\":$r,\"limit_ns\":$l}" >>"$build/growth.json"
}

table() {
    first_engine='' first_rules='' first_limit=''
    case $1 in
        live) for size in 1000 10000 100000 1000000 10000000; do
                  [ "$size" -le "$live_max" ] || continue
                  make_flow 1 "$size" 40000
                  row live "$size"
              done ;;
        books) for size in 1 16 64 1000 10000; do make_flow "$size" 100 2000; row books "$size"; done ;;
        participants) make_flow 1 10000 2000
              for size in 10 1000 100000 1000000; do row participants "$size" "$size"; done ;;
        range) for size in 100 2000 40000 90000; do make_flow 1 10000 "$size"; row range "$size"; done ;;
        *) echo "growth.sh: there is no table $1: live, books, participants, range" >&2; exit 2 ;;
    esac
}

echo "core $core, $operations operations, $rounds rounds of $runs runs; nanoseconds an operation, then times the first row"
printf '%-13s %10s %9s %9s %9s %10s %10s %10s %14s\n' table size engine rules limit engine rules limit engine/limit
for name in "${tables[@]}"; do table "$name"; done
rm -f "$flow"
