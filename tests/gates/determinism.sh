#!/bin/bash
# determinism.sh BUILD_DIR - one journal, made under load, is replayed by every build there is: gcc and clang, without and
# with optimisation, with sanitizers, in two locales and time zones. All must come to the same events and the same state.
set -eu
build=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$build/release/kill_driver" "$build/release/birzhad" again "$folder" >/dev/null
expected=$("$build/release/birzha" journal verify "$folder")
runs=0
for flavour in release clang debug asan; do
    for setting in LC_ALL=C LC_ALL=tr_TR.UTF-8 TZ=Asia/Kathmandu TZ=America/St_Johns; do
        said=$(env "$setting" "$build/$flavour/birzha" journal verify "$folder")
        runs=$((runs + 1))
        [ "$said" = "$expected" ] && continue
        echo "$flavour with $setting: $said, not $expected"
        exit 1
    done
done
echo "determinism: $runs replays, one answer: $expected"
