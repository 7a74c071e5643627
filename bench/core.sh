#!/bin/bash
# core.sh - the engine bare and with all rules, the limit sketch and the naive engine on the four order flows, turn by
# turn on one core.
#
#   BUILD=build bash bench/core.sh [FLOW ...]        FLOW: real sweep multi deep (all, if none is given)
#
# The machine's speed drifts, so they take turns: each round replays a flow once with every engine, and a ratio is
# taken within its round. The table shows the medians over the rounds. Environment: ROUNDS (5), RUNS a round
# (3), CORE (the last one), NAIVE=0 leaves the naive engine out. Exit code 1 when any replay makes wrong trades.
set -euo pipefail
shopt -s inherit_errexit
build=${BUILD:-build}
rounds=${ROUNDS:-5} runs=${RUNS:-3} core=${CORE:-$(($(nproc) - 1))} naive=${NAIVE:-1}
flows=("$@")
[ ${#flows[@]} -gt 0 ] || flows=(real sweep multi deep)
birzha=$build/birzha
folder=$build/flow
mkdir -p "$folder"

# Name, then kind, books, live orders a book, far range in ticks, operations, seed.
parameters() {
    case $1 in
        real) echo flow 1 10000 2000 2000000 1 ;;
        sweep) echo sweep 1 10000 1000 1200000 2 ;;
        multi) echo flow 64 1000 2000 2000000 3 ;;
        deep) echo flow 1 1000000 40000 2000000 4 ;;
        *) echo "core.sh: there is no flow $1: real, sweep, multi, deep" >&2; exit 2 ;;
    esac
}

make_flow() {
    local kind books live far operations seed
    [ -e "$folder/$1.flow" ] && return
    read -r kind books live far operations seed < <(parameters "$1")
    "$birzha" flow --make "$kind" --books "$books" --live "$live" --far "$far" --operations "$operations" \
        --seed "$seed" --out "$folder/$1.flow" >/dev/null
}

# Nanoseconds an operation of one engine on one flow.
measure() {
    local line
    case $2 in
        engine) line=$(taskset -c "$core" "$birzha" flow "$folder/$1.flow" --runs "$runs") ;;
        rules) line=$(taskset -c "$core" "$birzha" flow "$folder/$1.flow" --runs "$runs" --rules on) ;;
        limit) line=$(taskset -c "$core" "$build/release/bench_limit_sketch" "$folder/$1.flow" "$runs") ;;
        naive) line=$(taskset -c "$core" "$build/release/bench_naive" "$folder/$1.flow" "$runs") ;;
    esac
    sed 's/.*"ns_per_op":\([0-9.]*\).*/\1/' <<<"$line"
}

# Median of the numbers on standard input, one a line.
median() { sort -g | awk '{ v[NR] = $1 } END { printf "%.'"$1"'f", (v[int((NR + 1) / 2)] + v[int((NR + 2) / 2)]) / 2 }'; }

column() { awk -v n="$1" '$n != "" { print $n }' <<<"$2" | median "$3"; }

echo "core $core, $rounds rounds of $runs runs, nanoseconds an operation (medians)"
printf '%-7s %8s %8s %8s %8s %14s %14s %14s\n' flow engine rules limit naive engine/limit naive/engine rules/engine
for flow in "${flows[@]}"; do
    make_flow "$flow"
    rows=
    for ((round = 0; round < rounds; round++)); do
        engine=$(measure "$flow" engine)
        rules=$(measure "$flow" rules)
        limit=$(measure "$flow" limit)
        other=0
        [ "$naive" = 0 ] || other=$(measure "$flow" naive)
        rows+=$(awk -v e="$engine" -v l="$limit" -v n="$other" -v r="$rules" \
            'BEGIN { print e, r, l, n, e / l, n / e, r / e }')$'\n'
    done
    printf '%-7s %8s %8s %8s %8s %14s %14s %14s\n' "$flow" "$(column 1 "$rows" 1)" "$(column 2 "$rows" 1)" \
        "$(column 3 "$rows" 1)" "$(column 4 "$rows" 1)" "$(column 5 "$rows" 2)" "$(column 6 "$rows" 2)" \
        "$(column 7 "$rows" 2)"
done
