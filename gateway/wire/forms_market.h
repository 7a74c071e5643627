/* forms_market.h - the forms of the supervisor's market messages: sessions, busts, news. */
#ifndef BIRZHA_WIRE_FORMS_MARKET_H
#define BIRZHA_WIRE_FORMS_MARKET_H

#include "gateway/wire/forms.h"

/* NULL for a request that is not one of these. */
const struct form *form_of_market(enum request_type type);

#endif
