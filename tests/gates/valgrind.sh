#!/bin/bash
# valgrind.sh BUILD_DIR - memcheck over the differential and over a server that is talked to. Criterion forks, so the
# verdict is in the log files and not in an exit code: any report fails.
set -u
build=$1
logs=$build/valgrind
rm -rf "$logs"
mkdir -p "$logs"
check="valgrind --quiet --leak-check=full --trace-children=yes --log-file=$logs/%p"
$check "$build/debug/main_differential" --operations 5000 --seed 3 >/dev/null || exit 1
for layer in instruments wire views scenario session; do
    $check "$build/debug/test_$layer" --jobs 2 --timeout 600 >/dev/null 2>&1 || exit 1
done
# Every server of these suites runs under memcheck, the tests themselves do not.
BIRZHAD="tests/gates/birzhad_valgrind.sh" VALGRIND_LOGS=$logs VALGRIND_SERVER=$build/debug/birzhad \
    "$build/debug/test_e2e" --jobs 2 --timeout 600 --filter '@(deal|amend|cancel|halt|stops|admin|market_data|lists)/*' \
    >"$build/valgrind.e2e.log" 2>&1 || { tail -n 30 "$build/valgrind.e2e.log"; exit 1; }
found=0
for log in "$logs"/*; do
    grep -qE '\.c:[0-9]+\)' "$log" || continue     # without a frame of ours it is Criterion's own leak
    echo "$log:"
    head -n 20 "$log"
    found=1
done
[ "$found" = 0 ] && echo "valgrind: nothing found"
exit "$found"
