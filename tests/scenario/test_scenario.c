/* test_scenario.c - what a scenario becomes: commands, passwords, limits; and that the exchange takes them all. */
#include "tests/scenario/fixture.h"

#include "engine/exchange.h"
#include "instruments/calendar.h"

static const char *const complete =
    "{'name':'A world','start':'2021-06-28T06:00:00Z','seed':7,\n"
    " 'instruments':['DY-SMP-EX',\n"
    "   {'symbol':'TEST','section':'agri','unit':'t','lot':1,'tick':'0.01','currency':'CNY',\n"
    "    'reference_px':'950000.00','collar':'0','order_qty_max':5,'name':'Test good','group':'tests',\n"
    "    'payment_terms':['cod'],'bases':[{'basis':'DAP','place':'Riga','country':'LV'}]},\n"
    "   'TB-SAW-TR'],\n"
    " 'rules':{'collar':{'TB-SAW-TR':'2.5'}},\n"
    " 'participants':[\n"
    "   {'id':'BY-DAIRY-1','name':'Berezina Dairy','country':'BY',\n"
    "    'accreditations':[{'section':'agri','from':'2020-01-01','to':null},\n"
    "                      {'section':'timber','from':'2021-01-01','to':'2021-12-31'}],\n"
    "    'broker':null,'clients':[],'deposit':{'USD':'100000.00','BYN':'0.50','EUR':0}},\n"
    "   {'id':'UA-FOOD-1','country':'UA'}],\n"
    " 'users':[{'user':'boss','role':'admin','password':'secret'},\n"
    "          {'user':'dairy1','participant':'BY-DAIRY-1','role':'trader','password':'p\xC3\xA4ss'},\n"
    "          {'user':'eye','participant':null,'role':'observer','password':'x'}],\n"
    " 'sessions':[{'id':'AGRI-DAY','model':'continuous','symbols':['TEST','DY-SMP-EX'],'direction':'any',\n"
    "              'schedule':{'open':'09:00','close':'17:30'},'countries':null,'multi_basis':false},\n"
    "             {'id':'TIMBER','model':'continuous','symbols':['TB-SAW-TR'],'schedule':'always'}],\n"
    " 'agents':[{'kind':'market_maker','depth':[1,{'a':'}]'}]},{}]}\n";

Test(scenario, head) {
    struct scenario scenario;
    load_sound(complete, &scenario);
    cr_expect_str_eq(scenario.name, "A world");
    cr_expect_eq(scenario.start_ns, INT64_C(1624860000000000000));
    cr_expect_eq(scenario.seed, 7);
    cr_expect_str_eq(scenario.agents, "[{\"kind\":\"market_maker\",\"depth\":[1,{\"a\":\"}]\"}]},{}]");
    for (uint32_t i = 0; i < scenario.commands_count; i++) {
        cr_assert_eq(scenario.commands[i].time_ns, scenario.start_ns);
        cr_assert_eq(scenario.commands[i].participant, NAME_NONE);
        cr_assert_eq(scenario.commands[i].user, NAME_NONE);
    }
    scenario_free(&scenario);
}

Test(scenario, what_is_left_out_has_its_default) {
    struct scenario scenario;
    load_sound("{'name':'n','start':'2021-06-28T06:00:00Z'}", &scenario);
    cr_expect_eq(scenario.seed, 1);
    cr_expect_str_eq(scenario.agents, "[]");
    cr_expect_eq(commands_of(&scenario, COMMAND_INSTRUMENT), 52);
    cr_expect_eq(commands_of(&scenario, COMMAND_HOLIDAY), 99);
    cr_expect_eq(scenario.passwords_count, 0);
    cr_expect_eq(memcmp(&scenario.limits, &limits_default, sizeof limits_default), 0);
    scenario_free(&scenario);
}

Test(scenario, instruments_of_the_catalogue_and_of_its_own) {
    struct scenario scenario;
    load_sound(complete, &scenario);
    cr_assert_eq(commands_of(&scenario, COMMAND_INSTRUMENT), 3);
    const struct command_instrument *own = &command_of(&scenario, COMMAND_INSTRUMENT, 1)->instrument;
    cr_expect(field_is(own->symbol, symbol_size, "TEST"));
    cr_expect(field_is(own->name, instrument_name_size, "Test good"));
    cr_expect_eq(own->section, SECTION_AGRI);
    cr_expect_eq(own->unit, UNIT_TONNE);
    cr_expect_eq(own->currency, CURRENCY_CNY);
    cr_expect_eq(own->price_places, 2);
    const struct command_instrument_terms *terms =
        &command_of(&scenario, COMMAND_INSTRUMENT_TERMS, 1)->instrument_terms;
    cr_expect_eq(terms->instrument, 1);
    cr_expect_eq(terms->lot_units, 1);
    cr_expect_eq(terms->tick_scaled, 1);
    cr_expect_eq(terms->reference.ticks, 95000000);
    cr_expect_eq(terms->quantity_min.lots, 1);
    cr_expect_eq(terms->quantity_max.lots, 5);
    cr_expect_eq(terms->collar_ppm, 0);
    cr_expect_eq(terms->payment_terms_mask, 1 << PAYMENT_CASH_ON_DELIVERY);
    cr_expect(field_is(terms->group, instrument_group_size, "tests"));
    cr_expect_eq(command_of(&scenario, COMMAND_INSTRUMENT_TERMS, 0)->instrument_terms.collar_ppm, 100000);
    cr_expect_eq(command_of(&scenario, COMMAND_INSTRUMENT_TERMS, 2)->instrument_terms.collar_ppm, 25000);
    const struct command_basis *basis = &command_of(&scenario, COMMAND_BASIS, 3)->basis;
    cr_expect_eq(basis->instrument, 1, "the three bases of DY-SMP-EX come first");
    cr_expect(field_is(basis->basis.place, place_size, "Riga"));
    cr_expect_eq(memcmp(basis->basis.country, "LV", 2), 0);
    cr_expect_eq(basis->basis.incoterm, INCOTERM_DAP);
    scenario_free(&scenario);
}

Test(scenario, the_decimals_of_a_tick_are_those_of_its_prices) {
    static const struct {
        const char *tick, *reference;
        uint32_t lot;
        int64_t scaled;
        uint32_t places, ticks;
    } rows[] = {
        {"'0.5'", "'1000.00'", 1, 50, 2, 2000}, {"'500.00'", "198000", 20, 50000, 2, 396}, {"5", "10", 1, 500, 2, 2},
        {"'0.001'", "'1.002'", 10, 1, 3, 1002}, {"'0.0050'", "'0.01'", 2, 5, 3, 2},
        {"'0.000001'", "'134.217727'", 10000, 1, 6, 134217727}, {"'0.10'", "'23.10'", 90, 10, 2, 231},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "{'name':'n','start':'2021-06-28T06:00:00Z','instruments':[{'symbol':'T','section':'agri','unit':'t',"
                 "'lot':%u,'tick':%s,'currency':'USD','reference_px':%s}]}", rows[i].lot, rows[i].tick,
                 rows[i].reference);
        struct scenario scenario;
        load_sound(text, &scenario);
        const struct command_instrument_terms *terms =
            &command_of(&scenario, COMMAND_INSTRUMENT_TERMS, 0)->instrument_terms;
        uint32_t places = command_of(&scenario, COMMAND_INSTRUMENT, 0)->instrument.price_places;
        cr_expect_eq(terms->tick_scaled, rows[i].scaled, "tick %s", rows[i].tick);
        cr_expect_eq(places, rows[i].places, "tick %s", rows[i].tick);
        cr_expect_eq(terms->reference.ticks, rows[i].ticks, "tick %s", rows[i].tick);
        scenario_free(&scenario);
    }
}

Test(scenario, participants_with_accreditations_and_deposits) {
    struct scenario scenario;
    load_sound(complete, &scenario);
    const struct command_add_participant *dairy = &command_of(&scenario, COMMAND_PARTICIPANT, 0)->add_participant;
    cr_expect(field_is(dairy->id, participant_id_size, "BY-DAIRY-1"));
    cr_expect(field_is(dairy->name, participant_name_size, "Berezina Dairy"));
    cr_expect_eq(memcmp(dairy->country, "BY", 2), 0);
    const struct command_add_participant *food = &command_of(&scenario, COMMAND_PARTICIPANT, 1)->add_participant;
    cr_expect(field_is(food->name, participant_name_size, "UA-FOOD-1"), "a name left out is the id");
    cr_assert_eq(commands_of(&scenario, COMMAND_ACCREDIT), 2);
    const struct command_accredit *agri = &command_of(&scenario, COMMAND_ACCREDIT, 0)->accredit;
    cr_expect(agri->participant == 0 && agri->section == SECTION_AGRI && agri->to_date == date_none);
    cr_expect_eq(agri->from_date, date_from_civil(2020, 1, 1));
    const struct command_accredit *timber = &command_of(&scenario, COMMAND_ACCREDIT, 1)->accredit;
    cr_expect(timber->section == SECTION_TIMBER && timber->to_date == date_from_civil(2021, 12, 31));
    cr_assert_eq(commands_of(&scenario, COMMAND_DEPOSIT), 2, "nothing is credited for an amount of 0");
    const struct command_deposit *usd = &command_of(&scenario, COMMAND_DEPOSIT, 0)->deposit;
    cr_expect(usd->currency == CURRENCY_USD && usd->amount.minor == 10000000 && usd->action == DEPOSIT_AT_ONCE);
    const struct command_deposit *byn = &command_of(&scenario, COMMAND_DEPOSIT, 1)->deposit;
    cr_expect(byn->currency == CURRENCY_BYN && byn->amount.minor == 50 && byn->participant == 0);
    scenario_free(&scenario);
}

Test(scenario, users_and_their_passwords) {
    struct scenario scenario;
    load_sound(complete, &scenario);
    cr_assert_eq(scenario.passwords_count, 3);
    static const struct { const char *name; uint32_t participant; enum role role; const char *password; } rows[] = {
        {"boss", NAME_NONE, ROLE_ADMIN, "secret"}, {"dairy1", 0, ROLE_TRADER, "p\xC3\xA4ss"},
        {"eye", NAME_NONE, ROLE_OBSERVER, "x"},
    };
    for (uint32_t i = 0; i < 3; i++) {
        const struct command_add_user *user = &command_of(&scenario, COMMAND_USER, i)->add_user;
        cr_expect(field_is(user->name, user_name_size, rows[i].name));
        cr_expect_eq(user->participant, rows[i].participant);
        cr_expect_eq(user->role, rows[i].role);
        cr_expect_eq(scenario.passwords[i].user, i);
        cr_expect_str_eq(scenario.passwords[i].text, rows[i].password);
    }
    cr_expect_eq(commands_of(&scenario, COMMAND_PASSWORD), 0, "a password in clear is in no command");
    scenario_free(&scenario);
}

Test(scenario, sessions) {
    struct scenario scenario;
    load_sound(complete, &scenario);
    const struct command_session *day = &command_of(&scenario, COMMAND_SESSION, 0)->session;
    cr_expect(field_is(day->id, session_id_size, "AGRI-DAY"));
    cr_expect(day->open_minute == 540 && day->close_minute == 1050 && day->model == MODEL_CONTINUOUS);
    const struct command_session *always = &command_of(&scenario, COMMAND_SESSION, 1)->session;
    cr_expect(always->open_minute == 0 && always->close_minute == 0);
    static const uint32_t listed[][2] = { {0, 1}, {0, 0}, {1, 2} };
    cr_assert_eq(commands_of(&scenario, COMMAND_SESSION_SYMBOL), 3);
    for (uint32_t i = 0; i < 3; i++) {
        const struct command_session_symbol *row = &command_of(&scenario, COMMAND_SESSION_SYMBOL, i)->session_symbol;
        cr_expect(row->session == listed[i][0] && row->instrument == listed[i][1], "row %u", i);
    }
    scenario_free(&scenario);
}

Test(scenario, the_same_file_gives_the_same_bytes) {
    struct scenario first, second;
    load_sound(complete, &first);
    load_sound(complete, &second);
    cr_assert_eq(first.commands_count, second.commands_count);
    cr_assert_eq(memcmp(first.commands, second.commands, first.commands_count * sizeof first.commands[0]), 0);
    scenario_free(&first);
    scenario_free(&second);
}

Test(scenario, a_large_world_raises_the_limits) {
    enum { participants_count = 5000 };
    size_t size = 64 * participants_count + 256, used = 0;
    char *text = malloc(size);
    used += (size_t)snprintf(text, size, "{'name':'n','start':'2021-06-28T06:00:00Z','participants':[");
    for (int i = 0; i < participants_count; i++)
        used += (size_t)snprintf(text + used, size - used, "%s{'id':'P-%d','country':'LV'}", i == 0 ? "" : ",", i);
    snprintf(text + used, size - used, "]}");
    struct scenario scenario;
    load_sound(text, &scenario);
    cr_expect_eq(commands_of(&scenario, COMMAND_PARTICIPANT), participants_count);
    cr_expect_geq(scenario.limits.participants_max, participants_count);
    cr_expect_eq(scenario.limits.users_max, limits_default.users_max);
    scenario_free(&scenario);
    free(text);
}

/* ---- the exchange takes it ---- */

struct made {
    struct exchange *exchange;
    struct event events[16];
    struct event_buffer buffer;
};

static void buffer_full(struct event_buffer *buffer) {
    (void)buffer;
    cr_assert_fail("a command of a world gave more events than expected");
}

/* Applies all commands to an exchange of just enough room; none may be refused. */
static void make_world(struct made *made, const struct scenario *scenario) {
    struct limits limits = scenario->limits;
    limits.orders_max = 64;
    limits.price_leaves_max = limits.price_branches_max = limits.client_ids_max = 64;
    size_t size = (exchange_size(&limits) + 63) & ~(size_t)63;
    void *memory = aligned_alloc(64, size);
    cr_assert_not_null(memory);
    memset(memory, 0, size);
    made->exchange = exchange_init(memory, &limits);
    made->buffer = (struct event_buffer){.events = made->events, .capacity = 16, .full = buffer_full};
    for (uint32_t i = 0; i < scenario->commands_count; i++) {
        struct command command = scenario->commands[i];
        command.sequence = i + 1;
        made->buffer.count = 0;
        exchange_apply(made->exchange, &command, &made->buffer);
        for (uint32_t e = 0; e < made->buffer.count; e++) {
            cr_assert_neq(made->events[e].kind, EVENT_REFUSED, "command %u of kind %u refused: %u", i, command.kind,
                          made->events[e].refused.reason);
        }
    }
    exchange_verify(made->exchange);
}

Test(scenario, an_exchange_takes_every_command) {
    struct scenario scenario;
    struct made made;
    load_sound(complete, &scenario);
    make_world(&made, &scenario);
    cr_expect_eq(exchange_instruments_count(made.exchange), 3);
    cr_expect_eq(exchange_find_instrument(made.exchange, "TB-SAW-TR", 9), 2);
    cr_expect_eq(exchange_find_participant(made.exchange, "UA-FOOD-1", 9), 1);
    cr_expect_eq(exchange_find_user(made.exchange, "dairy1", 6), 1);
    cr_expect_eq(exchange_find_session(made.exchange, "TIMBER", 6), 1);
    cr_expect_eq(exchange_time_ns(made.exchange), scenario.start_ns);
    const struct calendar *calendar = exchange_calendar(made.exchange);
    cr_expect(!calendar_is_business_day(calendar, date_from_civil(2021, 5, 11)));
    cr_expect(calendar_is_business_day(calendar, date_from_civil(2021, 5, 12)));
    cr_expect_eq(exchange_session(made.exchange, 0)->phase, PHASE_CONTINUOUS, "at 09:00 the day session is open");
    free(made.exchange);
    scenario_free(&scenario);
}

static void load_shipped(const char *name, struct scenario *scenario) {
    char path[512], said[1024] = "";
    struct scenario_error error;
    snprintf(path, sizeof path, "%s/scenarios/%s", data_dir(), name);
    int status = scenario_load(path, data_dir(), scenario, &error);
    if (status != 0) scenario_error_format(&error, said, sizeof said);
    cr_assert_eq(status, 0, "%s", said);
}

Test(scenario, the_demonstration_world_has_someone_for_everything) {
    struct scenario scenario;
    struct made made;
    load_shipped("demo.json", &scenario);
    make_world(&made, &scenario);
    cr_expect_eq(exchange_instruments_count(made.exchange), 52);
    for (uint32_t i = 1; i <= 12; i++) {
        char name[16];
        snprintf(name, sizeof name, "bot%u", i);
        uint32_t user = exchange_find_user(made.exchange, name, (uint32_t)strlen(name));
        cr_assert_neq(user, NAME_NONE, "%s", name);
        cr_expect_str_eq(scenario.passwords[user].text, "bot");
        uint32_t index = exchange_user(made.exchange, user)->participant;
        const struct participant *house = exchange_participant(made.exchange, index);
        for (uint32_t s = 0; s < SECTION_COUNT; s++) {
            cr_expect(house->sections[s].present && house->sections[s].from_date <= exchange_trade_date(made.exchange));
        }
        for (int c = 0; c < CURRENCY_COUNT; c++)
            cr_expect_geq(exchange_account(made.exchange, index, (enum currency)c)->credited.minor, 100000000);
        for (uint32_t other = 0; other < user; other++) {
            cr_expect_neq(exchange_user(made.exchange, other)->participant, index, "a house has one program");
        }
    }
    uint32_t dairy = exchange_find_user(made.exchange, "dairy1", 6);
    cr_assert_neq(dairy, NAME_NONE);
    cr_expect_str_eq(scenario.passwords[dairy].text, "dairy1");
    uint32_t admin = exchange_find_user(made.exchange, "admin", 5);
    cr_assert_neq(admin, NAME_NONE);
    cr_expect_eq(exchange_user(made.exchange, admin)->role, ROLE_ADMIN);
    /* Every section has a resident and a foreigner whom a person can log on as. */
    uint32_t resident_mask = 0, foreign_mask = 0;
    for (uint32_t u = 0; u < exchange_users_count(made.exchange); u++) {
        uint32_t index = exchange_user(made.exchange, u)->participant;
        if (index == NAME_NONE || strcmp(scenario.passwords[u].text, "bot") == 0) continue;
        const struct participant *firm = exchange_participant(made.exchange, index);
        for (uint32_t s = 0; s < SECTION_COUNT; s++) {
            if (firm->sections[s].present) *(firm->resident ? &resident_mask : &foreign_mask) |= 1u << s;
        }
    }
    cr_expect_eq(resident_mask, 15);
    cr_expect_eq(foreign_mask, 15);
    free(made.exchange);
    scenario_free(&scenario);
}

Test(scenario, the_milk_powder_world) {
    struct scenario scenario;
    struct made made;
    load_shipped("smp.json", &scenario);
    make_world(&made, &scenario);
    cr_expect_eq(exchange_instruments_count(made.exchange), 1);
    cr_expect_eq(exchange_find_instrument(made.exchange, "DY-SMP-EX", 9), 0);
    cr_expect_eq(exchange_instrument(made.exchange, 0)->reference.ticks, 540, "2700.00 in ticks of 5.00");
    cr_expect_eq(exchange_trade_date(made.exchange), date_from_civil(2021, 8, 2));
    uint32_t users = exchange_users_count(made.exchange);
    cr_expect_eq(users, 3);
    cr_expect_neq(exchange_find_user(made.exchange, "admin", 5), NAME_NONE);
    cr_expect_eq(memcmp(exchange_participant(made.exchange, 0)->country, "BY", 2), 0);
    cr_expect_eq(memcmp(exchange_participant(made.exchange, 1)->country, "UA", 2), 0);
    free(made.exchange);
    scenario_free(&scenario);
}

Test(scenario, the_classroom_has_a_teacher_and_the_catalogue) {
    struct scenario scenario;
    struct made made;
    load_shipped("classroom.json", &scenario);
    make_world(&made, &scenario);
    cr_expect_eq(exchange_instruments_count(made.exchange), 52);
    cr_expect_eq(exchange_participants_count(made.exchange), 0);
    cr_expect_eq(exchange_user(made.exchange, exchange_find_user(made.exchange, "teacher", 7))->role, ROLE_ADMIN);
    free(made.exchange);
    scenario_free(&scenario);
}

/* What a world says of its firms, in commands: after their clients, since a broker in arrears registers none. */
Test(scenario, remarks_limits_and_mandates) {
    struct scenario scenario;
    struct made made;
    load_sound("{'name':'n','description':'d','start':'2021-06-28T06:00:00Z','instruments':['DY-SMP-EX'],'participants':["
               "{'id':'A','country':'PL','broker':{'from':'2021-01-01'},'arrears':true,'contract':false,'claims':true,"
               "'papers':{'missing':['passport','register_extract']},'sanction':'2021-07-01',"
               "'limits':{'order_value_max':{'USD':'1000.00','EUR':5},'exposure_factor':7,'message_rate':3},"
               "'clients':[{'id':'B','sections':['agri'],'side':'sell','symbol':'DY-SMP-EX','order_qty_max':4,"
               "'limit_px':'2650.00','expire_date':'2021-12-31','own_account':true,'cross_allowed':true}]},"
               "{'id':'B','country':'BY','papers':{'missing':[]},'contract':true,'arrears':false,'claims':null,"
               "'sanction':null,'limits':{},'guarantee':null}],"
               "'users':[{'user':'u','role':'trader','participant':'A','password':'x','person':'p',"
               "'certificate':{'issued':'2021-01-15','power_of_attorney_until':'2021-12-31'}},"
               "{'user':'v','role':'trader','participant':'A','password':'x','person':'p'}],"
               "'sessions':[{'id':'S','model':'continuous','symbols':['DY-SMP-EX'],'late_login':'refuse'}]}", &scenario);
    make_world(&made, &scenario);
    const struct participant *firm = exchange_participant(made.exchange, 0);
    cr_expect_eq(firm->remarks, 1 << REMARK_CONTRACT | 1 << REMARK_ARREARS | 1 << REMARK_CLAIM);
    cr_expect_eq(firm->papers_missing, 1 << PAPER_PASSPORT | 1 << PAPER_REGISTER_EXTRACT);
    cr_expect_eq(firm->sanction_until_date, date_from_civil(2021, 7, 1));
    cr_expect(firm->exposure_factor == 7 && firm->message_rate == 3);
    cr_expect_eq(exchange_account(made.exchange, 0, CURRENCY_USD)->order_value_max.minor, 100000);
    cr_expect_eq(exchange_account(made.exchange, 0, CURRENCY_EUR)->order_value_max.minor, 500);
    cr_expect_eq(exchange_remarks(made.exchange, 0, 0), 15, "what a world begins with counts at once");
    cr_expect_eq(exchange_remarks(made.exchange, 1, 0), 0);
    cr_assert_eq(exchange_clients_count(made.exchange), 1);
    const struct client *client = exchange_client(made.exchange, 0);
    cr_expect(client->client == 1 && client->side == SIDE_SELL && client->instrument == 0);
    cr_expect(client->quantity_max.lots == 4 && client->limit.ticks == 530);
    cr_expect_eq(client->expire_date, date_from_civil(2021, 12, 31));
    cr_expect_eq(client->flags, CLIENT_OWN_ACCOUNT | CLIENT_CROSS_ALLOWED);
    const struct person *person = exchange_person(made.exchange, exchange_user(made.exchange, 0)->person);
    cr_expect(field_is(person->id, user_name_size, "p"));
    cr_expect_eq(exchange_session(made.exchange, 0)->flags, SESSION_LATE_LOGIN_REFUSE);
    cr_expect_eq(exchange_user(made.exchange, 1)->person, exchange_user(made.exchange, 0)->person);
    cr_expect_eq(person->certificate_to_date, date_from_civil(2021, 12, 31));
    free(made.exchange);
    scenario_free(&scenario);
}

/* A table that a world gives takes the place of the shipped one; the others stay. */
Test(scenario, a_world_changes_the_tables) {
    struct scenario scenario;
    struct made made;
    load_sound("{'name':'n','start':'2021-07-12T06:00:00Z','instruments':['DY-SMP-EX','DY-BUT-825','DY-MILK-RAW',"
               "{'symbol':'OWN','section':'agri','unit':'t','lot':1,'tick':'0.50','currency':'USD','reference_px':'10'}],"
               "'rules':{'bands':[{'symbol':'OWN','band':'ceiling','deal_class':'export','level_px':'12.50',"
               "'from':'2021-01-01','to':'2021-12-31'}],"
               "'deposit':{'floors':{'USD':'0'},'business_days_before':0},"
               "'fees':{'rate_ppm':1500,'rates':[{'rate_ppm':1000,'from':'2021-07-01','section':'agri','side':'buy'},"
               "{'rate_ppm':500,'from':'2021-07-01','to':'2021-07-31','symbol':'OWN','deal_class':'transit'}]},"
               "'fx':{'USD':[{'from':'2021-07-01','rate':'2.5000'},{'from':'2021-07-12','rate':'2.6000'}]},"
               "'transit':[{'from':'2021-01-01','sections':['timber']}],"
               "'waivers':[{'from':'2021-01-01','section':'agri','side':'sell'}]}}", &scenario);
    make_world(&made, &scenario);
    const struct command_rule_terms *terms = exchange_rule_terms(made.exchange);
    cr_assert_not_null(terms);
    cr_expect(terms->deposit_ppm == 2000 && terms->deposit_business_days == 0 && terms->fee_ppm == 1500);
    cr_expect(terms->deposit_floors[CURRENCY_USD].minor == 0 && terms->deposit_floors[CURRENCY_EUR].minor == 20000);
    cr_expect_eq(terms->flags, RULE_DOMESTIC_BYN_ONLY);
    const struct instrument_rules *own = exchange_instrument_rules(made.exchange, 3);
    const struct instrument_rules *milk = exchange_instrument_rules(made.exchange, 2);
    cr_expect_eq(own->ceiling_ticks[0][SIDE_BUY], 25);
    cr_expect_eq(exchange_instrument_rules(made.exchange, 0)->floor_ticks[1][SIDE_SELL], 0, "the shipped floor is gone");
    cr_expect(own->fee_ppm[DEAL_EXPORT][SIDE_BUY] == 1000 && own->fee_ppm[DEAL_EXPORT][SIDE_SELL] == 1500);
    cr_expect(own->fee_ppm[DEAL_TRANSIT][SIDE_BUY] == 500 && own->fee_ppm[DEAL_TRANSIT][SIDE_SELL] == 500);
    cr_expect_eq(milk->fee_flat[DEAL_DOMESTIC][SIDE_BUY].minor, 10, "a flat fee goes before a rate");
    cr_expect_eq(own->byn_scaled, 26000);
    cr_expect(!own->transit_allowed);
    cr_expect(own->deposit_ppm[1][SIDE_SELL] == 0 && own->deposit_ppm[0][SIDE_BUY] == 2000);
    free(made.exchange);
    scenario_free(&scenario);
}

/* From nothing: only what the world gives. */
Test(scenario, tables_from_nothing) {
    struct scenario scenario;
    struct made made;
    load_sound("{'name':'n','start':'2021-07-12T06:00:00Z','instruments':['DY-SMP-EX'],'rules':{'tables':'none',"
               "'bands':[{'symbol':'DY-SMP-EX','band':'ceiling','deal_class':'export','level_px':'2800.00',"
               "'from':'2021-01-01'}]}}", &scenario);
    make_world(&made, &scenario);
    cr_expect_null(exchange_rule_terms(made.exchange));
    cr_expect_eq(exchange_instrument_rules(made.exchange, 0)->ceiling_ticks[0][SIDE_BUY], 560);
    free(made.exchange);
    scenario_free(&scenario);
    load_sound("{'name':'n','start':'2021-07-12T06:00:00Z','instruments':['DY-SMP-EX'],'rules':{'tables':'none',"
               "'deposit':{'rate_ppm':10000}}}", &scenario);
    make_world(&made, &scenario);
    const struct command_rule_terms *terms = exchange_rule_terms(made.exchange);
    cr_assert_not_null(terms);
    cr_expect(terms->deposit_ppm == 10000 && terms->fee_ppm == 0 && terms->flags == 0 && terms->exposure_factor == 0);
    free(made.exchange);
    scenario_free(&scenario);
}

Test(scenario, the_china_world) {
    struct scenario scenario;
    struct made made;
    load_shipped("china.json", &scenario);
    make_world(&made, &scenario);
    const struct session *china = exchange_session(made.exchange, 0);
    cr_expect(china->every_days == 14 && china->phase == PHASE_CONTINUOUS && china->direction == DIRECTION_EXPORT);
    cr_expect_eq(memcmp(china->buyer_countries[0], "CN", 2), 0);
    cr_expect_eq(exchange_instrument_rules(made.exchange, 1)->currency_from_date, date_from_civil(2021, 7, 1));
    cr_expect_eq(exchange_instrument_rules(made.exchange, 1)->byn_scaled, 3920);
    free(made.exchange);
    scenario_free(&scenario);
}

Test(scenario, the_broker_world) {
    struct scenario scenario;
    struct made made;
    load_shipped("broker.json", &scenario);
    make_world(&made, &scenario);
    static const struct { const char *id; uint8_t remarks; } firms[] = {
        {"BY-SAW-1", 0}, {"IL-DECOR-1", 0}, {"LV-NEW-1", 1 << REMARK_PAPERS}, {"LT-LATE-1", 1 << REMARK_ARREARS},
        {"PL-CLAIM-1", 1 << REMARK_CLAIM}, {"DE-SMALL-1", 0}};
    for (size_t i = 0; i < sizeof firms / sizeof firms[0]; i++) {
        uint32_t firm = exchange_find_participant(made.exchange, firms[i].id, (uint32_t)strlen(firms[i].id));
        cr_assert_neq(firm, NAME_NONE);
        cr_expect_eq(exchange_remarks(made.exchange, firm, NAME_NONE), firms[i].remarks, "%s", firms[i].id);
    }
    cr_expect_eq(exchange_clients_count(made.exchange), 3);
    cr_expect_eq(exchange_participant(made.exchange, 1)->broker_state, BROKER_STATE_ACTIVE);
    free(made.exchange);
    scenario_free(&scenario);
}
