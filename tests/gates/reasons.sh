#!/bin/bash
# reasons.sh - every reason of engine/reject.h that can be given today is given by a script or an end-to-end test; those
# that cannot are named by the rulebook's last chapter (or, of the gateway, marked unused in PROTOCOL.md), and printed.
set -euo pipefail
chapter=$(sed -n '/^## Not enforced yet/,$p' engine/rules/RULEBOOK.md)
scripts=0 ends=0 later='' missing=''
while read -r number name; do
    if grep -qwh "reason=$name" tests/scripts/*.script; then scripts=$((scripts + 1))
    elif grep -qE "[\"']$name[\\\\]?[\"']|'code':$number\b|, $number, " tests/e2e/*.c tests/adversary/*.c tests/crash/*.c; then ends=$((ends + 1))
    elif grep -qw "$number" <<<"$chapter"; then later="$later $name"
    elif grep -qE "^\| $number \| \`$name\` \|[^|]*\|  \|" gateway/PROTOCOL.md; then later="$later $name"
    else missing="$missing $name"
    fi
done < <(sed -nE 's/^ +XX\(([0-9]+), [A-Z_0-9]+, "([a-z_0-9]+)".*/\1 \2/p' engine/reject.h | grep -v '^0 ')
echo "not given yet:$later"
[ -z "$missing" ] || echo "given by no script and no end-to-end test:$missing"
echo "reasons: $scripts in scripts, $ends more in end-to-end tests, $(wc -w <<<"$later") not given yet, $(wc -w <<<"$missing") missing"
[ -z "$missing" ]
