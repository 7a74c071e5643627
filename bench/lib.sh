# lib.sh - what the bench scripts share: medians, fields of JSON lines, a server on a core of its own.
# Sourced, with `build` and `folder` set. The server gets core 0, whoever measures it core 1.

# Median of the numbers on standard input, one a line.
median() { sort -g | awk '{ v[NR] = $1 } END { if (NR == 0) exit 1; print (v[int((NR + 1) / 2)] + v[int((NR + 2) / 2)]) / 2 }'; }

# The value of a member of JSON lines on standard input; of equal names the last in a line.
field() { sed -n "s/.*\"$1\":\"\{0,1\}\([-0-9.a-z_]*\).*/\1/p"; }

# A member of an object in a JSON line: OBJECT MEMBER.
inner() { sed -n "s/.*\"$1\":{\([^}]*\)}.*/\1/p" | sed -n "s/.*\"$2\":\([-0-9.]*\).*/\1/p"; }

server=
# Starts any command that prints a ready line with its address; sets `server` and `port`.
start_server() {
    taskset -c 0 "$@" >"$folder/ready" 2>"$folder/log" &
    server=$!
    local tries
    for tries in $(seq 1200); do
        grep -q ready "$folder/ready" && break
        kill -0 "$server" 2>/dev/null || { cat "$folder/log" >&2; exit 1; }
        sleep 0.05
    done
    port=$(sed 's/.*"tcp":"127\.0\.0\.1:\([0-9]*\)".*/\1/' "$folder/ready")
}
stop_server() { [ -z "$server" ] || { kill "$server" && wait "$server"; } 2>/dev/null || true; server=; }
