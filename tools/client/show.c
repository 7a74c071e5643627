/* show.c - one function a kind of message, found by table; see show.h. */
#include "tools/client/show.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "tools/client/message.h"
#include "tools/client/table.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static int has(const cJSON *message, const char *name) {
    return cJSON_HasObjectItem(message, name);
}

/* "2021-06-28T06:00:01.123456789Z" -> "06:00:01.123"; the time of the exchange, UTC. */
static void add_time(const cJSON *message, const struct style *style, struct output *output) {
    const char *ts = message_text(message, "ts");
    if (strlen(ts) >= 23) output_print(output, "%s%.12s%s  ", style->faint, ts + 11, style->plain);
}

/* " (price_not_on_tick, 702, PRC-1)". */
static void add_reason(const cJSON *message, struct output *output) {
    output_print(output, " (%s", message_text(message, "reason"));
    if (has(message, "code")) output_print(output, ", %lld", message_integer(message, "code"));
    if (message_text(message, "rule")[0] != '\0') output_print(output, ", %s", message_text(message, "rule"));
    output_add(output, ")");
}

static const char *side_style(const cJSON *message, const struct style *style) {
    return strcmp(message_text(message, "side"), "buy") == 0 ? style->buy : style->sell;
}

/* A waiting stop has the price 0: it has none yet. */
static int is_zero(const char *decimal) {
    return decimal[strspn(decimal, "0.")] == '\0';
}

/* "buy 5 DY-SMP-EX at 2700.00". */
static void add_terms(const cJSON *report, const struct style *style, struct output *output) {
    output_print(output, "%s%s%s %lld %s", side_style(report, style), message_text(report, "side"), style->plain,
                 message_integer(report, "order_qty"), message_text(report, "symbol"));
    if (!is_zero(message_text(report, "price"))) output_print(output, " at %s", message_text(report, "price"));
}

static void add_ids(const cJSON *report, const struct style *style, struct output *output) {
    output_add(output, style->faint);
    if (message_text(report, "order_id")[0] != '\0') {
        output_print(output, "  order %s", message_text(report, "order_id"));
    }
    if (message_text(report, "cl_ord_id")[0] != '\0') output_print(output, " (%s)", message_text(report, "cl_ord_id"));
    output_print(output, "%s\n", style->plain);
}

static void add_text(const cJSON *message, struct output *output) {
    if (message_text(message, "text")[0] != '\0') output_print(output, ": %s", message_text(message, "text"));
}

static void show_fill(const cJSON *report, const struct style *style, struct output *output) {
    int buys = strcmp(message_text(report, "side"), "buy") == 0;
    output_print(output, "%s%s%s %lld %s at %s%s, %lld of %lld done", style->strong, side_style(report, style),
                 buys ? "bought" : "sold", message_integer(report, "last_qty"), message_text(report, "symbol"),
                 message_text(report, "last_px"), style->plain, message_integer(report, "cum_qty"),
                 message_integer(report, "order_qty"));
    static const char *const details[] = {"liquidity", "deal_class"};
    for (uint32_t i = 0; i < COUNT(details); i++) {
        if (message_text(report, details[i])[0] != '\0') output_print(output, ", %s", message_text(report, details[i]));
    }
    if (message_text(report, "fee")[0] != '\0') output_print(output, ", fee %s", message_text(report, "fee"));
    output_print(output, "%s  trade %s%s", style->faint, message_text(report, "trade_id"), style->plain);
    add_ids(report, style, output);
}

static void show_report(const cJSON *report, const struct style *style, struct output *output) {
    const char *exec_type = message_text(report, "exec_type");
    add_time(report, style, output);
    int taken_back = strcmp(exec_type, "trade_cancel") == 0;
    if (taken_back) output_print(output, "%staken back%s  ", style->alarm, style->plain);
    if (taken_back || strcmp(exec_type, "trade") == 0) {
        show_fill(report, style, output);
        return;
    }
    int refused = strcmp(exec_type, "rejected") == 0;
    if (refused) output_print(output, "%srefused%s  ", style->alarm, style->plain);
    else if (strcmp(exec_type, "order_status") == 0) output_print(output, "%s  ", message_text(report, "ord_status"));
    else output_print(output, "%s  ", exec_type);
    add_terms(report, style, output);
    if (!refused) {
        output_print(output, ", %lld open", message_integer(report, "leaves_qty"));
        if (message_integer(report, "cum_qty") > 0) {
            output_print(output, ", %lld done", message_integer(report, "cum_qty"));
            if (has(report, "avg_px")) output_print(output, " at %s", message_text(report, "avg_px"));
        }
        if (has(report, "priority")) output_print(output, ", priority %s", message_text(report, "priority"));
    }
    add_text(report, output);
    if (message_text(report, "reason")[0] != '\0') add_reason(report, output);
    add_ids(report, style, output);
}

static void show_error(const cJSON *error, const struct style *style, struct output *output) {
    output_print(output, "%srefused%s", style->alarm, style->plain);
    add_text(error, output);
    add_reason(error, output);
    output_add(output, "\n");
}

static void show_notice(const cJSON *notice, const struct style *style, struct output *output) {
    add_time(notice, style, output);
    output_print(output, "%snotice%s", style->alarm, style->plain);
    add_text(notice, output);
    add_reason(notice, output);
    if (has(notice, "order_id")) output_print(output, "  order %s", message_text(notice, "order_id"));
    output_add(output, "\n");
}

static void show_trade(const cJSON *trade, const struct style *style, struct output *output) {
    add_time(trade, style, output);
    output_print(output, "trade  %s  %lld at %s%s%s", message_text(trade, "symbol"), message_integer(trade, "qty"),
                 style->strong, message_text(trade, "price"), style->plain);
    if (has(trade, "deal_class")) output_print(output, "  %s", message_text(trade, "deal_class"));
    if (has(trade, "condition")) output_print(output, "  %s", message_text(trade, "condition"));
    output_add(output, "\n");
}

/* "2700.00 x 12 (3)": price, lots, orders. */
static void add_level(const cJSON *level, struct output *output) {
    const char *price = cJSON_GetStringValue(cJSON_GetArrayItem(level, 0));
    const cJSON *quantity = cJSON_GetArrayItem(level, 1), *orders = cJSON_GetArrayItem(level, 2);
    output_print(output, " %s x %lld", price != NULL ? price : "?", (long long)cJSON_GetNumberValue(quantity));
    if (cJSON_IsNumber(orders)) output_print(output, " (%lld)", (long long)cJSON_GetNumberValue(orders));
}

static void show_book(const cJSON *book, const struct style *style, struct output *output) {
    static const char *const sides[] = {"bids", "asks"};
    add_time(book, style, output);
    output_print(output, "book   %s", message_text(book, "symbol"));
    for (uint32_t i = 0; i < COUNT(sides); i++) {
        const cJSON *levels = cJSON_GetObjectItemCaseSensitive(book, sides[i]), *level;
        if (cJSON_GetArraySize(levels) == 0) continue;
        output_print(output, "  %s%s%s", i == 0 ? style->buy : style->sell, sides[i], style->plain);
        cJSON_ArrayForEach(level, levels) {
            if (level != levels->child) output_add(output, ",");
            add_level(level, output);
        }
    }
    output_add(output, "\n");
}

/* What is not worth a format of its own: "status: symbol=DY-SMP-EX session=AGRI phase=continuous". */
static void show_members(const cJSON *message, const struct style *style, struct output *output) {
    static const char *const hidden[] = {"type", "ts", "req_id", "seq", "md_seq", "prev_md_seq"};
    add_time(message, style, output);
    output_add(output, message_text(message, "type"));
    const cJSON *member;
    cJSON_ArrayForEach(member, message) {
        uint32_t h = 0;
        while (h < COUNT(hidden) && strcmp(hidden[h], member->string) != 0) h++;
        if (h < COUNT(hidden)) continue;
        output_print(output, "  %s%s%s ", style->faint, member->string, style->plain);
        table_value(member, output);
    }
    output_add(output, "\n");
}

/* The sentences say the figures; `figures` is for programs. */
static void show_explanation(const cJSON *explanation, const struct style *style, struct output *output) {
    const cJSON *step;
    cJSON_ArrayForEach(step, cJSON_GetObjectItemCaseSensitive(explanation, "steps")) {
        output_print(output, "  %s%-8s%s  %s", style->strong, message_text(step, "rule"), style->plain,
                     message_text(step, "text"));
        output_add(output, "\n");
    }
}

/* A participant's own record: one member a line. */
static void show_record(const cJSON *record, const struct style *style, struct output *output) {
    const cJSON *member;
    cJSON_ArrayForEach(member, record) {
        if (strcmp(member->string, "type") == 0 || strcmp(member->string, "ts") == 0 ||
            strcmp(member->string, "req_id") == 0 || strcmp(member->string, "last") == 0) continue;
        output_print(output, "  %s%-16s%s ", style->faint, member->string, style->plain);
        table_value(member, output);
        output_add(output, "\n");
    }
}

/* Messages that are a list: the member that holds it, and its columns. */
struct list_view {
    const char *type, *member;
    struct table_column columns[table_columns_max];
};

static const struct list_view list_views[] = {
    {"instruments", "instruments", {
        {"symbol", "symbol", TABLE_LEFT}, {"section", "section", TABLE_LEFT}, {"lot", "lot", TABLE_RIGHT},
        {"unit", "unit", TABLE_LEFT}, {"tick", "tick", TABLE_RIGHT}, {"currency", "currency", TABLE_LEFT},
        {"reference", "reference_px", TABLE_RIGHT}, {"last", "last", TABLE_RIGHT}, {"name", "name", TABLE_LEFT}}},
    {"sessions", "sessions", {
        {"session", "session", TABLE_LEFT}, {"model", "model", TABLE_LEFT}, {"phase", "phase", TABLE_LEFT},
        {"opens", "opens", TABLE_LEFT}, {"closes", "closes", TABLE_LEFT}, {"restrictions", "restrictions", TABLE_LEFT},
        {"symbols", "symbols", TABLE_LEFT}}},
    {"open_orders", "orders", {
        {"order", "order_id", TABLE_RIGHT}, {"symbol", "symbol", TABLE_LEFT}, {"side", "side", TABLE_LEFT},
        {"qty", "order_qty", TABLE_RIGHT}, {"open", "leaves_qty", TABLE_RIGHT}, {"price", "price", TABLE_RIGHT},
        {"type", "ord_type", TABLE_LEFT}, {"tif", "time_in_force", TABLE_LEFT}, {"status", "ord_status", TABLE_LEFT},
        {"deposit", "deposit", TABLE_RIGHT}, {"client", "client", TABLE_LEFT}, {"id", "cl_ord_id", TABLE_LEFT}}},
    {"balances", "accounts", {
        {"currency", "currency", TABLE_LEFT}, {"credited", "credited", TABLE_RIGHT}, {"free", "free", TABLE_RIGHT},
        {"held", "held", TABLE_RIGHT}, {"blocked", "blocked", TABLE_RIGHT}, {"fees due", "fees_due", TABLE_RIGHT}}},
    {"deals", "deals", {
        {"trade", "trade_id", TABLE_RIGHT}, {"date", "trade_date", TABLE_LEFT}, {"symbol", "symbol", TABLE_LEFT},
        {"side", "side", TABLE_LEFT}, {"qty", "qty", TABLE_RIGHT}, {"price", "price", TABLE_RIGHT},
        {"value", "value", TABLE_RIGHT}, {"currency", "currency", TABLE_LEFT}, {"class", "deal_class", TABLE_LEFT},
        {"counterparty", "counterparty", TABLE_LEFT}, {"fee", "fee", TABLE_RIGHT}, {"state", "state", TABLE_LEFT}}},
};

static int show_list(const cJSON *message, const struct style *style, struct output *output) {
    for (uint32_t i = 0; i < COUNT(list_views); i++) {
        const struct list_view *view = &list_views[i];
        if (!message_is(message, view->type)) continue;
        uint32_t count = 0;
        while (count < table_columns_max && view->columns[count].title != NULL) count++;
        table_print(view->columns, count, cJSON_GetObjectItemCaseSensitive(message, view->member), style, output);
        return 1;
    }
    return 0;
}

void show_message(const struct cJSON *message, const struct style *style, struct output *output) {
    static const struct {
        const char *type;
        void (*show)(const cJSON *message, const struct style *style, struct output *output);
    } views[] = {
        {"execution_report", show_report}, {"error", show_error}, {"notice", show_notice}, {"trade", show_trade},
        {"book_snapshot", show_book}, {"book_update", show_book}, {"explanation", show_explanation},
        {"participant", show_record},
    };
    if (message_is(message, "heartbeat") || show_list(message, style, output)) return;
    for (uint32_t i = 0; i < COUNT(views); i++) {
        if (!message_is(message, views[i].type)) continue;
        views[i].show(message, style, output);
        return;
    }
    show_members(message, style, output);
}
