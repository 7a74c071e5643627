#!/bin/bash
# full_disk.sh BUILD_DIR - a disk with room for one segment of the journal: new orders are refused with a reason, nothing
# that was acknowledged is lost, and after there is more room the server goes on. The disk is a file system in memory in
# a name space of its own, so nobody needs to be root.
set -eu
build=$(realpath "$1")
export folder
folder=$(mktemp -d)
trap 'rmdir "$folder"' EXIT
unshare --map-root-user --mount bash -euc '
    mount -t tmpfs -o size=72m none "$folder"
    "$0/release/kill_driver" "$0/release/birzhad" full "$folder"
    mount -o remount,size=256m "$folder"
    "$0/release/kill_driver" "$0/release/birzhad" again "$folder"
' "$build"
