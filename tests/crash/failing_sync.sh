#!/bin/bash
# failing_sync.sh BUILD_DIR [TIMES] - the disk refuses a sync, at a call that differs each time. The server must end at once,
# with nothing acknowledged that is not on disk, and come back whole when the disk is well again.
set -eu
build=$(realpath "$1")
times=${2:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
gcc -shared -fPIC -O1 -o "$work/failing_sync.so" tests/crash/failing_sync.c
acknowledged=0
for ((i = 1; i <= times; i++)); do
    mkdir "$work/data"
    said=$(FAIL_SYNC=$((5 + i * 7)) "$build/release/kill_driver" "$build/release/birzhad" fails "$work/data" "$work/failing_sync.so")
    acknowledged=$((acknowledged + said))
    rm -rf "$work/data"
done
echo "failing sync: $times servers ended by it, $acknowledged orders acknowledged before, 0 lost, all came back"
