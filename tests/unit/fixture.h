/* Fixture: a fresh database in a folder of its own, secrets, and a context of an
 * operator; removed by fixture_close. */
#ifndef UNIT_FIXTURE_H
#define UNIT_FIXTURE_H

#include "base/conf.h"
#include "base/ctx.h"
#include "store/db.h"

struct fixture {
    struct arena *a;
    struct conf *conf;
    struct db *db;
    struct ctx c;                /* OPERADOR, user 1, at FIXTURE_NOW */
    char dir[64];
};

#define FIXTURE_NOW 1793707200   /* 2026-11-03 07:00 in Bogotá, a Tuesday */

void fixture_open(struct fixture *f);
void fixture_close(struct fixture *f);
/* The sentence of the context's fault, for messages of asserts. */
const char *fixture_fault(struct fixture *f);

#endif
