#!/bin/bash
# afl.sh BUILD_DIR SECONDS [TARGET ...] - AFL++ on every fuzz target for so long, beginning with its corpus; the targets are
# those of run.sh, built without libFuzzer. Findings stay in BUILD_DIR/afl/found/TARGET. Stops at one.
set -eu
build=$1 seconds=$2
shift 2
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(line guard decode agree scenario journal snapshot commands)
export AFL_SKIP_CPUFREQ=1 AFL_NO_UI=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1
for target in "${targets[@]}"; do
    found=$build/afl/found/$target
    rm -rf "$found"
    mkdir -p "$build/afl/found"
    words=()
    [ ! -e "tests/fuzz/$target.dict" ] || words=(-x "tests/fuzz/$target.dict")
    afl-fuzz -V "$seconds" -t 5000 -m none "${words[@]}" -i "tests/fuzz/corpus/$target" -o "$found" -- \
        "$build/afl/fuzz_$target" >"$found.log" 2>&1 || { tail -n 30 "$found.log"; exit 1; }
    stats=$found/default/fuzzer_stats
    figure() { sed -n "s/^$1 *: *//p" "$stats"; }
    echo "afl $target: $(figure execs_done) executions in $(figure run_time) s, $(figure saved_crashes) crashes," \
        "$(figure saved_hangs) hangs"
    [ "$(figure saved_crashes)" = 0 ] && [ "$(figure saved_hangs)" = 0 ] || exit 1
done
