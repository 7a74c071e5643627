#!/bin/bash
# table.sh - the targets of the project, measured in one run on one machine: each row with its command, the median and
# the spread over the rounds, and whether the target is met. Ratios are taken within a round.
#
#   BUILD=build bash bench/table.sh [ROW ...]        rows: P1 P2 P3 P4 P5 P6 P7 P8 P9 P10 P11; all, if none is given
#
# Environment: ROUNDS (5), LIVE_MAX (10000000, P4). JSON lines go to $BUILD/table.json. Servers run on core 0, clients and
# the core on core 1; nothing else should run.
set -euo pipefail
shopt -s inherit_errexit
build=${BUILD:-build}
rounds=${ROUNDS:-5}
export BIRZHA_DATA_DIR=${BIRZHA_DATA_DIR:-instruments/data}
folder=$(mktemp -d)
. bench/lib.sh
trap 'stop_server; rm -rf "$folder"' EXIT
rows=("$@")
[ ${#rows[@]} -gt 0 ] || rows=(P1 P2 P3 P4 P5 P6 P7 P8 P9 P10 P11)
birzha=$build/birzha
sketch=$build/release/bench_limit_sketch
client=$build/release/bench_wire_client
: >"$build/table.json"

# How it was measured, for whoever reads the figures without the machine.
machine=$(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1)
commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
echo "$machine, $(nproc) processors, Linux $(uname -r), $(gcc -dumpfullversion) gcc; commit $commit; $rounds rounds; seeds in bench/README.md; $(date -u +%F)"
echo "{\"machine\":\"$machine\",\"processors\":$(nproc),\"kernel\":\"$(uname -r)\",\"gcc\":\"$(gcc -dumpfullversion)\",\"commit\":\"$commit\",\"rounds\":$rounds,\"date\":\"$(date -u +%FT%TZ)\"}" >>"$build/table.json"
printf '%-4s %-34s %10s %21s %8s  %s\n' row what median 'least - most' target ''

# ROW WHAT TARGET at_most|at_least COMMAND <numbers: one a round
row() {
    local numbers mid least most met
    numbers=$(grep . | sort -g)
    mid=$(median <<<"$numbers") least=$(head -n 1 <<<"$numbers") most=$(tail -n 1 <<<"$numbers")
    met=$(awk -v m="$mid" -v t="$3" -v k="$4" 'BEGIN { print (k == "at_most" ? m <= t : m >= t) ? "met" : "NOT MET" }')
    printf '%-4s %-34s %10.5g %10.5g - %-8.5g %8s  %s\n' "$1" "$2" "$mid" "$least" "$most" "$3" "$met"
    echo "{\"row\":\"$1\",\"what\":\"$2\",\"median\":$mid,\"least\":$least,\"most\":$most,\"target\":$3,\"met\":\"$met\",\"command\":\"$5\"}" >>"$build/table.json"
}
over() { awk -v a="$1" -v b="$2" 'BEGIN { print a / b }'; }
ns() { taskset -c 1 "$@" | sed 's/.*"ns_per_op":\([0-9.]*\).*/\1/'; }
p99() { taskset -c 1 "$@" | sed 's/.*"ns_p99":\([0-9.]*\).*/\1/'; }

# The flows of bench/core.sh, which writes them.
flows() {
    [ -e "$build/flow/deep.flow" ] || BUILD=$build NAIVE=0 ROUNDS=1 RUNS=1 bash bench/core.sh >/dev/null
}

# RULES: engine / sketch on every flow.
core_rows() {
    local flow target
    flows
    for flow in real sweep multi deep; do
        for ((i = 0; i < rounds; i++)); do
            over "$(ns "$birzha" flow "$build/flow/$flow.flow" --runs 3 --rules "$2")" \
                "$(ns "$sketch" "$build/flow/$flow.flow" 3)"
        done >"$folder/numbers"
        target=$3
        [ "$flow" != deep ] || target=$4
        row "$1" "$flow, rules $2 / limit sketch" "$target" at_most "birzha flow $flow.flow --rules $2" <"$folder/numbers"
    done
}
P1() { core_rows P1 off 1.5 2.0; }
P2() { core_rows P2 on 2.2 3.0; }

P3() {
    flows
    for ((i = 0; i < rounds; i++)); do
        over "$(p99 "$birzha" flow "$build/flow/real.flow" --runs 1 --latency on)" \
            "$(p99 "$sketch" "$build/flow/real.flow" 1 latency)"
    done | row P3 'real, p99 of one operation / sketch' 2 at_most 'birzha flow real.flow --latency on'
}

# What growth.sh says: the engine's growth from its first row to its last, beside the sketch's.
# TABLE COLUMN FROM: how the figure in a column of growth.rounds grew from size FROM (or the first) to the last, each round.
growth() {
    awk -v t="$1" -v c="$2" -v from="$3" '
        $1 == t { f[$2, $3] = $c; if (from == "") from = $2; last = $2; if ($3 + 1 > n) n = $3 + 1 }
        END { for (i = 0; i < n; i++) print f[last, i] / f[from, i] }' "$build/growth.rounds"
}
P4() {
    ROUNDS=$rounds LIVE_MAX=${LIVE_MAX:-10000000} BUILD=$build bash bench/growth.sh live books participants >/dev/null
    paste <(growth live 4 10000) <(growth live 6 10000) | awk '{ print $1 / $2 }' |
        row P4 'live orders: growth / the sketch'"'"'s' 1.2 at_most 'bench/growth.sh live'
    paste <(growth books 4 '') <(growth books 6 '') | awk '{ print $1 / $2 }' |
        row P4 'instruments: growth / the sketch'"'"'s' 1.2 at_most 'bench/growth.sh books'
    growth participants 4 '' | row P4 'participants, bare: growth' 3 at_most 'bench/growth.sh participants'
    growth participants 5 '' | row P4 'participants, rules on: growth' 3 at_most 'bench/growth.sh participants'
}

P5() {
    "$build/release/bench_memory" >"$folder/memory"
    field engine_with_prices <"$folder/memory" | row P5 'bytes a resting order, engine' 128 at_most bench_memory
    field all <"$folder/memory" | row P5 'with its name and the server'"'"'s view' 128 at_most bench_memory
}

birzhad=("$build/birzhad" --listen 127.0.0.1:0 --clock manual --scenario bench/wire.json)
# Orders acknowledged a second by a server with these flags: WINDOW FLAGS...
acknowledged() {
    local window=$1
    shift
    start_server "${birzhad[@]}" "$@"
    taskset -c 1 "$client" "$port" 4 "$window" 2000000 "$server" | field acknowledged_per_s
    stop_server
}
P6() {
    for ((i = 0; i < rounds; i++)); do acknowledged 512 --ephemeral; done |
        row P6 'orders acknowledged a second' 1000000 at_least 'bench_wire_client PORT 4 512 2000000 PID'
}
P7() {
    for ((i = 0; i < rounds; i++)); do
        rm -rf "$folder/data"
        local group none
        group=$(acknowledged 2048 --data "$folder/data" --sync group)
        none=$(acknowledged 2048 --ephemeral)
        over "$group" "$none"
    done | row P7 'the same, --sync group / no journal' 0.8 at_least 'bench_wire_client PORT 4 2048 2000000 PID'
    rm -rf "$folder/data"
}

# p50 of one order at a time: the server, then any bare one.
round_trip() {
    start_server "$@"
    taskset -c 1 "$client" "$port" echo 20000 | field p50_us
    stop_server
}
P8() {
    for ((i = 0; i < rounds; i++)); do
        over "$(round_trip "${birzhad[@]}" --ephemeral)" "$(round_trip "$client" bare sleep)"
    done | row P8 'round trip / bare, both sleeping' 1.15 at_most 'bench_wire_client PORT echo 20000'
    for ((i = 0; i < rounds; i++)); do
        over "$(round_trip "${birzhad[@]}" --ephemeral --busy-poll)" "$(round_trip "$client" bare spin)"
    done | row P8 'round trip / bare, both polling' 1.6 at_most 'bench_wire_client PORT echo 20000'
}

P9() {
    local commands=5000000 begin end
    mkdir "$folder/journal"
    "$build/release/bench_journal_make" "$folder/journal" $commands >/dev/null
    for ((i = 0; i < rounds; i++)); do
        begin=$(date +%s%N)
        taskset -c 1 "$birzha" journal digest "$folder/journal" >/dev/null
        end=$(date +%s%N)
        over "${commands}000000000" $((end - begin))
    done | row P9 'commands replayed a second' 5000000 at_least 'birzha journal digest DIR, 5,000,000 commands'
    rm -rf "$folder/journal"
}

# p99 over 1,000 readers of 250 updates.
P10() {
    local ours bare
    for ((i = 0; i < rounds; i++)); do
        start_server "${birzhad[@]}" --ephemeral
        ours=$(taskset -c 1 "$build/release/bench_readers" "$port" 1000 250 | field p99_us)
        stop_server
        start_server "$build/release/bench_readers" serve 1000
        bare=$(taskset -c 1 "$build/release/bench_readers" "$port" 1000 250 bare | field p99_us)
        stop_server
        over "$ours" "$bare"
    done | row P10 'update to 1,000 readers, p99 / bare' 1.3 at_most 'bench_readers PORT 1000 250'
}

P11() {
    BUILD=$build bash bench/instructions.sh >"$folder/instructions"
    local before now
    before=$(awk '$1 == "real" && $2 == "off" { print $4 }' "$folder/instructions")
    now=$(awk '$1 == "real" && $2 == "off" { print $3 }' "$folder/instructions")
    echo "$now" | row P11 'instructions an operation, real' "$before" at_most 'bench/instructions.sh'
}

for name in "${rows[@]}"; do
    case $name in
        P1 | P2 | P3 | P4 | P5 | P6 | P7 | P8 | P9 | P10 | P11) "$name" ;;
        *) echo "table.sh: there is no row $name: P1 to P11" >&2; exit 2 ;;
    esac
done
