/* People: whose parcel it may be, as the counter's pages list them. */
#ifndef CGI_SHARED_PEOPLE_H
#define CGI_SHARED_PEOPLE_H

#include "app/route.h"
#include "domain/parcel/person_find.h"

#define PEOPLE_SHOWN 8           /* people of one list; whoever looks for somebody else types more */

/* Puts people on the page as rows of "people" (templates/shared/person.cst).  chosen: whose row is ticked; 0: nobody's. */
void people_show(struct req *r, const struct people *all, int64_t chosen);
/* Looks for the known people of a text in the field "who", and puts them on the page for one to be chosen
 * (templates/shared/whose.cst).  A text that is blank lists nobody but whoever is chosen. */
enum err people_ask(struct req *r, const char *who, int64_t chosen) MUST_CHECK;

#endif
