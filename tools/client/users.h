/* users.h - files of users and passwords, for programs that log many people on. */
#ifndef BIRZHA_CLIENT_USERS_H
#define BIRZHA_CLIENT_USERS_H

#include <stdint.h>

enum { user_text_size = 64 };

struct client_user { char user[user_text_size], password[user_text_size]; };
struct client_users { struct client_user *users; uint32_t count; };

/* A line is a user and a password; empty lines and those that begin with # are skipped. 0, or -1 after a line on
 * standard error; then there is nothing to free. */
__attribute__((warn_unused_result))
int users_read(const char *path, struct client_users *users);
void users_add(struct client_users *users, const char *user, const char *password);
void users_free(struct client_users *users);

#endif
