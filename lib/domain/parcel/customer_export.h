/* Customer export: a file of people for a spreadsheet, made by a job (lib/jobs/customers_export.c); it goes after a day. */
#ifndef DOMAIN_CUSTOMER_EXPORT_H
#define DOMAIN_CUSTOMER_EXPORT_H

#include "domain/parcel/customer_list.h"

#define EXPORT_DAYS 1            /* how long one is kept */

struct customer_export {
    int64_t id;
    const char *state;           /* pending, ready, failed, gone */
    const char *format;          /* of export_formats */
    const char *q, *kind;        /* as struct customer_filter */
    int64_t rows, size, at, ready_at;
    const char *storage_key, *error;
};
FIELD_TABLE(struct customer_export, customer_export_fields)
extern const struct word export_formats[];           /* xlsx, csv */

struct export_in { const char *format, *q, *kind; };
/* Queues the making of it; audited. */
enum err export_begin(struct ctx *c, const struct export_in *in, struct customer_export *out) MUST_CHECK;
enum err export_by_id(struct ctx *c, int64_t id, struct customer_export *out) MUST_CHECK;

/* For the jobs, inside a db_write: the file's key, before it is kept; it is ready; it cannot be made. */
enum err export_place_tx(struct ctx *c, int64_t id, const char *key) MUST_CHECK;
enum err export_ready_tx(struct ctx *c, int64_t id, int64_t rows, int64_t size) MUST_CHECK;
/* Keys of files that are EXPORT_DAYS old, at most max of them; and their rows say that they have gone. */
enum err export_old(struct ctx *c, const char **keys, size_t max, size_t *n) MUST_CHECK;
enum err export_gone(struct ctx *c, const char *key) MUST_CHECK;

#endif
