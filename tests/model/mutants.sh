#!/bin/bash
# mutants.sh - does the differential notice a broken engine?
#
#   mutants.sh [COUNT]     COUNT mutants (default 60), about two seconds each
#
# Works on a copy of the tree: puts one small bug at a time into the engine's sources - a comparison off by one, a
# condition turned round, a side swapped, a wrong reason, cause or event - and runs the differential on it. The places
# are spread evenly over all that there are, so the engine can change without this script. A mutant is dead when the
# differential turns red. Some mutants are no bugs at all (the smaller of two equal numbers, a bound that nothing
# reaches), so a share of survivors is allowed; all are listed, for a person to look at.
# Exit code 0: the unbroken engine passes, and at least 80 of 100 mutants died.
set -u
count=${1:-60}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r instruments engine tests "$work"
cd "$work" || exit 1
flags="-std=c11 -D_GNU_SOURCE -I. -O1 -w"

engine=$(ls engine/*.c engine/*/*.c | grep -vE '^engine/(views|journal)/')
mutated=$(echo "$engine" | grep -v exchange_read.c)    # accessors have tests of their own

# One object per source; a mutant compiles only its own file again.
mkdir objects
compile() { gcc $flags -c "$1" -o "objects/$(echo "$1" | tr / _).o" 2>/dev/null; }
for source in $engine instruments/*.c tests/model/model*.c tests/model/main_differential.c; do
    compile "$source" || { echo "mutants: $source does not compile"; exit 1; }
done

# 0 when the engine that is built now agrees with the model. 64 worlds: every set of rules twice.
agrees() {
    gcc objects/*.o -o mutant || exit 1
    timeout 60 ./mutant --shrink no --exhaustive 3 >/dev/null 2>&1 &&
        timeout 60 ./mutant --shrink no --operations 320000 --seed 3 >/dev/null 2>&1
}

agrees || { echo "mutants: the unbroken engine does not agree with the model"; exit 1; }

# What is looked for (extended regular expression) and what is put in its place.
rules() {
    cat <<'RULES'
 < @ <= 
 > @ >= 
 <= @ < 
 >= @ > 
 == @ != 
 != @ == 
 && @ || 
 [|][|] @ \&\& 
 - @ + 
SIDE_BUY@SIDE_SELL
REJECT_[A-Z_]+@REJECT_MALFORMED_REQUEST
CAUSE_[A-Z_]+@CAUSE_LIMIT_REACHED
EVENT_[A-Z_]+@EVENT_TIME
RULES
}

# file:line@pattern@replacement of every place; comments, checks, loops' heads and the limits of a world are left alone.
places() {
    rules | while IFS=@ read -r pattern replacement; do
        grep -nE -- "$pattern" $mutated |
            grep -vE '^[^:]*:[0-9]+: *(/?\*|//|#)|CHECK|REJECT_NONE|limits->|_Static_assert|for \(|XX\(' |
            sed -E 's/^([^:]*:[0-9]+):.*/\1/' | while read -r place; do echo "$place@$pattern@$replacement"; done
    done | sort -t: -k1,1 -k2,2n
}

places >all
total=$(wc -l <all)
dead=0 alive=0
while IFS=@ read -r place pattern replacement; do
    file=${place%:*} line=${place#*:}
    cp "$file" unbroken.c
    sed -E -i "${line}s@${pattern}@${replacement}@" "$file"
    if ! cmp -s "$file" unbroken.c && compile "$file"; then
        if agrees; then
            alive=$((alive + 1))
            echo "survived: $place: $(sed -n "${line}s/^ *//p" "$file")"
        else
            dead=$((dead + 1))
        fi
    fi
    cp unbroken.c "$file"
    compile "$file"
done 2>/dev/null < <(awk -v n="$total" -v want="$count" 'int((NR - 1) * want / n) != int(NR * want / n)' all)
echo "mutants: $dead of $((dead + alive)) killed ($total places)"
[ "$dead" -gt 0 ] && [ $((dead * 100)) -ge $(((dead + alive) * 80)) ]
