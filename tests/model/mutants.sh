#!/bin/bash
# mutants.sh - does the differential notice a broken engine?
#
#   mutants.sh [COUNT]     COUNT mutants (default 60)
#
# Makes a copy of the tree, puts one small bug at a time into the engine's sources - a comparison off by one, a condition turned
# round, a side swapped, a wrong reason or cause - and runs the differential on each. The places are spread evenly over all that
# there are, so that the engine can change without this script. A mutant is dead when the differential turns red. Some
# mutants are no bugs at all (a bound that is never reached, a paranoid check), so a share of survivors is allowed; all are
# listed, for a person to look at. Exit code 0: the unbroken engine passes and at least 85 of 100 mutants died.
set -u
count=${1:-60}
root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r Makefile instruments engine tests "$work"
cd "$work" || exit 1
flags="-std=c11 -D_GNU_SOURCE -I. -O1 -w"

# One object per source; a mutant compiles only its own file again.
mkdir objects
object_of() { echo "objects/$(echo "$1" | tr / _).o"; }
engine=$(ls engine/*.c engine/*/*.c | grep -vE '^engine/(views|journal)/')
mutated=$(echo "$engine" | grep -v exchange_read.c)    # accessors have tests of their own
for source in $engine instruments/*.c tests/model/model*.c tests/model/main_differential.c; do
    gcc $flags -c "$source" -o "$(object_of "$source")" || exit 1
done

# Prints what became of a link of all objects: alive (no difference found) or dead.
verdict() {
    gcc objects/*.o -o mutant 2>/dev/null || { echo unbuilt; return; }
    if timeout 60 ./mutant --shrink no --exhaustive 3 >/dev/null 2>&1 &&
        timeout 60 ./mutant --shrink no --operations 100000 --seed 3 >/dev/null 2>&1; then
        echo alive
    else
        echo dead
    fi
}

[ "$(verdict)" = alive ] || { echo "mutants: the unbroken engine does not agree with the model"; exit 1; }

# file:line:pattern|replacement of every place; comments, preprocessor lines and checks are left alone.
places() {
    local rule
    for rule in ' < | <= ' ' > | >= ' ' <= | < ' ' >= | > ' ' == | != ' ' != | == ' ' && | || ' ' || | \&\& ' ' - | + ' \
        'SIDE_BUY|SIDE_SELL' 'REJECT_[A-Z_]*|REJECT_BAD_VALUE' 'CAUSE_[A-Z_]*|CAUSE_REQUEST' 'EVENT_[A-Z_]*|EVENT_TIME' \
        'return true|return false'; do
        # The first of the three bars is the rule's own unless the pattern is a bar itself.
        local pattern=${rule%|*} replacement=${rule##*|}
        [ "$rule" = ' && | || ' ] && pattern=' && ' replacement=' || '
        [ "$rule" = ' || | \&\& ' ] && pattern=' || ' replacement=' \&\& '
        grep -nE -- "$(echo "$pattern" | sed 's/|/[|]/g')" $mutated |
            grep -vE '^[^:]*:[0-9]+: *(/?\*|//|#)|CHECK|REJECT_NONE|limits->|_Static_assert|for \(|XX\(' |
            sed -E "s/^([^:]*:[0-9]+):.*/\1/" | while read -r place; do echo "$place@$pattern@$replacement"; done
    done | sort -t: -k1,1 -k2,2n
}

places >all
total=$(wc -l <all)
dead=0 alive=0
while IFS=@ read -r place pattern replacement; do
    file=${place%:*} line=${place#*:}
    cp "$file" before.c
    sed -i "${line}s@${pattern}@${replacement}@" "$file"
    if cmp -s "$file" before.c || ! gcc $flags -c "$file" -o "$(object_of "$file")" 2>/dev/null; then
        cp before.c "$file"
        gcc $flags -c "$file" -o "$(object_of "$file")"
        continue
    fi
    case $(verdict) in
        dead) dead=$((dead + 1)) ;;
        alive) alive=$((alive + 1)); echo "survived: $place: $(sed -n "${line}s/^ *//p" "$file")" ;;
    esac
    cp before.c "$file"
    gcc $flags -c "$file" -o "$(object_of "$file")"
done < <(awk -v n="$total" -v want="$count" 'int((NR - 1) * want / n) != int(NR * want / n)' all)
cd "$root" || exit 1
echo "mutants: $dead of $((dead + alive)) killed ($total places)"
[ $((dead * 100)) -ge $(((dead + alive) * 85)) ] && [ "$dead" -gt 0 ]
