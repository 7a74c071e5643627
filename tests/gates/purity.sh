#!/bin/bash
# purity.sh BUILD_DIR - the engine is a function: linked together, instruments and engine may leave nothing undefined but
# the memcpy family, the CHECK hook and the compiler's own arithmetic. A clock, a file, an allocation or a printf
# would show here by name.
set -eu
build=$1
object=$(mktemp --suffix=.o)
trap 'rm -f "$object"' EXIT
ld -r --whole-archive "$build/release/libinstruments.a" "$build/release/libengine.a" "$build/release/libjournal.a" "$build/release/libviews.a" -o "$object"
allowed='^(memcpy|memset|memmove|memcmp|check_failed|__udivti3|__umodti3|__divti3|__modti3|_GLOBAL_OFFSET_TABLE_)$'
foreign=$(nm -u "$object" | awk '{print $2}' | sort -u | grep -vE "$allowed" || true)
if [ -n "$foreign" ]; then
    echo "undefined symbols that the pure layers may not have:" $foreign
    exit 1
fi
# Floating point arithmetic would break "same commands, same bytes".
floats=$(objdump -d --no-show-raw-insn "$object" | grep -cE '\s(v?(add|sub|mul|div|sqrt|cvtsi2)s[sd]|v?cvtt?s[sd]2si)\s' || true)
if [ "$floats" != 0 ]; then
    echo "$floats floating point instructions in the pure layers"
    exit 1
fi
echo "pure: $(nm -u "$object" | awk '{print $2}' | sort -u | tr '\n' ' ')"
