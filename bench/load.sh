#!/bin/bash
# load.sh - a server under load: a thousand connections that send beside ten thousand that only stay; a steady client
# beside a flood and a reader that does not read; and where throughput ends.
#
#   BUILD=build bash bench/load.sh [crowd] [flood] [knee]      all, if none is given
#
# The server is pinned to core 0 and clients to core 1, the flood apart. What birzha load printed lies in $BUILD/load/*.json, the
# pictures beside it. Exit code 1 when a run was not valid. Environment: RATE (20000) and SECONDS_EACH (10) of the crowd,
# ROUNDS (3) of the flood, RAMP (600000).
set -euo pipefail
build=${BUILD:-build}
rate=${RATE:-20000} seconds=${SECONDS_EACH:-10} rounds=${ROUNDS:-3} ramp=${RAMP:-600000}
out=$build/load
export BIRZHA_DATA_DIR=${BIRZHA_DATA_DIR:-instruments/data}
folder=$(mktemp -d)
. bench/lib.sh
trap 'stop_server; rm -rf "$folder"' EXIT
mkdir -p "$out"
parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(crowd flood knee)

load() { taskset -c 1 "$build/birzha" load --connect "127.0.0.1:$port" "$@"; }
world() { "$build/birzha" load --make-world "$folder/world.json" --firms "$@"; }
resident() { awk '/VmRSS/ { print $2 }' "/proc/$server/status"; }

# The largest resident memory of the server, in KiB, while a command runs.
while_watching() {
    local most=0 now
    "$@" >"$folder/watched" &
    local watched=$!
    while kill -0 "$watched" 2>/dev/null; do
        now=$(resident)
        [ "$now" -le "$most" ] || most=$now
        sleep 0.1
    done
    wait "$watched"
    echo "$most"
}

crowd() {
    world 1000
    start_server "$build/birzhad" --listen 127.0.0.1:0 --ephemeral --scenario "$folder/world.json"
    local alone with
    # Once untimed, so that what grows only the first time does not count as the idle ones' memory.
    load --users "$folder/world.json.users" --rate "$rate" --duration "$seconds" --json >"$out/crowd_warm.json"
    alone=$(while_watching load --users "$folder/world.json.users" --rate "$rate" --duration "$seconds" --seed 2 --json)
    cp "$folder/watched" "$out/crowd_alone.json"
    with=$(while_watching load --users "$folder/world.json.users" --idle 10000 --rate "$rate" --duration "$seconds" \
        --seed 3 --json)
    cp "$folder/watched" "$out/crowd_idle.json"
    stop_server
    echo "1,000 connections at $rate requests a second for $seconds s; microseconds from when each was due"
    printf '%-28s %9s %9s %9s %9s %9s %9s %7s\n' '' p50 p90 p99 p99.9 p99.99 max valid
    for name in alone idle; do
        printf '%-28s' "$([ $name = alone ] && echo alone || echo 'beside 10,000 idle ones')"
        for p in p50 p90 p99 p99.9 p99.99 max; do printf ' %9s' "$(inner latency_us $p <"$out/crowd_$name.json")"; done
        printf ' %7s\n' "$(field valid <"$out/crowd_$name.json")"
    done
    echo "memory: $alone KiB alone, $with KiB beside the idle: $(((with - alone) * 1024 / 10000)) bytes an idle connection"
    ! grep -l '"valid":false' "$out"/crowd_*.json
}

# A steady client's p99 alone, then beside a flood of one other client and a reader that subscribes and never reads. The
# steady client has core 1 for itself; the flood runs with the lowest priority on the server's.
flood() {
    world 3 --message-rate 1000
    head -n 1 "$folder/world.json.users" >"$folder/steady"
    sed -n 2p "$folder/world.json.users" >"$folder/flood"
    start_server "$build/birzhad" --listen 127.0.0.1:0 --ephemeral --scenario "$folder/world.json"
    : >"$out/flood.json"
    local steady=(--users "$folder/steady" --rate 500 --duration "$seconds" --arrivals constant --json)
    for ((round = 0; round < rounds; round++)); do
        load "${steady[@]}" --seed "$round" | sed 's/^{/{"case":"alone",/' >>"$out/flood.json"
        exec 7<>"/dev/tcp/127.0.0.1/$port"
        echo '{"type":"subscribe","channel":"book","symbols":"all"}' >&7
        nice -n 19 taskset -c 0 "$build/birzha" load --connect "127.0.0.1:$port" --users "$folder/flood" --rate 50000 --duration $((seconds + 2)) --json >"$out/flooding.json" &
        local flooding=$!
        sleep 1
        load "${steady[@]}" --seed "$round" | sed 's/^{/{"case":"beside",/' >>"$out/flood.json"
        wait "$flooding"
        exec 7>&-
    done
    stop_server
    local alone beside
    alone=$(grep '"case":"alone"' "$out/flood.json" | inner latency_us p99 | median)
    beside=$(grep '"case":"beside"' "$out/flood.json" | inner latency_us p99 | median)
    echo "a steady client of 500 requests a second, p99, median of $rounds: $alone us alone, $beside us beside a flood of"
    echo "50,000 a second (of which $(field refused <"$out/flooding.json") were refused in the last round) and a reader that"
    echo "does not read: $(awk -v a="$alone" -v b="$beside" 'BEGIN { printf "%.2f", b / a }') times"
    ! grep -l '"valid":false' "$out/flood.json"
}

knee() {
    world 50
    start_server "$build/birzhad" --listen 127.0.0.1:0 --ephemeral --scenario "$folder/world.json"
    load --users "$folder/world.json.users" --rate 20000 --duration 2 --json >/dev/null
    load --users "$folder/world.json.users" --rate 10000 --ramp "$ramp" --steps 14 --duration 3 --out "$out/knee"
    stop_server
    echo "picture: $out/knee/knee.svg"
}

for part in "${parts[@]}"; do
    case $part in
        crowd | flood | knee) "$part" ;;
        *) echo "load.sh: there is no part $part: crowd, flood, knee" >&2; exit 2 ;;
    esac
    echo
done
