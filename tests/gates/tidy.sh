#!/bin/bash
# tidy.sh - house rules that a script can see. Prints every breach with file and line.
set -u
breaches=0
breach() { echo "$1"; breaches=$((breaches + 1)); }
report() { while IFS= read -r line; do [ -n "$line" ] && breach "$1: $line"; done; }

sources() { git ls-files --cached --others --exclude-standard -- "$@" | sort -u | while read -r f; do [ -f "$f" ] && echo "$f"; done; }
code=$(sources '*.c' '*.h')

# Which way the includes point: folder, and what it may not include.
forbid() {
    local folder=$1 pattern=$2 why=$3
    report "$why" < <(grep -nE "^#include *[<\"]($pattern)" $(sources "$folder/*.c" "$folder/*.h") /dev/null)
}
forbid instruments 'engine/|gateway/|tools/|uv\.h|cjson|std(io|lib)\.h|time\.h' 'instruments depends on nothing'
forbid engine 'gateway/|tools/|uv\.h|cjson|std(io|lib)\.h|time\.h|unistd\.h' 'the engine is pure'
forbid engine/book 'engine/(participants|rules|match|clearing|market)/|engine/state\.h' 'the book knows prices and slots only'
forbid engine/views 'engine/(state|book/book|match|rules|participants|market)' 'views see events only'
forbid gateway/wire 'uv\.h|gateway/(session|net|scenario)/' 'wire is sans-I/O'
forbid gateway/session 'uv\.h|cjson|gateway/net/' 'session is sans-I/O'
report 'uv.h belongs to net, storage, clock, main' < <(grep -lE '#include *<uv\.h>' $(sources 'gateway/*.c' 'gateway/*.h') /dev/null \
    | grep -vE '^gateway/(net/|main\.c|clock\.[ch]|storage_file\.[ch])')
report 'cJSON belongs to wire and scenario' < <(grep -lE '#include *<cjson' $(sources 'gateway/*') /dev/null \
    | grep -vE '^gateway/(wire|scenario)/')

# Floating point where money passes.
report 'no floating point here' < <(grep -nwE 'double|float' $(sources 'instruments/*.[ch]' 'engine/*.[ch]') /dev/null | grep -vE ':[0-9]+: *(\*|//|/\*)')

# Calls that have a better one.
report 'banned call' < <(grep -nE '\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|rand|srand|alloca)\(' $code /dev/null)
report 'cJSON call that folds case or prints' < <(grep -nE 'cJSON_(GetObjectItem|HasObjectItem|Print|PrintUnformatted|Parse|ParseWithLength|Duplicate|Minify)\(' $(sources 'gateway/*.[ch]') /dev/null)

# Shape.
report 'line over 120 columns' < <(awk 'length($0) > 120 { print FILENAME ":" FNR }' $(printf '%s\n' $code | grep -v '^tests/'))
report 'line over 140 columns' < <(awk 'length($0) > 140 { print FILENAME ":" FNR }' $code)
report 'tab or trailing blank' < <(grep -nP '\t| +$' $code /dev/null | cut -c1-80)
report 'unfinished' < <(grep -nwE 'TODO|FIXME|XXX|HACK' $code /dev/null)
report 'function over 70 lines' < <(awk '
    FNR == 1 { start = 0 }
    /^[A-Za-z_].*\)[^;]*\{ *$/ { start = FNR }
    /^\{ *$/ { if (!start) start = FNR }
    /^\}/ { if (start && FNR - start + 1 > 70) print FILENAME ":" start " " FNR - start + 1 " lines"; start = 0 }' \
    $(printf '%s\n' $code | grep -v '^tests/'))
for header in $(printf '%s\n' $code | grep '\.h$' | grep -v '^tests/'); do
    grep -q '#ifndef BIRZHA_' "$header" || breach "no include guard BIRZHA_: $header"
done

echo "tidy: $(printf '%s\n' $code | wc -l) files, $breaches breaches"
[ "$breaches" = 0 ]
