/* password.c - libcrypt behind two functions; see password.h. */
#include "gateway/password.h"

#include <crypt.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/image.h"
#include "instruments/check.h"
#include "instruments/name_table.h"

/* About 13 ms on the machine this was written on; one more doubles it. */
enum { yescrypt_cost = 5 };

/* crypt_r's working memory is 32 KiB: too much for the stack of a worker. The caller frees it with scratch_close. */
static struct crypt_data *scratch_open(void) {
    return calloc(1, sizeof(struct crypt_data));
}

static void scratch_close(struct crypt_data *scratch) {
    explicit_bzero(scratch, sizeof *scratch);
    free(scratch);
}

int password_hash(const char *password, char hash[password_hash_size]) {
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    if (!crypt_gensalt_rn("$y$", yescrypt_cost, NULL, 0, setting, sizeof setting)) return -errno;
    struct crypt_data *scratch = scratch_open();
    if (!scratch) return -ENOMEM;
    const char *text = crypt_r(password, setting, scratch);
    int status = 0;
    if (!text || text[0] == '*' || strlen(text) > password_hash_size) {
        status = -EINVAL;
    } else {
        name_set(hash, password_hash_size, text, (uint32_t)strlen(text));
    }
    scratch_close(scratch);
    return status;
}

/* Every byte is looked at, wherever the first difference is. */
static enum password_verdict compare(const char *a, const char *b, size_t size) {
    unsigned char difference = 0;
    for (size_t i = 0; i < size; i++) difference |= (unsigned char)(a[i] ^ b[i]);
    return difference == 0 ? PASSWORD_RIGHT : PASSWORD_WRONG;
}

enum password_verdict password_verify(const char *password, const char hash[password_hash_size]) {
    char setting[password_hash_size + 1] = {0};
    memcpy(setting, hash, password_hash_size);
    struct crypt_data *scratch = scratch_open();
    if (!scratch) return PASSWORD_WRONG;
    const char *text = crypt_r(password, setting, scratch);
    enum password_verdict verdict = PASSWORD_WRONG;
    if (text && text[0] != '*' && strlen(text) == strlen(setting)) verdict = compare(text, setting, strlen(setting));
    scratch_close(scratch);
    return verdict;
}

int credentials_init(struct credentials *credentials, uint32_t users_max) {
    *credentials = (struct credentials){.users_max = users_max};
    int status = password_hash("nobody", credentials->nobody);
    if (status < 0) return status;
    /* The last character of the hash is turned into another one: the work stays, the match is gone. */
    uint32_t size = name_size(credentials->nobody, password_hash_size);
    char *last = &credentials->nobody[size - 2];
    *last = *last == 'a' ? 'b' : 'a';
    credentials->hashes = calloc(users_max, sizeof *credentials->hashes);
    return credentials->hashes ? 0 : -ENOMEM;
}

void credentials_close(struct credentials *credentials) {
    if (!credentials->hashes) return;
    explicit_bzero(credentials->hashes, credentials->users_max * sizeof *credentials->hashes);
    free(credentials->hashes);
    credentials->hashes = NULL;
}

void credentials_write(const struct credentials *credentials, uint32_t users_count, struct image *image) {
    CHECK(users_count <= credentials->users_max);
    image_array(image, credentials->hashes, sizeof *credentials->hashes, users_count);
}

int credentials_load(struct credentials *credentials, uint32_t users_count, struct image *image) {
    CHECK(users_count <= credentials->users_max);
    image_array(image, credentials->hashes, sizeof *credentials->hashes, users_count);
    return image_end(image);
}

void credentials_apply(struct credentials *credentials, const struct command_password *command) {
    if (command->user >= credentials->users_max) return;
    memcpy(credentials->hashes[command->user], command->hash, password_hash_size);
}

const char *credentials_hash(const struct credentials *credentials, uint32_t user) {
    if (user >= credentials->users_max || credentials->hashes[user][0] == '\0') return credentials->nobody;
    return credentials->hashes[user];
}
