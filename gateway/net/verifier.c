/* verifier.c - one job per password; see verifier.h. */
#include "gateway/net/verifier.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/net/connection.h"
#include "gateway/password.h"

struct job {
    uv_work_t work;
    struct connection *connection;
    int status;                                 /* of password_hash */
    enum password_verdict verdict;
    char hash[password_hash_size];
    char password[request_password_size + 1];   /* NUL-terminated */
};

static void job_close(struct job *job) {
    explicit_bzero(job, sizeof *job);
    free(job);
}

static void check_elsewhere(uv_work_t *work) {
    struct job *job = work->data;
    job->verdict = password_verify(job->password, job->hash);
}

static void on_checked(uv_work_t *work, int status) {
    struct job *job = work->data;
    int right = status == 0 && job->verdict == PASSWORD_RIGHT;
    struct connection *connection = job->connection;
    job_close(job);
    connection_on_verdict(connection, right ? LOGON_PASSED : LOGON_REFUSED);
}

static void hash_elsewhere(uv_work_t *work) {
    struct job *job = work->data;
    job->status = password_hash(job->password, job->hash);
}

static void on_hashed(uv_work_t *work, int status) {
    struct job *job = work->data;
    connection_on_hash(job->connection, status == 0 && job->status == 0 ? job->hash : NULL);
    job_close(job);
}

/* NULL when memory is short. */
static struct job *job_open(struct connection *connection, const struct request_text *password) {
    struct job *job = calloc(1, sizeof *job);
    if (!job) return NULL;
    job->work.data = job;
    job->connection = connection;
    memcpy(job->password, password->text, password->size);
    return job;
}

void verifier_check(uv_loop_t *loop, struct connection *connection, const char hash[password_hash_size],
                    const struct request_text *password) {
    connection_hold(connection);
    struct job *job = job_open(connection, password);
    if (job) memcpy(job->hash, hash, password_hash_size);
    if (job && uv_queue_work(loop, &job->work, check_elsewhere, on_checked) == 0) return;
    if (job) job_close(job);
    connection_on_verdict(connection, LOGON_REFUSED);
}

void verifier_hash(uv_loop_t *loop, struct connection *connection, const struct request_text *password) {
    connection_hold(connection);
    struct job *job = job_open(connection, password);
    if (job && uv_queue_work(loop, &job->work, hash_elsewhere, on_hashed) == 0) return;
    if (job) job_close(job);
    connection_on_hash(connection, NULL);
}
