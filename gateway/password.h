/* password.h - stores and checks passwords: yescrypt through the system's libcrypt, and one table of hashes.
 *
 * A check takes about 13 ms of processor time and some memory, on purpose; it belongs to a worker thread. A name
 * that does not exist is checked against a hash that no password has, so that it takes as long as a wrong password.
 *
 * Credentials are no part of the exchange's state. They travel as PASSWORD commands; the table is fed by them and can
 * be rebuilt from them. Passwords are wiped from memory by their owners: this file wipes its own copies. */
#ifndef BIRZHA_PASSWORD_H
#define BIRZHA_PASSWORD_H

#include <stdint.h>

#include "engine/command.h"

struct image;

enum { password_size_max = 128 };

/* Writes the NUL-padded hash of `password` (NUL-terminated) with a fresh salt. 0 or a negative errno. Every hash costs
 * the same, or the time of a check would tell one user from another. Safe on any thread. */
__attribute__((warn_unused_result))
int password_hash(const char *password, char hash[password_hash_size]);

enum password_verdict { PASSWORD_WRONG, PASSWORD_RIGHT };

/* Checks `password` against a stored hash. Safe on any thread. */
enum password_verdict password_verify(const char *password, const char hash[password_hash_size]);

struct credentials {
    char (*hashes)[password_hash_size];         /* by user; an empty one fits no password */
    uint32_t users_max;
    char nobody[password_hash_size];            /* fits no password either, and takes as long to find out */
};

/* 0 or a negative errno. */
__attribute__((warn_unused_result))
int credentials_init(struct credentials *credentials, uint32_t users_max);
void credentials_close(struct credentials *credentials);

/* The hashes of the first `users_count` users, as engine/image.h says, and back. */
void credentials_write(const struct credentials *credentials, uint32_t users_count, struct image *image);
__attribute__((warn_unused_result))
int credentials_load(struct credentials *credentials, uint32_t users_count, struct image *image);

/* Takes a PASSWORD command. */
void credentials_apply(struct credentials *credentials, const struct command_password *command);

/* The hash to check for a user; NAME_NONE and users without a password get one that nothing fits. */
const char *credentials_hash(const struct credentials *credentials, uint32_t user);

#endif
