/* Outcomes: what a provider's answer means, the table on which "never twice" rests. */
#include <criterion/criterion.h>
#include <curl/curl.h>
#include <sodium.h>

#include "base/buf.h"
#include "queue/job.h"
#include "local/gsm7.h"
#include "send/liwa.h"
#include "send/mail.h"
#include "send/whatsapp.h"

Test(liwa, tells_certain_refusals_from_doubts)
{
    static const struct { int curl; long long sent; long status; const char *body; enum sent want; bool bad; } rows[] = {
        { CURLE_OK, 300, 200, "{\"success\":true,\"menssageId\":\"abc\"}", SENT_YES, false },
        { CURLE_OK, 300, 200, "{\"success\":true,\"menssageId\":77}", SENT_YES, false },
        { CURLE_OK, 300, 200, "{\"success\":true}", SENT_UNKNOWN, false },
        { CURLE_OK, 300, 200, "{\"success\":true,\"menssageId\":\"\"}", SENT_UNKNOWN, false },
        { CURLE_OK, 300, 200, "{\"success\":false,\"message\":\"no\"}", SENT_NEVER, false },
        { CURLE_OK, 300, 200, "<html>", SENT_UNKNOWN, false },
        { CURLE_OK, 300, 200, "", SENT_UNKNOWN, false },
        { CURLE_OK, 300, 302, "", SENT_UNKNOWN, false },
        { CURLE_OK, 300, 408, "", SENT_NO, false },
        { CURLE_OK, 300, 400, "{}", SENT_NEVER, false },
        { CURLE_OK, 300, 401, "{}", SENT_NO, true },
        { CURLE_OK, 300, 429, "{}", SENT_NO, false },
        { CURLE_OK, 300, 500, "{\"message\":\"jwt expired\"}", SENT_NO, true },
        { CURLE_OK, 300, 500, "{\"message\":\"Invalid API KEY\"}", SENT_NO, true },
        { CURLE_OK, 300, 500, "{\"message\":\"oops\"}", SENT_UNKNOWN, false },
        { CURLE_OK, 300, 502, "", SENT_UNKNOWN, false },
        { CURLE_OK, 300, 504, "", SENT_UNKNOWN, false },
        { CURLE_COULDNT_RESOLVE_HOST, 0, 0, "", SENT_NO, false },
        { CURLE_COULDNT_CONNECT, 0, 0, "", SENT_NO, false },
        { CURLE_PEER_FAILED_VERIFICATION, 0, 0, "", SENT_NO, false },
        { CURLE_OPERATION_TIMEDOUT, 0, 0, "", SENT_NO, false },
        { CURLE_OPERATION_TIMEDOUT, 300, 0, "", SENT_UNKNOWN, false },
        { CURLE_RECV_ERROR, 300, 0, "", SENT_UNKNOWN, false },
        { CURLE_GOT_NOTHING, 300, 0, "", SENT_UNKNOWN, false },
        { CURLE_WRITE_ERROR, 300, 200, "", SENT_UNKNOWN, false },
        { CURLE_UNSUPPORTED_PROTOCOL, 0, 0, "", SENT_NO, false },
        { CURLE_UNSUPPORTED_PROTOCOL, 300, 0, "", SENT_UNKNOWN, false },     /* an answer that is not HTTP */
        { CURLE_WEIRD_SERVER_REPLY, 300, 0, "", SENT_UNKNOWN, false },
    };
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(rows); i++) {
        bool bad;
        struct send_result r = liwa_classify(a, rows[i].curl, rows[i].sent, rows[i].status, rows[i].body,
                                             strlen(rows[i].body), &bad);

        cr_expect_eq(r.sent, rows[i].want, "row %zu gives %d", i, r.sent);
        cr_expect_eq(bad, rows[i].bad, "row %zu", i);
        cr_expect_eq(r.error == NULL, r.sent == SENT_YES, "row %zu", i);
    }
    arena_free(a);
}

/* A token whose claims are these, from the arena. */
static const char *token_of(struct arena *a, const char *claims)
{
    char b64[256];

    return arena_printf(a, "eyJh.%s.c2ln", sodium_bin2base64(b64, sizeof b64, (const unsigned char *)claims,
                                                             strlen(claims), sodium_base64_VARIANT_URLSAFE_NO_PADDING));
}

Test(liwa, reads_the_credit_of_a_token_and_none_from_a_number_that_is_no_amount)
{
    static const struct { const char *claims; int64_t want; } rows[] = {
        { "{\"saldo\":53200}", 53200 }, { "{\"saldo\":53200.75}", 53200 }, { "{\"saldo\":0}", 0 },
        { "{\"saldo\":1000000000000}", INT64_C(1000000000000) },
        { "{\"saldo\":-5}", -1 }, { "{\"saldo\":-0.5}", -1 }, { "{\"saldo\":\"53200\"}", -1 }, { "{}", -1 }, { "no", -1 },
        /* The conversion of these to an integer would not be defined. */
        { "{\"saldo\":1e300}", -1 }, { "{\"saldo\":-1e300}", -1 }, { "{\"saldo\":9223372036854775807}", -1 },
        { "{\"saldo\":9223372036854775807.0}", -1 }, { "{\"saldo\":-9223372036854775808}", -1 },
    };
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(rows); i++)
        cr_expect_eq(liwa_credit(token_of(a, rows[i].claims)), rows[i].want, "%s gives %lld", rows[i].claims,
                     (long long)liwa_credit(token_of(a, rows[i].claims)));
    arena_free(a);
}

Test(whatsapp, tells_certain_refusals_from_doubts_and_whose_fault_they_are)
{
#define ERROR(code) "{\"error\":{\"message\":\"x\",\"code\":" #code "}}"
    static const struct { int curl; long long sent; long status; const char *body; enum sent want; bool provider; enum telling tell; } rows[] = {
        { CURLE_OK, 300, 200, "{\"messages\":[{\"id\":\"wamid.1\"}]}", SENT_YES, false, TELL_NOBODY },
        { CURLE_OK, 300, 200, "{\"messages\":[{\"id\":\"\"}]}", SENT_UNKNOWN, false, TELL_NOBODY },
        { CURLE_OK, 300, 200, "{\"messages\":[]}", SENT_UNKNOWN, false, TELL_NOBODY },
        { CURLE_OK, 300, 200, "{\"messages\":[7]}", SENT_UNKNOWN, false, TELL_NOBODY },
        { CURLE_OK, 300, 200, "[]", SENT_UNKNOWN, false, TELL_NOBODY },
        { CURLE_OK, 300, 200, "<html>", SENT_UNKNOWN, false, TELL_NOBODY },
        { CURLE_OK, 300, 302, "", SENT_UNKNOWN, true, TELL_NOBODY },
        { CURLE_OK, 300, 400, ERROR(131026), SENT_NEVER, false, TELL_NOBODY },
        { CURLE_OK, 300, 400, ERROR(131047), SENT_NEVER, false, TELL_NOBODY },
        { CURLE_OK, 300, 400, ERROR(131049), SENT_NEVER, false, TELL_NOBODY },
        { CURLE_OK, 300, 400, ERROR(100), SENT_NEVER, false, TELL_MEND },
        { CURLE_OK, 300, 400, ERROR(132000), SENT_NEVER, false, TELL_MEND },
        { CURLE_OK, 300, 404, ERROR(132001), SENT_NEVER, false, TELL_MEND },
        { CURLE_OK, 300, 400, ERROR(132007), SENT_NEVER, false, TELL_MEND },
        { CURLE_OK, 300, 400, ERROR(132016), SENT_NEVER, false, TELL_MEND },
        { CURLE_OK, 300, 400, ERROR(999999), SENT_NEVER, false, TELL_NOBODY },
        { CURLE_OK, 300, 400, "{\"error\":5}", SENT_NEVER, false, TELL_NOBODY },
        { CURLE_OK, 300, 429, ERROR(130429), SENT_NO, false, TELL_NOBODY },
        { CURLE_OK, 300, 400, ERROR(131056), SENT_NO, false, TELL_NOBODY },
        { CURLE_OK, 300, 400, ERROR(80007), SENT_NO, false, TELL_NOBODY },
        { CURLE_OK, 300, 429, "", SENT_NO, false, TELL_NOBODY },
        { CURLE_OK, 300, 401, ERROR(190), SENT_NO, true, TELL_MEND },
        { CURLE_OK, 300, 401, "", SENT_NO, true, TELL_MEND },
        { CURLE_OK, 300, 401, ERROR(0), SENT_NO, true, TELL_MEND },
        { CURLE_OK, 300, 400, ERROR(3), SENT_NO, true, TELL_MEND },
        { CURLE_OK, 300, 403, ERROR(10), SENT_NO, true, TELL_MEND },
        { CURLE_OK, 300, 403, ERROR(200), SENT_NO, true, TELL_MEND },
        { CURLE_OK, 300, 400, ERROR(131000), SENT_NO, true, TELL_NOBODY },
        { CURLE_OK, 300, 500, ERROR(131000), SENT_UNKNOWN, true, TELL_NOBODY },
        { CURLE_OK, 300, 500, ERROR(131026), SENT_UNKNOWN, true, TELL_NOBODY },
        { CURLE_OK, 300, 500, ERROR(190), SENT_NO, true, TELL_MEND },
        { CURLE_OK, 300, 500, "", SENT_UNKNOWN, true, TELL_NOBODY },
        { CURLE_OK, 300, 503, "<html>", SENT_UNKNOWN, true, TELL_NOBODY },
        { CURLE_COULDNT_CONNECT, 0, 0, "", SENT_NO, true, TELL_NOBODY },
        { CURLE_OPERATION_TIMEDOUT, 300, 0, "", SENT_UNKNOWN, true, TELL_NOBODY },
        { CURLE_RECV_ERROR, 300, 0, "", SENT_UNKNOWN, true, TELL_NOBODY },
    };
    struct arena *a = arena_new();

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct send_result r = whatsapp_classify(a, rows[i].curl, rows[i].sent, rows[i].status, rows[i].body,
                                                 strlen(rows[i].body));

        cr_expect_eq(r.sent, rows[i].want, "row %zu: %d", i, (int)r.sent);
        cr_expect_eq(r.provider_failed, rows[i].provider, "row %zu", i);
        cr_expect_eq(r.tell, rows[i].tell, "row %zu", i);
        cr_expect_eq(r.error == NULL, r.sent == SENT_YES, "row %zu", i);
    }
    arena_free(a);
}

Test(gsm7, makes_spanish_plain_and_counts_parts)
{
    static const struct { const char *in, *out; } rows[] = {
        { "Llegó su paquete: ñ Ñ é ü ¿Sí? ¡Ya!", "Llego su paquete: ñ Ñ é ü ¿Si? ¡Ya!" },
        { "ÁÍÓÚ É", "AIOU É" }, { "Zoë Âû Çç à", "Zoe Au Çc à" }, { "a\u2003b\u200bc", "a bc" }, { "“hoy” — ‘ya’…", "\"hoy\" - 'ya'..." }, { "a\xc2\xa0z", "a z" },
    };
    static const struct { int n; const char *unit; int parts; } counts[] = {
        { 160, "a", 1 }, { 161, "a", 2 }, { 306, "a", 2 }, { 307, "a", 3 }, { 80, "€", 1 }, { 81, "€", 2 },
        { 152, "€", 2 }, { 153, "€", 3 },        /* two septets never part: 76 in each part */
       
        { 70, "í", 1 }, { 71, "í", 2 }, { 134, "í", 2 }, { 135, "í", 3 }, { 35, "😀", 1 }, { 36, "😀", 2 },
        { 66, "😀", 2 }, { 67, "😀", 3 },
    };
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(rows); i++)
        cr_expect_str_eq(gsm7_plain(a, rows[i].in), rows[i].out);
    for (size_t i = 0; i < COUNT(counts); i++) {
        struct buf b = { 0 };

        for (int k = 0; k < counts[i].n; k++)
            buf_str(&b, counts[i].unit);
        cr_expect_eq(gsm7_parts(b.data, NULL), counts[i].parts, "%d × %s", counts[i].n, counts[i].unit);
        buf_free(&b);
    }
    arena_free(a);
}

Test(mail, refuses_what_could_add_a_header)
{
    struct arena *a = arena_new();

    cr_expect(mail_header_text(a, "hola\r\nBcc: x@y.co") == NULL);
    cr_expect_str_eq(mail_header_text(a, "hola"), "hola");
    /* A text that looks encoded is read as it was written, not as what it would decode to. */
    cr_expect_str_eq(mail_header_text(a, "=?UTF-8?B?U3UgYmFuY28=?="), "=?UTF-8?B?PT9VVEYtOD9CP1UzVWdZbUZ1WTI4PT89?=");
    cr_expect(has_prefix(mail_header_text(a, "a\x7f" "b"), "=?UTF-8?B?"));
    cr_expect(has_prefix(mail_header_text(a, "Llegó"), "=?UTF-8?B?"));
    cr_expect(!mail_address_ok("a@b.co>\r\nRCPT TO:<x@y.co"));
    cr_expect(!mail_address_ok("a b@c.co"));
    cr_expect(mail_address_ok("a@b.co"));
    arena_free(a);
}

Test(backoff, doubles_from_fifteen_seconds_to_six_hours)
{
    for (int64_t n = 1; n < 40; n++) {
        int64_t base = n < 12 ? 15LL << (n - 1) : 6 * 3600, s = job_backoff(n);

        if (base > 6 * 3600)
            base = 6 * 3600;
        cr_expect(s >= base * 80 / 100 - 1 && s <= base * 12 / 10 + 1 && s <= 6 * 3600, "try %lld: %lld",
                  (long long)n, (long long)s);
    }
}
