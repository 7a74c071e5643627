#!/bin/bash
# run.sh - runs test binaries and believes none of them on its word.
#
#   run.sh BUILD_DIR TIER      TIER: test | full
#
# Criterion 2.4.1 exits 0 when a test leaks, when a sanitizer only prints, and when tests are lost. So beside the exit
# codes this script does not use, it gates on (1) the number of tests run against the number written in the sources, (2) any file that a
# sanitizer has written, (3) a time limit around every binary. The last line says what it all came to.
set -u
build=$1
tier=$2
reports=$build/reports
rm -rf "$reports"
mkdir -p "$reports"
: >"$reports/passed"
: >"$reports/failed"
export ASAN_OPTIONS="log_path=$reports/asan:detect_leaks=1:strict_string_checks=1"
export UBSAN_OPTIONS="log_path=$reports/ubsan:print_stacktrace=1"
export BIRZHAD="$build/asan/birzhad" BIRZHA="$build/release/birzha"
export BIRZHA_DATA_DIR="$PWD/instruments/data"

fail() {
    echo "FAIL: $*"
    echo "$*" >>"$reports/failed"
}

# A Criterion binary. Its exit code says nothing: the runner's own leaks make it 1, lost tests leave it 0.
suite() {
    local layer=$1 log=$reports/$1.log written tested passing
    written=$(grep -rhE '^(Test|Theory)\(' "tests/$layer" --include='test_*.c' | wc -l)
    timeout 300 "$build/asan/test_$layer" --jobs 2 --timeout 120 --color=never >"$log" 2>&1
    tested=$(sed -n 's/.*Synthesis: Tested: \([0-9]*\).*/\1/p' "$log")
    passing=$(sed -n 's/.*Passing: \([0-9]*\).*/\1/p' "$log")
    echo "${passing:-0}" >>"$reports/passed"
    echo "$layer: ${passing:-0} of $written passed"
    if [ "${passing:-0}" != "$written" ] || [ "${tested:-0}" != "$written" ]; then
        grep -vE '^\[(====|RUN|PASS)' "$log" | head -n 60
        fail "$layer: $written tests written, ${tested:-0} run, ${passing:-0} passed"
    fi
}

# Any other program that proves something: name, then the command.
proof() {
    local name=$1 log=$reports/$1.log
    shift
    timeout 1700 "$@" >"$log" 2>&1
    local code=$?
    if [ "$code" = 0 ]; then
        echo 1 >>"$reports/passed"
        echo "$name: $(tail -n 1 "$log")"
    else
        tail -n 40 "$log"
        fail "$name: exit code $code: $*"
    fi
}

# The end-to-end tests wait more than they compute: the rest runs beside them.
suite e2e &
for layer in instruments engine journal views wire scenario session gateway tools; do
    suite "$layer"
done
proof purity bash tests/gates/purity.sh "$build"
proof tidy bash tests/gates/tidy.sh
proof reasons bash tests/gates/reasons.sh
for target in "$build"/asan/fuzz_*; do
    case $target in *.*) continue ;; esac
    name=${target##*/fuzz_}
    proof "fuzz-$name" "$target" tests/fuzz/corpus/"$name"/*
done
proof model-selftest "$build/asan/main_model_selftest"
proof scripts "$build/asan/main_differential" --replay tests/scripts/*.script
proof snapshots-asan "$build/asan/snapshot_tail" 6000 500 1
proof differential-asan "$build/asan/main_differential" --operations 20000 --seed 7
if [ "$tier" = full ]; then
    proof snapshots "$build/release/snapshot_tail" 1000000 1000 1
    proof differential "$build/release/main_differential" --operations 1000000 --seed 1
    proof exhaustive "$build/release/main_differential" --exhaustive 5
    wait
    proof crash "$build/release/kill_driver" "$build/release/birzhad" 200
    proof crash-snapshots "$build/release/kill_driver" "$build/release/birzhad" 200 2 group snapshots
    proof power "$build/release/power_cuts" 100000
    proof sim bash tests/sim/run.sh "$build" 300 3000
    proof failing-sync bash tests/crash/failing_sync.sh "$build" 100
    proof determinism bash tests/gates/determinism.sh "$build"
    proof full-disk bash tests/crash/full_disk.sh "$build"
    proof slow-reader "$build/release/slow_reader" "$build/release/birzhad"
    proof instructions bash bench/instructions.sh check
    proof mutants bash tests/model/mutants.sh
    proof valgrind bash tests/gates/valgrind.sh "$build"
else
    proof snapshots "$build/release/snapshot_tail" 60000 1000 1
    proof differential "$build/release/main_differential" --operations 100000 --seed 1
    proof exhaustive "$build/release/main_differential" --exhaustive 4
    wait
    proof crash "$build/release/kill_driver" "$build/release/birzhad" 5
    proof crash-snapshots "$build/release/kill_driver" "$build/release/birzhad" 5 2 group snapshots
    proof power "$build/release/power_cuts" 2000
    proof sim bash tests/sim/run.sh "$build" 6 1500
    proof failing-sync bash tests/crash/failing_sync.sh "$build" 3
fi

# Criterion's runner leaks a little by itself: a leak none of whose frames is ours is not ours.
ours=' in [^ ]+ (\./)?(instruments|engine|gateway|tools|tests|bench)/'
for report in "$reports"/asan.* "$reports"/ubsan.*; do
    [ -e "$report" ] || continue
    if grep -q 'LeakSanitizer: detected memory leaks' "$report" && ! grep -qE "$ours" "$report"; then continue; fi
    head -n 40 "$report"
    fail "a sanitizer wrote $report"
done
passed=$(awk '{ sum += $1 } END { print sum + 0 }' "$reports/passed")
failed=$(wc -l <"$reports/failed")
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
