#!/bin/bash
# sabotage.sh - the server broken on purpose, one promise at a time: the simulator must turn red, and the command that it
# prints must turn red again, with the same words.
#
#   sabotage.sh [SEEDS [ONLY]]      (60) how many seeds a mutant may need; only mutants whose name has this in it
set -u
seeds=${1:-60} only=${2:-}
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git ls-files --cached --others --exclude-standard | tar -cf - -T - 2>/dev/null | tar -xf - -C "$copy"
caught=0 tried=0

# name, file, what sed does to it
mutant() {
    local name=$1 file=$2 change=$3 words again
    [[ $name == *$only* ]] || return
    cp "$copy/$file" "$copy/kept"
    sed -i "$change" "$copy/$file"
    tried=$((tried + 1))
    if cmp -s "$copy/$file" "$copy/kept"; then
        echo "NOT APPLIED $name: sed found nothing in $file"
    elif ! make -C "$copy" --no-print-directory build/release/sim >"$copy/log" 2>&1; then
        echo "NOT BUILT $name"
        tail -n 5 "$copy/log"
    else
        (cd "$copy" && timeout 900 build/release/sim --seeds "$seeds") >"$copy/log" 2>&1
        words=$(grep -aE '^FAILED|^CHECK|^the server has ended' "$copy/log" | cut -c 1-110)
        again=$(sed -n 's/.*repeat with: //p' "$copy/log")
        if [ -z "$again" ]; then
            echo "SURVIVED $name: $(tail -n 1 "$copy/log" | cut -c 1-110)"
        elif (cd "$copy" && $again) 2>&1 | grep -aqF "$(cut -d : -f 1-2 <<<"$words")"; then
            caught=$((caught + 1))
            echo "caught $name: $words; $again"
        else
            echo "NOT REPEATED $name: $words; $again"
        fi
    fi
    cp "$copy/kept" "$copy/$file"
}

mutant "bytes leave before their batch is durable" gateway/net/connection.c \
    's/uint32_t left = outbox_releasable(.*;/uint32_t left = connection->outbox.size;/'
mutant "a sync is left out" gateway/storage_file.c \
    's/if (\*status == 0 && job->sync && job->segment > 0 && fdatasync/if (*status == 0 \&\& job->offset % 40960 != 0 \&\& job->sync \&\& job->segment > 0 \&\& fdatasync/'
mutant "a sync that failed is ignored" gateway/storage_file.c \
    's/job->segment > 0 && fdatasync(storage->segment_descriptor) < 0) \*status = -errno;/job->segment > 0) (void)!fdatasync(storage->segment_descriptor);/'
mutant "a write that failed is ignored" gateway/storage_file.c \
    's/if (written < 0) return -errno;/if (written < 0) return 0;/'
mutant "a short write is taken for a whole one" gateway/storage_file.c \
    's/^        size -= (uint64_t)written;/        size = 0;/'
mutant "a torn end is not zeroed" gateway/storage_file.c \
    's/if (memcmp(bytes->bytes + at, zeros, size) != 0) status = write_all(descriptor, zeros, size, at);/(void)zeros;/'
mutant "a start believes the cache" gateway/storage_file.c \
    's/if (status == 0) status = forget_cache(storage);/(void)forget_cache;/'
mutant "the folder of a new segment is not synced" gateway/storage_file.c \
    's/else if (fsync(storage->folder_descriptor) < 0) status = -errno;//'
mutant "one name in sixteen is forgotten" engine/participants/names.c \
    's/if ((name->day \& ~NAME_REPLACED) != today/if (name->order_id % 16 == 3 || (name->day \& ~NAME_REPLACED) != today/'
mutant "a resend over a session of the other kind is another order" engine/participants/names.c \
    's/asked.new_order.flags \&= .*;//'
mutant "a number of the stream is left out" gateway/session/stream.c \
    's/uint64_t seq = stream->next_seq++;/if (stream->next_seq % 64 == 0) stream->next_seq++;\n    uint64_t seq = stream->next_seq++;/'
mutant "a report is not sent" gateway/session/dialog.c \
    's/^    dialog->next_seq++;/    dialog->next_seq += dialog->next_seq % 50 == 0 ? 2 : 1;/'
mutant "a request is taken while a password is looked at" gateway/net/connection.c \
    's/!dialog_is_busy(&connection->dialog) \&\& !outbox_is_behind/!outbox_is_behind/'
mutant "an update is not told to a reader who is behind" gateway/publisher.c \
    's/else if (feed->channel != CHANNEL_TRADES) wait_for_snapshot(subscription, SUBSCRIPTION_CONFLATED);//'
mutant "a full disk is noticed too late" gateway/committer.c \
    's/if (committer->prepare_status == 0) return 0;/return 0;/'
mutant "a connection of before keeps its orders" gateway/session/dialog.c \
    's/if (dialog->cancel_on_disconnect) {/if (dialog->cancel_on_disconnect \&\& dialog->connection % 2) {/'

echo "sabotage: $caught of $tried caught"
[ "$caught" = "$tried" ]
