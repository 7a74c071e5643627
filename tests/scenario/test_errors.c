/* test_errors.c - a scenario that is wrong is refused with the file, the line, the key and what is wrong. */
#include "tests/scenario/fixture.h"

struct broken {
    const char *text;           /* ' stands for " */
    uint32_t line;
    const char *key;
    const char *says;           /* part of the sentence */
};

static void expect_refused(const struct broken *rows, size_t rows_count) {
    for (size_t i = 0; i < rows_count; i++) {
        struct scenario scenario;
        struct scenario_error error;
        cr_expect_eq(load_text(rows[i].text, &scenario, &error), -EINVAL, "%s", rows[i].text);
        cr_expect_eq(error.line, rows[i].line, "%s: line %u", rows[i].text, error.line);
        cr_expect_str_eq(error.key, rows[i].key, "%s: %s", rows[i].text, error.key);
        cr_expect_not_null(strstr(error.text, rows[i].says), "%s: %s", rows[i].text, error.text);
        cr_expect_null(scenario.commands, "an error leaves nothing behind");
    }
}
#define EXPECT_REFUSED(rows) expect_refused(rows, sizeof rows / sizeof rows[0])

/* A world whose line 2 is the text. */
#define WORLD(text) "{'name':'n','start':'2021-06-28T06:00:00Z',\n" text "}"

Test(errors, json_that_is_none) {
    static const struct broken rows[] = {
        {"", 1, "", "no JSON object"},
        {"[]", 1, "", "starts with {"},
        {"{\n 'name':'n'", 2, "", "too early"},
        {"{'name':'n'}\n{}", 2, "", "after the end"},
        {"{'name':'n',\n 'start':x}", 2, "start", "a word that is not true, false or null, at column 10"},
        {"{'name':'n',\n 'start' 1}", 2, "start", "not JSON, at column 10"},
        {"{'name':'n',\n 'seed':1,\n 'name':'m'}", 3, "name", "second time in the same object, at column 2"},
        {"{'participants':[{'id':'A'},\n {'id':'B',\n  'id':'C'}]}", 3, "participants[1].id",
         "second time in the same object, at column 3"},
        {"{'participants':[{'deposit':\n {'USD':100.00}}]}", 2, "participants[0].deposit.USD", "written in quotes"},
        {"{'seed':\n 9007199254740992}", 2, "seed", "beyond"},
        {"{'name':'a\tb'}", 1, "name", "control character"},
        {"{'name':'\xC0\x80'}", 1, "name", "UTF-8"},
        {"{'agents':[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]}", 1, "agents[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]",
         "deep"},
    };
    EXPECT_REFUSED(rows);
}

Test(errors, keys_of_the_world) {
    static const struct broken rows[] = {
        {"{\n 'start':'2021-06-28T06:00:00Z'}", 1, "name", "missing"},
        {"{'name':'n'}", 1, "start", "missing"},
        {WORLD("'sede':1"), 2, "sede", "no such key"},
        {WORLD("'Seed':1"), 2, "Seed", "it may be name, description, start, seed, instruments"},
        {WORLD("'seed':-1"), 2, "seed", "-1; it may be 0 to 9007199254740991"},
        {WORLD("'seed':'1'"), 2, "seed", "\"1\" stands where an integer is expected"},
        {WORLD("'seed':true"), 2, "seed", "true stands where an integer"},
        {"{'name':'',\n'start':'2021-06-28T06:00:00Z'}", 1, "name", "0 bytes long; it may have 1 to 64"},
        {"{'name':7,\n'start':'2021-06-28T06:00:00Z'}", 1, "name", "7 stands where a text"},
        {"{'name':null,\n'start':'2021-06-28T06:00:00Z'}", 1, "name", "null stands where a text"},
        {"{'name':'a\\nb',\n'start':'2021-06-28T06:00:00Z'}", 1, "name", "control character at byte 2"},
        {"{'name':'ab\x7F',\n'start':'2021-06-28T06:00:00Z'}", 1, "name", "control character at byte 3"},
        {"{'name':'n',\n\n'start':'2021-06-28 06:00'}", 3, "start", "is not a moment"},
        {"{'name':'n','start':'2019-12-31T20:00:00Z'}", 1, "start", "2020 to 2030"},
        {"{'name':'n','start':'2030-12-31T21:00:00Z'}", 1, "start", "2020 to 2030"},
        {WORLD("'participants':{}"), 2, "participants", "an object stands where a list"},
        {WORLD("'users':null"), 2, "users", "null stands where a list"},
        {WORLD("'sessions':'none'"), 2, "sessions", "\"none\" stands where a list"},
        {WORLD("'agents':{}"), 2, "agents", "where a list"},
        {WORLD("'agents':[{},\n7]"), 3, "agents[1]", "7 stands where an object"},
    };
    EXPECT_REFUSED(rows);
}

Test(errors, instruments_that_are_chosen) {
    static const struct broken rows[] = {
        {WORLD("'instruments':'all'"), 2, "instruments", "\"default\" or a list"},
        {WORLD("'instruments':{}"), 2, "instruments", "\"default\" or a list"},
        {WORLD("'instruments':['DY-SMP-EX',\n'DY-SMP']"), 3, "instruments[1]", "no instrument \"DY-SMP\""},
        {WORLD("'instruments':['DY-SMP-EX',\n'DY-SMP-EX']"), 3, "instruments[1]",
         "instrument number 1 of this world already"},
        {WORLD("'instruments':[7]"), 2, "instruments[0]", "7 stands where a text"},
    };
    EXPECT_REFUSED(rows);
}

/* An instrument of two lines: its start on line 2, what is wrong on line 3. */
#define OWN(text) \
    WORLD("'instruments':[{'symbol':'T','section':'agri','unit':'t','lot':20,'currency':'USD',\n" text "}]")
#define PRICES "'tick':'0.50','reference_px':'10.00'"

Test(errors, instruments_that_are_defined) {
    static const struct broken rows[] = {
        {OWN("'tick':'0.50'"), 2, "instruments[0].reference_px", "missing"},
        {OWN(PRICES ",'lots':1"), 3, "instruments[0].lots", "no such key"},
        {OWN("'tick':'0','reference_px':'10.00'"), 3, "instruments[0].tick",
         "\"0\"; it may be 0.000001 to 1000000.000000"},
        {OWN("'tick':'0.0000001','reference_px':'10.00'"), 3, "instruments[0].tick", "more than 6 decimals"},
        {OWN("'tick':'0.0001','reference_px':'10.00'"), 3, "instruments[0].tick", "lot of 20 is not worth whole minor"},
        {OWN("'tick':'half','reference_px':'10.00'"), 3, "instruments[0].tick", "\"half\" is not a decimal"},
        {OWN("'tick':'0.50','reference_px':'10.20'"), 3, "instruments[0].reference_px", "nearest are 10.00 and 10.50"},
        {OWN("'tick':'0.50','reference_px':'0.00'"), 3, "instruments[0].reference_px", "it may be 0.000001"},
        {OWN("'tick':'0.50','reference_px':'70000000.00'"), 3, "instruments[0].reference_px", "is 67108863.50"},
        {OWN("'tick':'0.50','reference_px':'1e3'"), 3, "instruments[0].reference_px", "is not a decimal"},
        {OWN(PRICES ",'collar':'100.1'"), 3, "instruments[0].collar", "it may be 0.0000 to 100.0000"},
        {OWN(PRICES ",'collar':'-1'"), 3, "instruments[0].collar", "it may be 0.0000"},
        {OWN(PRICES ",'collar':'1.00001'"), 3, "instruments[0].collar", "more than 4 decimals"},
        {OWN(PRICES ",'order_qty_min':0"), 3, "instruments[0].order_qty_min", "0; it may be 1 to 1000000000"},
        {OWN(PRICES ",'order_qty_min':5,\n'order_qty_max':4"), 3, "instruments[0].order_qty_min", "largest order of 4"},
        {OWN(PRICES ",'payment_terms':['lc','lc']"), 3, "instruments[0].payment_terms[1]", "twice"},
        {OWN(PRICES ",'payment_terms':[]"), 3, "instruments[0].payment_terms", "empty"},
        {OWN(PRICES ",'payment_terms':['barter']"), 3, "instruments[0].payment_terms[0]",
         "it may be prepaid_full_deferred, lc or cod"},
        {OWN(PRICES ",'bases':[]"), 3, "instruments[0].bases", "0 bases; there may be 1 to 8"},
        {OWN(PRICES ",'bases':[{'basis':'FOB','place':'Riga','country':'LV'}]"), 3, "instruments[0].bases[0].basis",
         "\"FOB\"; it may be EXW, FCA, CPT, CIP, CIF or DAP"},
        {OWN(PRICES ",'bases':[{'basis':'FCA','place':'Riga',\n'country':'lv'}]"), 4, "instruments[0].bases[0].country",
         "two capital letters"},
        {OWN(PRICES ",'bases':[{'basis':'FCA','country':'LV'}]"), 3, "instruments[0].bases[0].place", "missing"},
        {OWN(PRICES ",'band':'floor'"), 3, "instruments[0].band", "\"floor\" is not available yet"},
        {WORLD("'instruments':[{'symbol':'A B'," PRICES ",'section':'agri','unit':'t','lot':1,'currency':'USD'}]"), 2,
         "instruments[0].symbol", "none of A-Z a-z 0-9 . _ - at byte 2"},
        {WORLD("'instruments':[{'symbol':'A'," PRICES ",'section':'wood','unit':'t','lot':1,'currency':'USD'}]"), 2,
         "instruments[0].section", "\"wood\"; it may be timber, metals, agri or consumer"},
        {WORLD("'instruments':[{'symbol':'A'," PRICES ",'section':'agri','unit':'kg','lot':1,'currency':'USD'}]"), 2,
         "instruments[0].unit", "\"kg\"; it may be m3 or t"},
        {WORLD("'instruments':[{'symbol':'A'," PRICES ",'section':'agri','unit':'t','lot':0,'currency':'USD'}]"), 2,
         "instruments[0].lot", "0; it may be 1 to 1000000"},
        {WORLD("'instruments':[{'symbol':'A'," PRICES ",'section':'agri','unit':'t','lot':1,'currency':'GBP'}]"), 2,
         "instruments[0].currency", "\"GBP\"; it may be BYN, USD, EUR, RUB or CNY"},
    };
    EXPECT_REFUSED(rows);
}

Test(errors, rules) {
    static const struct broken rows[] = {
        {WORLD("'rules':'off'"), 2, "rules", "\"default\", \"none\" or an object"},
        {WORLD("'rules':{'tables':'some'}"), 2, "rules.tables", "default or none"},
        {WORLD("'rules':{'collect_fees':'daily'}"), 2, "rules.collect_fees", "instruction or deposit"},
        {WORLD("'rules':{'collars':{}}"), 2, "rules.collars", "no such key"},
        {WORLD("'rules':{'collar':'10'}"), 2, "rules.collar", "where an object"},
        {WORLD("'rules':{'collar':{'DY-SMP-EX':'5',\n'DY-SMP':'5'}}"), 3, "rules.collar.DY-SMP",
         "no instrument \"DY-SMP\""},
        {WORLD("'rules':{'collar':{'DY-SMP-EX':'101'}}"), 2, "rules.collar.DY-SMP-EX", "100.0000"},
        {WORLD("'rules':{'allocation':{'DY-SMP-EX':'pro_rata'}}"), 2, "rules.allocation", "not available yet"},
        {WORLD("'rules':{'transit':[{}]}"), 2, "rules.transit[0].from", "missing"},
        {WORLD("'rules':{'fees':{'rate_ppm':1000001}}"), 2, "rules.fees.rate_ppm", "it may be 0 to 1000000"},
        {WORLD("'rules':{'fees':{'due_business_days':61}}"), 2, "rules.fees.due_business_days", "it may be 0 to 60"},
        {WORLD("'rules':{'fees':{'rates':[{'rate_ppm':1,'from':'2021-01-01','section':'fish'}]}}"), 2,
         "rules.fees.rates[0].section", "timber, metals, agri or consumer"},
        {WORLD("'rules':{'fees':{'flat':[{'symbol':'X','currency':'BYN','amount':'1.00'}]}}"), 2,
         "rules.fees.flat[0].symbol", "there is no instrument \"X\""},
        {WORLD("'rules':{'deposit':{'floors':{'GBP':'1.00'}}}"), 2, "rules.deposit.floors.GBP", "no such key"},
        {WORLD("'rules':{'deposit':{'business_days_before':4}}"), 2, "rules.deposit.business_days_before", "0 to 3"},
        {WORLD("'rules':{'bands':[1]}"), 2, "rules.bands[0]", "where an object"},
        {WORLD("'rules':{'bands':[{'symbol':'DY-SMP-EX','band':'ceiling','deal_class':'export','level_px':'2701.00',"
               "'from':'2021-01-01'}]}"), 2, "rules.bands[0].level_px", "tick"},
        {WORLD("'rules':{'waivers':[{'from':'2021-02-01','to':'2021-01-01'}]}"), 2, "rules.waivers[0].to", "earlier"},
        {WORLD("'rules':{'fx':{'BYN':'1'}}"), 2, "rules.fx.BYN", "no such key"},
        {WORLD("'rules':{'fx':{'USD':[{'from':'2021-01-01'}]}}"), 2, "rules.fx.USD[0].rate", "missing"},
        {WORLD("'rules':{'currencies':[{'currency':'CNY','from':'2021-01-01','countries':['China']}]}"), 2,
         "rules.currencies[0].countries[0]", ""},
        {WORLD("'rules':{'domestic_byn_only':1}"), 2, "rules.domestic_byn_only", "true or false"},
    };
    EXPECT_REFUSED(rows);
}

#define FIRM(text) WORLD("'participants':[{'id':'A','country':'BY'},\n{'id':'B'," text "}]")

Test(errors, participants) {
    static const struct broken rows[] = {
        {FIRM("'name':'b'"), 3, "participants[1].country", "missing"},
        {FIRM("'country':'Belarus'"), 3, "participants[1].country", "two capital letters"},
        {FIRM("'country':'BY','id2':1"), 3, "participants[1].id2", "no such key"},
        {WORLD("'participants':[{'country':'BY'}]"), 2, "participants[0].id", "missing"},
        {WORLD("'participants':[{'id':'A','country':'BY'},\n{'id':'A','country':'LV'}]"), 3, "participants[1].id",
         "\"A\" is participant number 1"},
        {WORLD("'participants':[{'id':'ABCDEFGHIJKLMNOPQRSTUVWXY','country':'BY'}]"), 2, "participants[0].id",
         "25 bytes long; it may have 1 to 24"},
        {FIRM("'country':'BY','accreditations':[{'section':'agri'}]"), 3, "participants[1].accreditations[0].from",
         "missing"},
        {FIRM("'country':'BY','accreditations':[{'section':'icg','from':'2020-01-01'}]"), 3,
         "participants[1].accreditations[0].section", "it may be timber, metals, agri or consumer"},
        {FIRM("'country':'BY','accreditations':[{'section':'agri','from':'2021-02-29'}]"), 3,
         "participants[1].accreditations[0].from", "\"2021-02-29\" is not a date"},
        {FIRM("'country':'BY','accreditations':[{'section':'agri','from':'2019-12-31'}]"), 3,
         "participants[1].accreditations[0].from", "2020 to 2030"},
        {FIRM("'country':'BY','accreditations':[{'section':'agri','from':'2021-01-02','to':'2021-01-01'}]"), 3,
         "participants[1].accreditations[0].to", "earlier"},
        {FIRM("'country':'BY','accreditations':[{'section':'agri','from':'2020-01-01'},\n"
              "{'section':'agri','from':'2021-01-01'}]"), 4, "participants[1].accreditations[1].section", "already"},
        {FIRM("'country':'BY','deposit':{'GBP':'1.00'}"), 3, "participants[1].deposit.GBP",
         "BYN, USD, EUR, RUB or CNY"},
        {FIRM("'country':'BY','deposit':{'USD':'1.001'}"), 3, "participants[1].deposit.USD", "more than 2 decimals"},
        {FIRM("'country':'BY','deposit':{'USD':'-1.00'}"), 3, "participants[1].deposit.USD",
         "it may be 0.00 to 46000000000000.00"},
        {FIRM("'country':'BY','deposit':'1000.00'"), 3, "participants[1].deposit", "where an object"},
        {FIRM("'country':'BY','broker':{'to':'2021-04-01'}"), 3, "participants[1].broker.from", "missing"},
        {FIRM("'country':'BY','broker':{'from':'2021-04-01','to':'2021-03-31'}"), 3, "participants[1].broker.to",
         "earlier than"},
        {FIRM("'country':'BY','clients':[{'id':'A'}]"), 3, "participants[1].clients", "only a broker has clients"},
        {FIRM("'country':'BY','broker':{'from':'2021-04-01'},'clients':[{'id':'A'}]"), 3,
         "participants[1].clients[0].sections", "missing"},
        {FIRM("'country':'BY','broker':{'from':'2021-04-01'},'clients':[{'id':'C','sections':['agri']}]"), 3,
         "participants[1].clients[0].id", "C"},
        {FIRM("'country':'BY','broker':{'from':'2021-04-01'},'clients':[{'id':'B','sections':['agri']}]"), 3,
         "participants[1].clients[0].id", "the broker itself"},
        {FIRM("'country':'BY','own_use':{}"), 3, "participants[1].own_use.from", "missing"},
        {FIRM("'country':'BY','sanction':'soon'"), 3, "participants[1].sanction", "is not a date"},
        {FIRM("'country':'BY','papers':['passport']"), 3, "participants[1].papers", "where an object"},
        {FIRM("'country':'BY','papers':{'missing':['diploma']}"), 3, "participants[1].papers.missing[0]", "passport"},
        {FIRM("'country':'BY','contract':'yes'"), 3, "participants[1].contract", "true or false"},
        {FIRM("'country':'BY','arrears':1"), 3, "participants[1].arrears", "true or false"},
        {FIRM("'country':'BY','limits':{'message_rate':0}"), 3, "participants[1].limits.message_rate", "1 to 1000000"},
        {FIRM("'country':'BY','limits':{'order_value_max':{'USD':'0'}}"), 3,
         "participants[1].limits.order_value_max.USD", "it may be 0.01 to"},
        {FIRM("'country':'BY','guarantee':{'USD':'1.00'}"), 3, "participants[1].guarantee", "not available yet"},
        {FIRM("'country':'BY','broker':{'from':'2021-04-01'},'clients':[{'id':'A','sections':['agri'],"
              "'limit_px':'5'}]"), 3, "participants[1].clients[0].limit_px", "needs a symbol"},
        {FIRM("'country':'BY','broker':{'from':'2021-04-01'},'clients':[{'id':'A','sections':['timber'],"
              "'symbol':'DY-SMP-EX'}]"), 3, "participants[1].clients[0].sections[0]", "another section"},
    };
    EXPECT_REFUSED(rows);
}

#define USER(text) WORLD("'participants':[{'id':'A','country':'BY'}],\n'users':[{" text "}]")

Test(errors, users) {
    static const struct broken rows[] = {
        {USER("'role':'admin','password':'x'"), 3, "users[0].user", "missing"},
        {USER("'user':'u','password':'x'"), 3, "users[0].role", "missing"},
        {USER("'user':'u','role':'admin'"), 3, "users[0].password", "missing"},
        {USER("'user':'u','role':'boss','password':'x'"), 3, "users[0].role", "trader, observer, supervisor or admin"},
        {USER("'user':'u','role':'admin','password':''"), 3, "users[0].password", "0 bytes long; it may have 1 to 127"},
        {USER("'user':'u','role':'trader','password':'x'"), 3, "users[0].participant", "belongs to a participant"},
        {USER("'user':'u','role':'trader','participant':null,'password':'x'"), 3, "users[0].participant", "belongs"},
        {USER("'user':'u','role':'trader','participant':'B','password':'x'"), 3, "users[0].participant",
         "no participant \"B\""},
        {USER("'user':'u','role':'trader','participant':0,'password':'x'"), 3, "users[0].participant", "where a text"},
        {USER("'user':'u','role':'admin','password':'x'},\n{'user':'u','role':'admin','password':'y'"), 4,
         "users[1].user",
         "\"u\" is user number 1"},
        {USER("'user':'u','role':'admin','password':'x','certificate':{'issued':'2021-01-01'}"), 3,
         "users[0].certificate", "only a trader has one"},
        {USER("'user':'u','role':'trader','participant':'A','password':'x','certificate':{}"), 3,
         "users[0].certificate.issued", "missing"},
        {USER("'user':'u','role':'admin','password':'x','person':'p'"), 3, "users[0].person", "only a trader has one"},
        {WORLD("'participants':[{'id':'A','country':'BY'},{'id':'B','country':'BY'}],\n'users':[{'user':'u','role':"
               "'trader','participant':'A','password':'x','person':'p'},\n{'user':'p','role':'trader','participant':"
               "'B','password':'x'}]"), 4, "users[1].user", "p is a trader of another participant"},
    };
    EXPECT_REFUSED(rows);
}

#define SESSION(text) WORLD("'sessions':[{'id':'S','model':'continuous','symbols':['DY-SMP-EX']," text "}]")

Test(errors, sessions) {
    static const struct broken rows[] = {
        {WORLD("'sessions':[{'id':'S','model':'english','symbols':['DY-SMP-EX']}]"), 2, "sessions[0].model",
         "\"english\" is not available yet"},
        {WORLD("'sessions':[{'id':'S','model':'auction','symbols':['DY-SMP-EX']}]"), 2, "sessions[0].model",
         "\"auction\"; it may be continuous, call, double_counter"},
        {WORLD("'sessions':[{'id':'S','model':'continuous'}]"), 2, "sessions[0].symbols", "missing"},
        {WORLD("'sessions':[{'id':'S','model':'continuous','symbols':[]}]"), 2, "sessions[0].symbols", "empty"},
        {WORLD("'sessions':[{'id':'S','model':'continuous','symbols':['X']}]"), 2, "sessions[0].symbols[0]",
         "no instrument \"X\""},
        {WORLD("'sessions':[{'id':'S','model':'continuous','symbols':['DY-SMP-EX',\n'DY-SMP-EX']}]"), 3,
         "sessions[0].symbols[1]", "in the list twice"},
        {SESSION("'id2':1"), 2, "sessions[0].id2", "no such key"},
        {SESSION("'schedule':'daily'"), 2, "sessions[0].schedule", "\"always\" or an object"},
        {SESSION("'schedule':{'open':'09:00'}"), 2, "sessions[0].schedule.close", "missing"},
        {SESSION("'schedule':{'open':'9:00','close':'17:00'}"), 2, "sessions[0].schedule.open", "is not a time of day"},
        {SESSION("'schedule':{'open':'09:60','close':'17:00'}"), 2, "sessions[0].schedule.open",
         "is not a time of day"},
        {SESSION("'schedule':{'open':'09:00','close':'24:01'}"), 2, "sessions[0].schedule.close",
         "is not a time of day"},
        {SESSION("'schedule':{'open':'09:00','close':'09:00'}"), 2, "sessions[0].schedule.close",
         "not later than the opening at 09:00"},
        {SESSION("'schedule':{'open':'09:00','close':'17:00','every_days':14}"), 2, "sessions[0].schedule.anchor",
         "every_days counts from it"},
        {SESSION("'schedule':{'open':'09:00','close':'17:00','dates':['2021-06-31']}"), 2,
         "sessions[0].schedule.dates[0]", "2021-06-31"},
        {SESSION("'direction':'north'"), 2, "sessions[0].direction", "any, domestic, export, import or transit"},
        {SESSION("'countries':['China']"), 2, "sessions[0].countries[0]", "China"},
        {SESSION("'currencies':['GBP']"), 2, "sessions[0].currencies[0]", "GBP"},
        {SESSION("'multi_basis':1"), 2, "sessions[0].multi_basis", "true or false"},
        {SESSION("'role':'dealers'"), 2, "sessions[0].role", "any or brokers_only"},
        {SESSION("'late_login':'never'"), 2, "sessions[0].late_login", "admit or refuse"},
    };
    EXPECT_REFUSED(rows);
}

Test(errors, a_file_that_cannot_be_read) {
    struct scenario scenario;
    struct scenario_error error;
    char said[1024];
    cr_expect_eq(scenario_load("/nonexistent/world.json", data_dir(), &scenario, &error), -ENOENT);
    scenario_error_format(&error, said, sizeof said);
    cr_expect_str_eq(said, "/nonexistent/world.json: No such file or directory");
    cr_expect_eq(scenario_load("/tmp", data_dir(), &scenario, &error), -EISDIR);
    cr_expect_eq(scenario_load("/tmp", "/nonexistent", &scenario, &error), -ENOENT);
    cr_expect_str_eq(error.file, "/nonexistent/catalogue.json", "the data is read first");
}

Test(errors, as_one_line) {
    struct scenario_error error = {.file = "w.json", .line = 14, .key = "users[0].role", .text = "it is wrong"};
    char said[64];
    scenario_error_format(&error, said, sizeof said);
    cr_expect_str_eq(said, "w.json:14: users[0].role: it is wrong");
    error.key[0] = '\0';
    scenario_error_format(&error, said, sizeof said);
    cr_expect_str_eq(said, "w.json:14: it is wrong");
    error.line = 0;
    scenario_error_format(&error, said, sizeof said);
    cr_expect_str_eq(said, "w.json: it is wrong");
    scenario_error_format(&error, said, 8);
    cr_expect_str_eq(said, "w.json:");
}

/* ---- data files ---- */

static const char data_catalogue[] =
    "{'version':1,'instruments':[{'symbol':'A','section':'agri','unit':'t','lot':1,'tick':'0.50','currency':'USD',\n"
    "'reference_px':'10.00','band':'floor'}]}";
static const char data_calendar[] = "{'version':1,'holidays':[{'date':'2021-01-01','name':'New Year'}]}";
#define BAND(symbol, band, basis, level, to) \
    "{'symbol':'" symbol "','band':'" band "','deal_class':'export','basis':" basis ",'level_px':'" level "'," \
    "'from':'2020-01-02','to':" to "}"
static const char data_band[] = BAND("A", "floor", "null", "9.50", "null");

/* Rules whose line 2 has the bands. */
static void rules_text(char *out, size_t size, const char *bands, const char *rest) {
    snprintf(out, size,
             "{'version':1,'collar':'10','transit':[],'currencies':[],\n'bands':[%s],\n"
             "'deposit':{'rate_ppm':2000,'business_days_before':2,\n"
             " 'floors':{'BYN':'1','USD':'1','EUR':'1','RUB':'1','CNY':'1'}},\n"
             "'fees':{'rate_ppm':2000,'due_business_days':5,'flat':[]},\n"
             "'fx':{'USD':'2.53','EUR':'3.01','RUB':'0.0346','CNY':'0.392'}%s}", bands, rest);
}

/* Loads a small world with a data folder of these three files. */
static int load_data(const char *catalogue, const char *calendar, const char *rules, struct scenario_error *error) {
    static const char *const names[] = {"catalogue.json", "calendar.json", "rules.json"};
    const char *texts[] = {catalogue, calendar, rules};
    char folder[32] = "/tmp/birzha-test-XXXXXX", path[64], world[32];
    struct scenario scenario;
    cr_assert_not_null(mkdtemp(folder));
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        write_file(path, texts[i]);
    }
    write_world(world, "{'name':'n','start':'2021-06-28T06:00:00Z'}");
    int status = scenario_load(world, folder, &scenario, error);
    unlink(world);
    if (status == 0) scenario_free(&scenario);
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
    return status;
}

static void expect_data_error(int status, const struct scenario_error *error, const char *file,
                              const struct broken *want) {
    cr_expect_eq(status, -EINVAL, "%s", want->text);
    const char *slash = strrchr(error->file, '/');
    cr_expect_str_eq(slash != NULL ? slash + 1 : error->file, file, "%s", want->text);
    cr_expect_eq(error->line, want->line, "%s: line %u", want->text, error->line);
    cr_expect_str_eq(error->key, want->key, "%s", want->text);
    cr_expect_not_null(strstr(error->text, want->says), "%s: %s", want->text, error->text);
}

Test(errors, a_small_data_folder_is_sound) {
    struct scenario_error error;
    char rules[2048];
    rules_text(rules, sizeof rules, data_band, "");
    cr_assert_eq(load_data(data_catalogue, data_calendar, rules, &error), 0, "%s: %s", error.key, error.text);
}

Test(errors, of_the_calendar_and_the_catalogue) {
    static const struct broken calendars[] = {
        {"{'version':2,'holidays':[]}", 1, "version", "2; it may be 1 to 1"},
        {"{'version':1}", 1, "holidays", "missing"},
        {"{'version':1,'holidays':[{'date':'2021-01-01','name':'a'},\n{'date':'2021-01-01','name':'b'}]}", 2,
         "holidays[1].date", "not later than"},
        {"{'version':1,'holidays':[{'date':'2031-01-01','name':'a'}]}", 1, "holidays[0].date", "2020 to 2030"},
    };
    static const struct broken catalogues[] = {
        {"{'version':1}", 1, "instruments", "missing"},
        {"{'version':1,'instruments':[{'symbol':'A','section':'agri','unit':'t','lot':1,'tick':1,'currency':'USD',"
         "'reference_px':1},\n{'symbol':'A','section':'agri','unit':'t','lot':1,'tick':1,'currency':'USD',"
         "'reference_px':1}]}", 2, "instruments[1].symbol", "instrument already"},
    };
    struct scenario_error error;
    char rules[2048];
    rules_text(rules, sizeof rules, data_band, "");
    for (size_t i = 0; i < sizeof calendars / sizeof calendars[0]; i++) {
        int status = load_data(data_catalogue, calendars[i].text, rules, &error);
        expect_data_error(status, &error, "calendar.json", &calendars[i]);
    }
    for (size_t i = 0; i < sizeof catalogues / sizeof catalogues[0]; i++) {
        int status = load_data(catalogues[i].text, data_calendar, rules, &error);
        expect_data_error(status, &error, "catalogue.json", &catalogues[i]);
    }
}

Test(errors, of_the_rules) {
    static const struct { const char *bands, *rest; struct broken want; } rows[] = {
        {"", "", {"no band", 2, "bands", "no row for A, which has a floor"}},
        {BAND("B", "floor", "null", "9.50", "null"), "",
         {"unknown symbol", 2, "bands[0].symbol", "there is no instrument \"B\""}},
        {BAND("A", "ceiling", "null", "9.50", "null"), "",
         {"other band", 2, "bands[0].band", "the catalogue says \"floor\""}},
        {BAND("A", "floor", "null", "9.30", "null"), "",
         {"off tick", 2, "bands[0].level_px", "nearest are 9.00 and 9.50"}},
        {BAND("A", "floor", "'FOB'", "9.50", "null"), "", {"no incoterm", 2, "bands[0].basis", "it may be EXW"}},
        {BAND("A", "floor", "null", "9.50", "'2020-01-01'"), "", {"dates", 2, "bands[0].to", "earlier"}},
        {data_band, ",'more':1", {"unknown key", 6, "more", "no such key"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scenario_error error;
        char rules[2048];
        rules_text(rules, sizeof rules, rows[i].bands, rows[i].rest);
        int status = load_data(data_catalogue, data_calendar, rules, &error);
        expect_data_error(status, &error, "rules.json", &rows[i].want);
    }
}
