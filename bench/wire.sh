#!/bin/bash
# wire.sh - what a message costs in nanoseconds and instructions, and how many orders a second a server acknowledges that
# has one processor, no journal, and clients that do not wait for answers.
#
#   BUILD=build bash bench/wire.sh [JSON_FILE]      ROUNDS (5), REQUESTS (1000000), CONNECTIONS (4), WINDOW (512)
#
# The server is pinned to core 0, the client to core 1. Table on standard output, medians over the rounds; every line of
# JSON that the programs printed goes to JSON_FILE ($BUILD/wire.json). "a processor second" divides by the processor time
# that the server took: a neighbour on the core changes it less than the wall clock.
set -euo pipefail
build=${BUILD:-build}
rounds=${ROUNDS:-5} requests=${REQUESTS:-1000000} connections=${CONNECTIONS:-4} window=${WINDOW:-512}
json=${1:-$build/wire.json}
scenario=bench/wire.json
export BIRZHA_DATA_DIR=${BIRZHA_DATA_DIR:-instruments/data}
folder=$(mktemp -d)
. bench/lib.sh
trap 'stop_server; rm -rf "$folder"' EXIT
: >"$json"

# Instructions a message: what 10,000 messages more cost.
instructions() {
    local counts=() count
    command -v valgrind >/dev/null || { echo -; return; }
    for count in 2000 12000; do
        counts+=("$(valgrind --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null \
            "$build/release/bench_wire" "$scenario" "$1" "$count" 2>&1 | sed -n 's/.*I *refs: *//p' | tr -d ,)")
    done
    echo $(((counts[1] - counts[0]) / 10000))
}

printf '%-22s %10s %14s\n' 'a message' ns instructions
taskset -c 0 "$build/release/bench_wire" "$scenario" 9 | while read -r line; do
    name=$(field case <<<"$line")
    count=$(instructions "$name")
    echo "${line%\}},\"instructions\":\"$count\"}" >>"$json"
    printf '%-22s %10s %14s\n' "$name" "$(field ns <<<"$line")" "$count"
done

client=$build/release/bench_wire_client
birzhad=("$build/birzhad" --listen 127.0.0.1:0 --ephemeral --clock manual --scenario "$scenario")
# The round trip of one order: name of the case, then the server.
round_trip() {
    start_server "${@:2}"
    taskset -c 1 "$client" "$port" echo 20000 | sed "s/^{/{\"case\":\"$1\",/" >>"$folder/$1"
    stop_server
}
for ((round = 0; round < rounds; round++)); do
    start_server "${birzhad[@]}"
    taskset -c 1 "$client" "$port" "$connections" "$window" "$requests" "$server" >>"$folder/load"
    stop_server
    round_trip sleeping "${birzhad[@]}"
    round_trip bare_sleeping "$client" bare sleep
    round_trip polling "${birzhad[@]}" --busy-poll
    round_trip bare_polling "$client" bare spin
done
cat "$folder"/{load,sleeping,bare_sleeping,polling,bare_polling} >>"$json"
echo
echo "$connections connections, $window requests under way on each, $requests requests, $rounds rounds"
printf '%-46s %12s\n' 'acknowledged a second' "$(field acknowledged_per_s <"$folder/load" | median)" \
    'acknowledged a processor second of the server' "$(field acknowledged_per_cpu_s <"$folder/load" | median)" \
    'ns a request, in the server itself' "$(field server_user_ns <"$folder/load" | median)" \
    'ns a request, in the kernel for it' "$(field server_kernel_ns <"$folder/load" | median)" \
    'round trip of one order, p50, us' "$(field p50_us <"$folder/sleeping" | median)" \
    '  a bare server that answers as much' "$(field p50_us <"$folder/bare_sleeping" | median)" \
    'the same with --busy-poll' "$(field p50_us <"$folder/polling" | median)" \
    '  a bare server that polls' "$(field p50_us <"$folder/bare_polling" | median)"
