#!/bin/bash
# A server under memcheck, in the place of the plain binary; see valgrind.sh.
exec valgrind --quiet --leak-check=full --log-file="$VALGRIND_LOGS/server.%p" "$VALGRIND_SERVER" "$@"
