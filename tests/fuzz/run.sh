#!/bin/bash
# run.sh BUILD_DIR RUNS [TARGET ...] - so many executions of every fuzz target, beginning with its corpus. What is new and
# reaches new code is kept in BUILD_DIR/fuzz/corpus; tests/fuzz/corpus has what make test replays. Stops at a finding.
set -eu
build=$1 runs=$2
shift 2
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(line guard decode agree scenario journal snapshot commands)
for target in "${targets[@]}"; do
    mkdir -p "$build/fuzz/corpus/$target" "tests/fuzz/corpus/$target"
    words=()
    [ ! -e "tests/fuzz/$target.dict" ] || words=("-dict=tests/fuzz/$target.dict")
    "$build/fuzz/fuzz_$target" -runs="$runs" -max_len=4096 -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 "${words[@]}" \
        -artifact_prefix="$build/fuzz/$target-" "$build/fuzz/corpus/$target" "tests/fuzz/corpus/$target" \
        >"$build/fuzz/$target.log" 2>&1 || { tail -n 30 "$build/fuzz/$target.log"; exit 1; }
    echo "fuzz_$target: $(sed -n 's/stat::number_of_executed_units: *//p' "$build/fuzz/$target.log") executions, no finding"
done
