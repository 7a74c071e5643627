#include "gateway/wire/request.h"

#include <string.h>

#include "instruments/check.h"

struct row {
    const char *name;
    uint32_t name_size;
    enum availability availability;
    enum access access;
};

static const struct row rows[REQUEST_COUNT] = {
    [REQUEST_UNKNOWN] = {NULL, 0, OFFERED, ACCESS_LOGGED_ON},
#define XX(name, text, availability, access) [REQUEST_##name] = {text, sizeof text - 1, availability, ACCESS_##access},
    REQUEST_MAP(XX)
#undef XX
};

const char *request_name(enum request_type type) {
    CHECK(type < REQUEST_COUNT);
    return rows[type].name;
}

enum request_type request_find(const char *text, uint32_t size) {
    for (uint32_t type = REQUEST_UNKNOWN + 1; type < REQUEST_COUNT; type++) {
        if (rows[type].name_size == size && memcmp(rows[type].name, text, size) == 0) return (enum request_type)type;
    }
    return REQUEST_UNKNOWN;
}

enum access request_access(enum request_type type) {
    CHECK(type < REQUEST_COUNT);
    return rows[type].access;
}

enum availability request_availability(enum request_type type) {
    CHECK(type < REQUEST_COUNT);
    return rows[type].availability;
}

int access_allows(enum access access, enum role role) {
    switch (access) {
    case ACCESS_PUBLIC:
    case ACCESS_LOGGED_ON: return 1;
    case ACCESS_TRADER: return role == ROLE_TRADER;
    case ACCESS_SUPERVISOR: return role == ROLE_SUPERVISOR || role == ROLE_ADMIN;
    case ACCESS_ADMIN: return role == ROLE_ADMIN;
    }
    CHECK(0);
    return 0;
}

const char *access_name(enum access access) {
    static const char *const names[] = {"anybody", "any user", "trader", "supervisor", "admin"};
    CHECK(access < sizeof names / sizeof names[0]);
    return names[access];
}

const char *channel_name(enum channel channel) {
    static const char *const names[] = {
#define XX(name, text, availability) text,
        CHANNEL_MAP(XX)
#undef XX
    };
    CHECK(channel < CHANNEL_COUNT);
    return names[channel];
}
