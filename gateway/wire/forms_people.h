/* forms_people.h - the forms of the supervisor's desk. */
#ifndef BIRZHA_WIRE_FORMS_PEOPLE_H
#define BIRZHA_WIRE_FORMS_PEOPLE_H

#include "gateway/wire/forms.h"

/* NULL for a request that is not of this desk. */
const struct form *form_of_people(enum request_type type);

#endif
