#!/bin/sh
# `make run`: the exchange with the demonstration world, a crowd of traders in it, and what to type next.
# Nothing is kept on disk. Ctrl-C stops everything.
#   BIRZHA_LISTEN   HOST:PORT to listen on (127.0.0.1:7400)
#   BUILD           folder of the programs (build)
set -eu

listen=${BIRZHA_LISTEN:-127.0.0.1:7400}
build=${BUILD:-build}
scenario=instruments/data/scenarios/demo.json
crowd=
work=$(mktemp -d)

# Ends what this script started, and nothing else.
finish() {
    trap - EXIT INT TERM
    if [ -n "$crowd" ]; then kill "$crowd" 2>/dev/null || true; fi
    if [ -n "${server:-}" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$work"
    exit "${1:-0}"
}
trap 'echo; finish 0' INT TERM
trap 'finish $?' EXIT

: >"$work/ready"
"$build/birzhad" --listen "$listen" --ephemeral --scenario "$scenario" >"$work/ready" 2>"$work/log" &
server=$!

# The server prints one line when it accepts connections.
tries=0
until grep -q '"type":"ready"' "$work/ready"; do
    if ! kill -0 "$server" 2>/dev/null; then
        if grep -qi 'in use' "$work/log"; then
            echo "Port ${listen##*:} is taken; stop what uses it, or type BIRZHA_LISTEN=127.0.0.1:7500 make run" >&2
        else
            tail -n 5 "$work/log" >&2
        fi
        server=
        finish 1
    fi
    tries=$((tries + 1))
    if [ "$tries" -gt 300 ]; then
        echo "The server did not become ready within 30 seconds." >&2
        finish 1
    fi
    sleep 0.1
done
address=$(sed -n 's/.*"tcp":"\([^"]*\)".*/\1/p' "$work/ready")

"$build/birzha" crowd --connect "$address" 2>"$work/crowd" &
crowd=$!

connect=
[ "$address" = 127.0.0.1:7400 ] || connect=" --connect $address"
cat <<EOF
The exchange listens on $address. Twelve traders are filling the books; nothing is kept on disk.

In a second terminal, in this folder:
    $build/birzha watch DY-SMP-EX$connect
    $build/birzha order sell 1 DY-SMP-EX --user dairy1 --password dairy1$connect
    $build/birzha connect --user dairy1 --password dairy1$connect

Or without any program of ours:
    exec 3<>/dev/tcp/${address%:*}/${address##*:}; echo '{"type":"subscribe","channel":"trades","symbols":"all"}' >&3; cat <&3

Ctrl-C stops it.
EOF

status=0
wait "$server" || status=$?
server=
tail -n 3 "$work/log" >&2
finish "$status"
