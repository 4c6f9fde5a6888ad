#include <criterion/criterion.h>

#include "base/clock.h"
#include "domain/message/hours.h"
#include "tests/unit/fixture.h"

static int64_t at(int year, int month, int day, int hour, int minute)
{
    return clock_from_date(year, month, day) + hour * 3600 + minute * 60;
}

Test(contact, waits_for_the_hours_that_the_law_allows)
{
    const struct { int64_t asked, allowed; const char *why; } cases[] = {
        { at(2026, 11, 25, 10, 0), at(2026, 11, 25, 10, 0), "a Wednesday morning" },
        { at(2026, 11, 25, 6, 59), at(2026, 11, 25, 7, 0), "a minute too early" },
        { at(2026, 11, 25, 18, 59), at(2026, 11, 25, 18, 59), "the last minute" },
        { at(2026, 11, 25, 19, 0), at(2026, 11, 26, 7, 0), "closed at seven" },
        { at(2026, 11, 28, 7, 30), at(2026, 11, 28, 8, 0), "Saturday opens at eight" },
        { at(2026, 11, 28, 15, 0), at(2026, 11, 30, 7, 0), "Saturday closes at three" },
        { at(2026, 11, 29, 12, 0), at(2026, 11, 30, 7, 0), "never on Sunday" },
        { at(2026, 12, 8, 9, 0), at(2026, 12, 9, 7, 0), "a holiday" },
        { at(2026, 11, 14, 16, 0), at(2026, 11, 17, 7, 0), "Saturday, Sunday, and a holiday on Monday" },
        { at(2026, 4, 1, 20, 0), at(2026, 4, 4, 8, 0), "Maundy Thursday and Good Friday" },
        { at(2027, 7, 12, 10, 0), at(2027, 7, 13, 7, 0), "9 July, moved to Monday" },
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        cr_expect_eq(hours_from("cobranza", cases[i].asked), cases[i].allowed, "%s", cases[i].why);
        cr_expect_eq(hours_from("publicidad", cases[i].asked), cases[i].allowed, "%s", cases[i].why);
        cr_expect_eq(hours_from("informativa", cases[i].asked), cases[i].asked);
    }
}

Test(contact, is_at_most_one_a_day_of_one_person)
{
    static const struct stmt person = STMT("t_person", "is",
        "INSERT INTO customers (id, full_name, phone, search_key, created_at) VALUES ($1, 'Ana Ríos', $2, 'ana rios', 0)");
    static const struct stmt letter = STMT("t_letter", "isis",
        "INSERT INTO notifications (customer_id, event, channel, recipient, class, variables, state, created_at, not_before,"
        " sent_at, template_id, dedupe_key, message_id) VALUES ($1, 'pickup_reminder', 'sms', '+573005550001', $2, '{}', $4, $3,"
        " $3, $3, 1, hex(randomblob(9)), hex(randomblob(9)))");
    static const char *const gone[] = { "sending", "sent", "delivered", "unknown" };
    struct fixture f;
    int64_t noon = at(2026, 11, 25, 12, 0), later = at(2026, 11, 25, 18, 0);

    fixture_open(&f);
    for (int64_t i = 1; i <= 5; i++)
        cr_assert_eq(db_exec(f.db, NULL, &person, i, arena_printf(f.a, "+57300555000%lld", (long long)i)), OK);
    for (int64_t i = 0; i < 4; i++) {
        cr_assert_eq(db_exec(f.db, NULL, &letter, i + 1, "cobranza", noon, gone[i]), OK);
        cr_expect_eq(hours_from_tx(&f.c, "cobranza", i + 1, 0, later), at(2026, 11, 26, 7, 0), "%s", gone[i]);
        cr_expect_eq(hours_from_tx(&f.c, "publicidad", i + 1, 0, later), at(2026, 11, 26, 7, 0), "%s", gone[i]);
        cr_expect_eq(hours_from_tx(&f.c, "informativa", i + 1, 0, later), later, "what is not of the law");
    }
    cr_expect_eq(hours_from_tx(&f.c, "cobranza", 5, 0, later), later, "another person");
    cr_assert_eq(db_exec(f.db, NULL, &letter, (int64_t)5, "informativa", noon, "sent"), OK);
    cr_assert_eq(db_exec(f.db, NULL, &letter, (int64_t)5, "cobranza", noon - 86400, "sent"), OK);
    cr_assert_eq(db_exec(f.db, NULL, &letter, (int64_t)5, "cobranza", noon, "suppressed"), OK);
    cr_expect_eq(hours_from_tx(&f.c, "cobranza", 5, 0, later), later, "neither of them was a contact of that day");
    fixture_close(&f);
}
