/* Customer edit: a person as a clerk writes them down, at once or later. */
#ifndef DOMAIN_CUSTOMER_EDIT_H
#define DOMAIN_CUSTOMER_EDIT_H

#include "domain/people/customer.h"

#define CUSTOMER_PHONES_MAX 5    /* besides the first */
#define CUSTOMER_NOTES_MAX 1000  /* characters */

/* A text that is NULL stays as it is, and one that is "" is emptied. */
struct customer_edit {
    int64_t id;                  /* 0: a new person */
    int64_t version;             /* which one the clerk has seen (struct customer); 0: any */
    const char *name, *phone, *email;
    const bool *no_phone;        /* true: they have none, and phone is empty */
    const char *other_phones;    /* the other phones, one a line */
    const char *document_type, *document_number;
    const char *building, *tower, *apartment, *floor, *address, *city, *notes;
    const bool *is_vip;          /* NULL: stays */
    bool another;                /* a new person is not one of those who are like them (customer_twin.h) */
};

/* Inside a db_write: writes a new person, whom a clerk knows from now on.  E_FORBIDDEN at "other_phones" or "email" to an
 * OPERADOR where giving a parcel to another needs an approval. */
enum err customer_add_tx(struct ctx *c, const struct customer_edit *in, struct customer *out) MUST_CHECK;
/* Inside a db_write: changes a person.  Whose name a clerk writes anew is known from then on; other changes leave
 * that as it is, since a stranger may have invented the name.  E_NOT_FOUND; E_PRECONDITION when it is not the
 * version that the clerk has seen; E_INVALID names what is wrong; E_CONFLICT at "document_number" when the document
 * is another person's; E_FORBIDDEN at "phone", "other_phones", "email", or "name" of who has a parcel to come or to
 * collect, to an OPERADOR where giving a parcel to another needs an approval.  *before is the person as they were. */
enum err customer_edit_tx(struct ctx *c, const struct customer_edit *in, struct customer *before, struct customer *out) MUST_CHECK;
/* Takes what was typed into *to, a person as they are or an empty one; all that is wrong is named in the fault. */
enum err customer_edit_take(struct ctx *c, const struct customer_edit *in, struct customer *to) MUST_CHECK;
/* Inside a db_write: writes a new person of a list that an ADMIN had read, as customer_edit_take made them, in one
 * statement: the point knows them from now on, as if a clerk had written them, and their e-mail waits to be confirmed.
 * E_CONFLICT at "document_number". */
enum err customer_list_add_tx(struct ctx *c, const struct customer *who, int64_t *id) MUST_CHECK;
/* The differences, as "Torre: 2 → 3; Notas: nada → Timbre"; NULL: no text does.  *what: the names alone, and whether they are
 * VIP now; NULL: nothing differs. */
const char *customer_differences(struct arena *a, const struct customer *before, const struct customer *after, const char **what);
/* Appends the audit log's row: which fields differ, and beside it, so that it can be erased, what each was and is. */
enum err customer_audit_tx(struct ctx *c, const char *action, const struct customer *before, const struct customer *after) MUST_CHECK;

#endif
