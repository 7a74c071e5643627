#!/bin/bash
# run.sh - the simulator as a proof: seeds 1 to SEEDS, STEPS steps each, and that a run can be repeated.
#
#   run.sh BUILD_DIR SEEDS STEPS
#
# A few seeds run under sanitizers and all in the release build. The same seed must give the same trace twice, and in
# both builds: two compilers' flags, one run.
set -eu
build=$1 seeds=$2 steps=$3
few=$(( seeds < 20 ? seeds : 20 ))
trace() { sed -n 's/^seed [0-9]*: trace //p'; }
"$build/asan/sim" --seed 1 --seeds "$few" --steps "$steps" >"$build/reports/sim-asan.log" || { cat "$build/reports/sim-asan.log"; exit 1; }
first=$("$build/asan/sim" --seed 1 --steps "$steps" | trace)
again=$("$build/release/sim" --seed 1 --steps "$steps" | trace)
inside=$(trace <"$build/reports/sim-asan.log" | head -n 1)
if [ -z "$first" ] || [ "$first" != "$again" ] || [ "$first" != "$inside" ]; then
    echo "the same seed gave other traces: $first, $again, $inside"
    exit 1
fi
"$build/release/sim" --seed 1 --seeds "$seeds" --steps "$steps"
