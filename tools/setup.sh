#!/bin/sh
# Installs the Debian packages that this project needs, or says the one line to type.
#   setup.sh run    what building and running takes
#   setup.sh test   and what `make test` takes
#   setup.sh full   and what `make check-full` and `make lint` take
#   setup.sh afl    what `make test` takes, and AFL++
set -eu

run_packages="gcc libc6-dev libuv1-dev libcjson-dev libxxhash-dev libedit-dev libcrypt-dev libsqlite3-dev procps"
test_packages="libcriterion-dev binutils"
full_packages="clang llvm valgrind git"
afl_packages="afl++ clang"

case "${1:-}" in
    run) wanted=$run_packages ;;
    test) wanted="$run_packages $test_packages" ;;
    full) wanted="$run_packages $test_packages $full_packages" ;;
    afl) wanted="$run_packages $test_packages $afl_packages" ;;
    *) echo "usage: setup.sh run|test|full|afl" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "This is not a Debian system. Install these, by your system's names: $wanted" >&2
    exit 0
fi

missing=
for package in $wanted; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
    as=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as="sudo -n"
else
    echo "Some packages are missing. Type this, then try again:" >&2
    echo "    sudo apt-get update && sudo $install" >&2
    exit 1
fi
echo "installing:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
$as apt-get update -qq >&2
$as $install -qq >&2
