/* Fixture: a fresh database in a folder of its own, secrets, and a context of an operator; fixture_close
 * removes them. */
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
/* Until it is called with false no file may be written, as on a full disk; reading goes on. */
void fixture_disk_full(bool full);
/* The sentence of the context's fault, for messages of asserts; from the arena. */
const char *fixture_fault(struct fixture *f);

/* Explains each statement that `ours` picks (file: the path of its source), and expects `fine` of each
 * step of its plan.  Returns how many statements were picked. */
int fixture_plans(struct fixture *f, bool (*ours)(const struct stmt *s, const char *file),
                  bool (*fine)(const char *name, const char *step));
/* True if the path `file` contains one of the n parts. */
bool fixture_is_one_of(const char *file, const char *const *parts, size_t n);

#endif
