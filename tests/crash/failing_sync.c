/* failing_sync.c - for LD_PRELOAD: the call of fdatasync that FAIL_SYNC names fails with EIO, as every later one. */
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int fdatasync(int descriptor) {
    static int calls;
    const char *named = getenv("FAIL_SYNC");
    if (named && ++calls >= (int)strtol(named, NULL, 10)) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_fdatasync, descriptor);
}
