#!/bin/bash
# reasons.sh - every reason of engine/reject.h that can be given today is given by a script or an end-to-end test; those
# that cannot are named by the rulebook's last chapter (or, of the session layer, marked unused in PROTOCOL.md), and
# printed. A reason that a script gives, and that the rulebook says is never given, fails as well.
set -euo pipefail
chapter=$(sed -n '/^## Not enforced yet/,$p' engine/rules/RULEBOOK.md)
given=$(sed 's/#.*//' tests/scripts/*.script)
scripts=0 ends=0 later='' missing='' stale=''
while read -r number name; do
    if grep -qw "reason=$name" <<<"$given"; then
        scripts=$((scripts + 1))
        if grep -qw "$number" <<<"$chapter"; then stale="$stale $name"; fi
    elif grep -qE "[\"']$name[\\\\]?[\"']|'code':$number\b|, $number, " tests/e2e/*.c tests/adversary/*.c tests/crash/*.c; then ends=$((ends + 1))
    elif grep -qw "$number" <<<"$chapter"; then later="$later $name"
    elif [ "$number" -ge 1200 ] && grep -qE "^\| $number \| \`$name\` \|[^|]*\|  \|" gateway/PROTOCOL.md; then later="$later $name"
    else missing="$missing $name"
    fi
done < <(sed -nE 's/^ +XX\(([0-9]+), [A-Z_0-9]+, "([a-z_0-9]+)".*/\1 \2/p' engine/reject.h | grep -v '^0 ')
echo "not given yet:$later"
[ -z "$missing" ] || echo "given by no script and no end-to-end test:$missing"
[ -z "$stale" ] || echo "given by a script, and not enforced yet by the rulebook:$stale"
echo "reasons: $scripts in scripts, $ends more in end-to-end tests, $(wc -w <<<"$later") not given yet, $(wc -w <<<"$missing") missing"
[ -z "$missing$stale" ]
