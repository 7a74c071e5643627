/* users.c - see users.h. */
#include "tools/client/users.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "instruments/check.h"

void users_add(struct client_users *users, const char *user, const char *password) {
    users->users = realloc(users->users, (users->count + 1) * sizeof *users->users);
    CHECK(users->users != NULL);
    struct client_user *added = &users->users[users->count++];
    snprintf(added->user, sizeof added->user, "%s", user);
    snprintf(added->password, sizeof added->password, "%s", password);
}

void users_free(struct client_users *users) {
    free(users->users);
    *users = (struct client_users){ .users = NULL };
}

int users_read(const char *path, struct client_users *users) {
    char line[256], user[user_text_size], password[user_text_size];
    FILE *file = fopen(path, "r");
    *users = (struct client_users){ .users = NULL };
    if (file == NULL) {
        fprintf(stderr, "birzha: cannot read %s\n", path);
        return -1;
    }
    int result = 0;
    while (result == 0 && fgets(line, sizeof line, file) != NULL) {
        int count = sscanf(line, "%63s %63s", user, password);
        if (count < 1 || user[0] == '#') continue;
        if (count == 2) users_add(users, user, password);
        else result = -1;
    }
    fclose(file);
    if (result == 0 && users->count > 0) return 0;
    fprintf(stderr, "birzha: %s: a line is a user and a password%s\n", path, result == 0 ? "; there is none" : "");
    users_free(users);
    return -1;
}
