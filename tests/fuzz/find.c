/* Omnibox: whatever is typed becomes a good query of the index of names, and finds packages that are there. */
#include "base/util.h"
#include "domain/parcel/package_announce.h"
#include "domain/parcel/package_find.h"
#include "tests/fuzz/fuzz.h"

#define LIMIT 3

static void shelf_fill(struct fixture *f)
{
    static const struct announce_in all[] = {
        { .name = "Ana María Ñúñez", .phone = "3005550101", .guides = "AAA111BB\nNEAR 222", .consent = true },
        { .name = "AND OR NOT", .phone = "3005550102", .guides = "CCC333DD", .consent = true },
        { .name = "José \"Pepe\" O'Neil", .phone = "3005550103", .guides = "776632517510", .consent = true },
    };
    struct packages made;

    for (size_t i = 0; i < COUNT(all); i++)
        assert(package_announce(&f->c, &all[i], &made) == OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool filled;
    struct fixture *f = fuzz_fixture();
    struct arena *a = arena_new();
    struct ctx c = f->c;
    char *s = fuzz_text(data, size);
    struct packages found;

    if (!filled)
        shelf_fill(f);
    filled = true;
    c.a = a;
    assert(package_find(&c, s, LIMIT, &found) == OK && found.n <= LIMIT);
    for (size_t i = 0; i < found.n; i++)
        assert(found.v[i].id > 0 && !is_blank(found.v[i].guide_number));
    free(s);
    arena_free(a);
    return 0;
}
