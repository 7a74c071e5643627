/* market.c - see market.h. */
#include "tests/support/market.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/expect.h"

void market_open(struct market *market) {
    memset(market, 0, sizeof *market);
    server_start(&market->server, "tests/e2e/worlds/dairy.json");
    market->dairy = client_logon(&market->server, "dairy");
    market->food = client_logon(&market->server, "food");
    market->trade = client_logon(&market->server, "trade");
    market->root = client_logon(&market->server, "root");
}

void market_close(struct market *market) {
    client_close(market->dairy);
    client_close(market->food);
    client_close(market->trade);
    client_close(market->root);
    server_stop(&market->server);
}

void order_send(struct client *client, const char *id, const char *side, int quantity, const char *price,
                const char *extra) {
    char priced[64] = "";
    const char *symbol = strstr(extra, "'symbol'") != NULL ? "" : "'symbol':'DY-SMP-EX',";
    if (price != NULL) snprintf(priced, sizeof priced, ",'price':'%s'", price);
    client_send(client, "{'type':'new_order',%s'cl_ord_id':'%s','side':'%s','order_qty':%d%s%s}", symbol, id, side,
                quantity, priced, extra);
}

void order_enter_at(const char *file, int line, struct client *client, const char *id, const char *side, int quantity,
                    const char *price, const char *extra) {
    order_send(client, id, side, quantity, price, extra);
    client_expect_at(file, line, client, "{'type':'execution_report','exec_type':'new','cl_ord_id':'%s','side':'%s',"
                     "'order_qty':%d,'cum_qty':0,'leaves_qty':%d,'reason':null,'trade_id':null}", id, side, quantity,
                     quantity);
}

void expect_report_at(const char *file, int line, struct client *client, const char *exec_type, const char *id,
                      const char *more) {
    client_expect_at(file, line, client, "{'type':'execution_report','exec_type':'%s','cl_ord_id':'%s'%s}",
                     exec_type, id,
                     more);
}

void expect_fill_at(const char *file, int line, struct client *client, const char *id, int quantity, const char *price,
                    const char *liquidity, const char *status) {
    client_expect_at(file, line, client, "{'type':'execution_report','exec_type':'trade','cl_ord_id':'%s',"
                     "'last_qty':%d,"
                     "'last_px':'%s','liquidity':'%s','ord_status':'%s','trade_id':'*','avg_px':'*','deal_class':'*',"
                     "'reason':null}", id, quantity, price, liquidity, status);
}

void expect_refusal_at(const char *file, int line, struct client *client, int code, const char *reason,
                       const char *figures) {
    const cJSON *message = client_receive(client);
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(message, "type");
    int rejected = cJSON_IsString(type) && strcmp(type->valuestring, "execution_report") == 0;
    char why[600], expectation[256];
    snprintf(expectation, sizeof expectation, "{'type':'%s',%s'code':%d,'reason':'%s','text':'*'}",
             rejected ? "execution_report" : "error", rejected ? "'exec_type':'rejected','ord_status':'rejected'," : "",
             code, reason);
    int fits = expect_match(expectation, message, why, sizeof why) == 0;
    cr_assert(fits, "%s:%d: %s\n  wanted: %d %s\n  got:    %s", file, line, why, code, reason, client->line);
    while (*figures != '\0') {
        char figure[128];
        size_t length = strcspn(figures, " ");
        snprintf(figure, sizeof figure, "%.*s", (int)length, figures);
        cr_expect(expect_contains(client_text(client, "text"), figure), "%s:%d: text without %s: %s", file, line,
                  figure,
                  client->line);
        figures += length + strspn(figures + length, " ");
    }
}

void expect_notice(struct client *client, int code, const char *reason, const char *order_id) {
    client_send(client, "{'type':'no_such_request','req_id':'no-notice'}");
    const char *type = "";
    while (strcmp(type, "notice") != 0) {
        client_receive(client);
        type = client_text(client, "type");
        cr_assert_null(strstr(client->line, "\"no-notice\""), "no notice %d", code);
    }
    cr_expect_eq(client_number(client, "code"), code, "%s", client->line);
    cr_expect_str_eq(client_text(client, "reason"), reason);
    cr_expect_str_eq(client_text(client, "order_id"), order_id);
    cr_expect_gt(client_number(client, "seq"), 0);
}

void clock_move_at(const char *file, int line, struct client *client, const char *now) {
    client_send(client, "{'type':'admin_clock','now':'%s'}", now);
    client_expect_at(file, line, client, "{'type':'ack','now':'*','trade_date':'*'}");
}
