/* Couriers: whose waybill a guide looks like; for each form a guide that fits it, and beside it one that
 * does not. */
#include <criterion/criterion.h>

#include "base/util.h"
#include "domain/parcel/courier.h"
#include "domain/parcel/guide_told.h"
#include "local/normal.h"

/* carrier NULL: no known form.  A key with a wrong check digit stands below the right one. */
static const struct vector { const char *key, *carrier; } vectors[] = {
    /* Colombian couriers, by length and prefix */
    { "9123456780", "Servientrega" },
    { "240012345678", "Inter Rapidísimo" },
    { "700012345678", "Inter Rapidísimo" },
    { "230012345678", "Inter Rapidísimo" },
    { "012345678901", "Envía" },
    { "123456789012", "Deprisa" },
    { "12345678901", "Coordinadora" },
    { "123456789", "TCC" },
    { "12345678", NULL },
    { "1234567890123", NULL },
    { "12345678A", NULL },
    /* S10: eight digits, modulo 11; the remainders 10 and 0 are written 0 and 5 */
    { "RB123456785CO", "4-72" },
    { "RB123456785GB", "4-72" },
    { "RB123456784CO", NULL },
    { "RB123456785XX", NULL },           /* no such country */
    { "RB123456785ZW", "4-72" },
    { "EE000000005CO", "4-72" },
    { "EE000000000CO", NULL },
    { "EE000000080CO", "4-72" },
    { "RB123456785C", NULL },
    { "R1123456785CO", NULL },
    /* UPS: letters count too */
    { "1Z5R89390357567127", "UPS" },
    { "1Z999AA10323456780", "UPS" },
    { "1Z999AA10323456781", NULL },
    { "1Z1111111111111111", NULL },
    { "2Z999AA10323456780", NULL },
    { "1Z999AA1032345678", NULL },
    /* UPS waybill: a letter of the service */
    { "K1234567895", "UPS" },
    { "V0490119001", "UPS" },
    { "A0000000019", "UPS" },
    { "K1234567894", NULL },
    { "B1234567895", NULL },
    /* Amazon */
    { "TBA000000000000", "Amazon" },
    { "TBC000000000000", "Amazon" },
    { "TBM502887274000", "Amazon" },
    { "TBB000000000000", NULL },
    { "TBA00000000000A", NULL },
    { "C1004444443", "Amazon" },
    { "F1004444443", "Amazon" },
    { "A0000000018", "Amazon" },         /* its check digit rules UPS out */
    { "D1004444443", NULL },
    { "C100444444", NULL },
    /* YunExpress */
    { "YT2229521272164446", "YunExpress" },
    { "YT222952127216444", NULL },
    /* DHL: a piece, and DHL eCommerce */
    { "JJD0099999999", "DHL" },
    { "JVGL0999999990", "DHL" },
    { "XJD0099999998", NULL },
    { "GM2951173225174494", "DHL" },
    { "GM295117494011169042", "DHL" },
    { "GM9E44608A27984866BA2D", "DHL" },
    { "GS295117494011169041", NULL },
    { "GM29511732251744", NULL },
    /* FedEx: Ground, its label, and the two long bars of Express */
    { "123456700001234", "FedEx" },
    { "123456700001235", NULL },
    { "9611020123456700001234", "FedEx" },
    { "9611020123456700001235", NULL },
    { "9511020123456700001234", NULL },
    { "1001901781990001000300770123456780", "FedEx" },
    { "1001901781990001000300770123456781", NULL },
    { "9622001560001234567100794808390013", "FedEx" },
    { "9622001560001234567100794808390014", NULL },
    { "32971514560102447948083900132014", "FedEx" },
    { "32971514560102447948083900142014", NULL },
    { "42971514560102447948083900132014", NULL },
    /* USPS: GS1's check digit, alone and behind a postal code */
    { "9400110200881000000008", "USPS" },
    { "9400110200881000000009", NULL },
    { "420221539400110200881000000008", "USPS" },
    { "4202215312349400110200881000000008", "USPS" },
    /* any company's carton, a guide and its piece */
    { "000123450000000027", NULL },
    { "9123456780002", NULL },
    /* no courier's */
    { "482913", NULL },
    { "GUIA-1", NULL },
    { "1234567890123456", NULL },
    { "A", NULL },
    { "", NULL },
    { NULL, NULL },
};

Test(courier, a_guide_suggests_its_carrier_or_nobody)
{
    for (size_t i = 0; i < COUNT(vectors); i++) {
        const struct vector *v = &vectors[i];
        const char *guess = courier_guess(v->key);

        cr_expect(guess == v->carrier || (guess != NULL && v->carrier != NULL && strcmp(guess, v->carrier) == 0),
                  "%s: %s, not %s", v->key ? v->key : "-", guess ? guess : "-", v->carrier ? v->carrier : "-");
    }
}

Test(courier, forms_of_one_length_are_all_named_the_likely_one_first)
{
    static const struct { const char *key, *first, *second; } rows[] = {
        { "770123456780", "Deprisa", "FedEx" },
        { "73891051146", "Coordinadora", "DHL" },
        { "8487135506", "Servientrega", "DHL" },
        { "A0000000019", "UPS", "Amazon" },
    };
    const char *all[4];

    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_assert_eq(courier_guesses(rows[i].key, all, 4), 2, "%s", rows[i].key);
        cr_expect_str_eq(all[0], rows[i].first);
        cr_expect_str_eq(all[1], rows[i].second);
    }
    cr_expect_eq(courier_guesses("770123456781", all, 4), 1, "no FedEx by its check digit");
    cr_expect_eq(courier_guesses("8487135505", all, 4), 1, "nor a DHL");
    cr_expect_eq(courier_guesses("770123456780", all, 1), 1, "as many as there is room for");
}

/* NULL: the guide is told as it was written. */
Test(guide, that_is_words_a_phone_or_a_price_is_told_by_its_last_four_characters)
{
    static const struct { const char *number, *told; } rows[] = {
        { "9123456789", NULL }, { "ABC123456789", NULL }, { "GUIA70000048", NULL },
        { "RB 123 456 785 CO", NULL }, { "1Z999AA10123456784", NULL }, { "91-23-45-67-89", NULL }, { "MEL43211234", NULL },
        { "LLAME YA 300 555 1234 NEQUI", "…EQUI" }, { "PAGUE/20000/NEQUI/3005551234", "…1234" },
        { "LLAME3005551234", "…1234" }, { "LLAME573005551234YA", "…34YA" }, { "FIJO6015551234", "…1234" },
        { "GANGAVIP20MIL", "…0MIL" }, { "PAGUE50K", "…E50K" }, { "PAGUE20000PESOSYA", "…OSYA" }, { "WWW-GANGA-COM", "…ACOM" },
        { "3005551234", "…1234" }, { "573005551234", "…1234" }, { "03005551234", "…1234" }, { "6015551234", "…1234" },
        { "018000123456", "…3456" }, { "700123456789", NULL }, { "33005551234", NULL }, { "A33005551234", "…1234" },
        { "PAGUE20000NEQUI", "…EQUI" }, { "NEQUI20000", "…0000" }, { "DEBE50000YA", "…00YA" }, { "GANE1000000", "…0000" },
        { "LLAMEYA3OO5551234", "…1234" }, { "LLAME03005551234", "…1234" }, { "LLAME300555X1234", "…1234" },
        { "3OO5551234", "…1234" }, { "300X555Y1234", "…1234" }, { "WP3005551234", "…1234" }, { "A03005551234", "…1234" },
        { "MARQUE018000123456", "…3456" }, { "A018000123456", "…3456" }, { "CLAVE123456", "…3456" }, { "DEBE50", "…BE50" },
        { "WWWGANGACOM1", "…COM1" }, { "SUNEQUIFUEBLOQUEADO24H", "…O24H" }, { "PAGUE20KYA", "…0KYA" }, { "20MIL", "…0MIL" },
        { "50000", "…0000" }, { "USD50000", "…0000" }, { "COP12345", "…2345" }, { "12345K", "…345K" },
        { "GMPAGUENEQUI3005551234", "…1234" }, { "1ZPAGUE2000NEQUI1", "…QUI1" }, { "TBA123456789012", NULL },
        { "GUIA70000010", NULL }, { "JJD000123456789012345", NULL }, { "YT2412345678901234", NULL },
        { "HTTP GANGA COM 1", "…COM1" }, { "GANGAVIP", "…AVIP" }, { "GUIA-12/34-56", "…3456" },
    };
    struct arena *a = arena_new();

    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct package p = { .guide_number = rows[i].number, .guide_key = normal_guide_key(a, rows[i].number) };

        cr_expect_str_eq(guide_told(a, &p), rows[i].told != NULL ? rows[i].told : rows[i].number, "%s", rows[i].number);
    }
    arena_free(a);
}

Test(courier, each_carrier_of_a_form_is_one_of_the_list)
{
    for (size_t i = 0; i < COUNT(vectors); i++) {
        bool listed = vectors[i].carrier == NULL;

        for (const struct carrier *k = carriers; k->name != NULL; k++)
            listed = listed || streq(k->name, vectors[i].carrier);
        cr_expect(listed, "%s", vectors[i].carrier);
    }
}
