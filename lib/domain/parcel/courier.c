#include "domain/parcel/courier.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/util.h"

const struct carrier carriers[CARRIERS_MAX] = {
    { "Servientrega", NULL },
    { "Inter Rapidísimo", "inter" },
    { "Coordinadora", "coordinadoramercantil" },
    { "Envía", "colvanes enviacolvanes" },
    { "Deprisa", "aviancadeprisa" },
    { "TCC", NULL },
    { "Mercado Libre", "mercadoenvios meli" },
    { "4-72", "serviciospostalesnacionales" },
    { "Amazon", NULL },
    { "DHL", "dhlexpress" },
    { "FedEx", "federalexpress" },
    { "UPS", NULL },
    { "USPS", NULL },
    { "YunExpress", NULL },
    { NULL, NULL },
};

static int form_digit(char ch)
{
    return ch - '0';
}

/* A carrier's check: true when number[n] is the check digit of the n characters before it. */
typedef bool courier_check(const char *number, size_t n);

/* A letter counts as A 2, B 3 … H 9, I 0; a digit as itself. */
static int symbol_value(char ch)
{
    return ch >= 'A' ? (ch - 'A' + 2) % 10 : form_digit(ch);
}

/* UPS: every second character counts twice; the check digit fills the sum up to a multiple of ten. */
static bool ups_fits(const char *number, size_t n)
{
    int sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += symbol_value(number[i]) * (i % 2 == 1 ? 2 : 1);
    return (10 - sum % 10) % 10 == form_digit(number[n]);
}

/* GS1, which FedEx Ground and USPS use: weights 3, 1 from the right; the check digit fills the sum up to a
 * multiple of ten. */
static bool gs1_fits(const char *number, size_t n)
{
    int sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += form_digit(number[n - 1 - i]) * (i % 2 == 0 ? 3 : 1);
    return (10 - sum % 10) % 10 == form_digit(number[n]);
}

/* FedEx Express: weights 1, 3, 7 from the right; the sum modulo 11, modulo 10. */
static bool express_fits(const char *number, size_t n)
{
    static const int weights[] = { 1, 3, 7 };
    int sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += form_digit(number[n - 1 - i]) * weights[i % 3];
    return sum % 11 % 10 == form_digit(number[n]);
}

/* The countries of ISO 3166; no postal service writes another one behind its numbers. */
static const char countries[] =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

static bool country_exists(const char *two)
{
    for (const char *s = countries; *s != '\0'; s += s[2] == '\0' ? 2 : 3)
        if (s[0] == two[0] && s[1] == two[1])
            return true;
    return false;
}

/* Universal Postal Union, standard S10: eight digits, weighted, modulo 11; behind the check digit the country. */
static bool s10_fits(const char *number, size_t n)
{
    static const int weights[] = { 8, 6, 4, 2, 3, 5, 9, 7 };
    int sum = 0, left;

    for (size_t i = 0; i < n && i < COUNT(weights); i++)
        sum += form_digit(number[i]) * weights[i];
    left = 11 - sum % 11;
    return form_digit(number[n]) == (left == 10 ? 0 : left == 11 ? 5 : left) && country_exists(number + n + 1);
}

/* DHL Express: the number modulo 7. */
static bool dhl_fits(const char *number, size_t n)
{
    int left = 0;

    for (size_t i = 0; i < n; i++)
        left = (left * 10 + form_digit(number[i])) % 7;
    return left == form_digit(number[n]);
}

/* A form: '#' is a digit, '@' a letter, '%' either.  The check covers `number` characters from `at`
 * on; the character after them is the check digit.  If a bar code holds more than the number printed below it,
 * that number has `length` characters from `from` on.  The first form that fits is the likeliest: forms
 * that letters and a check digit make sure of, then the country's carriers by length, then foreign
 * ones of the same length.  Forms that would name a carrier where there is none are left out:
 * DHL eCommerce of fourteen digits (as long as the GTIN of a carton, without a check digit), DHL eCommerce
 * of two letters and anything (but GM).  A form without a carrier suggests nobody: it is a carton's number
 * (SSCC), or a guide and which of its pieces the box is. */
static const struct courier_form {
    const char *carrier, *form;
    courier_check *fits;
    size_t at, number, from, length;
} rows[] = {
    { "UPS", "1Z%%%%%%%%%%%%%%%#", ups_fits, 2, 15, 0, 0 },
    { "UPS", "A##########", ups_fits, 1, 9, 0, 0 },
    { "UPS", "H##########", ups_fits, 1, 9, 0, 0 },
    { "UPS", "J##########", ups_fits, 1, 9, 0, 0 },
    { "UPS", "K##########", ups_fits, 1, 9, 0, 0 },
    { "UPS", "T##########", ups_fits, 1, 9, 0, 0 },
    { "UPS", "V##########", ups_fits, 1, 9, 0, 0 },
    { "4-72", "@@#########CO", s10_fits, 2, 8, 0, 0 },
    { "4-72", "@@#########@@", s10_fits, 2, 8, 0, 0 },
    { "Amazon", "TBA############", NULL, 0, 0, 0, 0 },
    { "Amazon", "TBC############", NULL, 0, 0, 0, 0 },
    { "Amazon", "TBM############", NULL, 0, 0, 0, 0 },
    { "Amazon", "A##########", NULL, 0, 0, 0, 0 },
    { "Amazon", "C##########", NULL, 0, 0, 0, 0 },
    { "Amazon", "F##########", NULL, 0, 0, 0, 0 },
    { "YunExpress", "YT################", NULL, 0, 0, 0, 0 },
    { "DHL", "J@@#########", NULL, 0, 0, 1, 11 },
    { "DHL", "J@@##########", NULL, 0, 0, 1, 12 },
    { "DHL", "J@@@#########", NULL, 0, 0, 1, 12 },
    { "DHL", "J@@@##########", NULL, 0, 0, 1, 13 },
    { "DHL", "JJD##################", NULL, 0, 0, 1, 20 },
    { "DHL", "JD##################", NULL, 0, 0, 0, 0 },
    { "DHL", "GM################", NULL, 0, 0, 0, 0 },
    { "DHL", "GM##################", NULL, 0, 0, 0, 0 },
    { "DHL", "GM%%%%%%%%%%%%%%%%%%%%", NULL, 0, 0, 0, 0 },
    { "USPS", "91####################", gs1_fits, 0, 21, 0, 0 },
    { "USPS", "92####################", gs1_fits, 0, 21, 0, 0 },
    { "USPS", "93####################", gs1_fits, 0, 21, 0, 0 },
    { "USPS", "94####################", gs1_fits, 0, 21, 0, 0 },
    { "USPS", "95####################", gs1_fits, 0, 21, 0, 0 },
    { "USPS", "420#####9#####################", gs1_fits, 8, 21, 8, 22 },
    { "USPS", "420#########9#####################", gs1_fits, 12, 21, 12, 22 },
    { "USPS", "7###################", gs1_fits, 0, 19, 0, 0 },
    { "FedEx", "96####################", gs1_fits, 7, 14, 7, 15 },
    { "FedEx", "####################00############", express_fits, 20, 13, 22, 12 },
    { "FedEx", "##################################", express_fits, 20, 13, 20, 14 },
    { "FedEx", "3###############################", express_fits, 16, 11, 16, 12 },
    { "FedEx", "############0201", express_fits, 0, 11, 0, 12 },
    { "Inter Rapidísimo", "24##########", NULL, 0, 0, 0, 0 },
    { "Inter Rapidísimo", "70##########", NULL, 0, 0, 0, 0 },
    { "Inter Rapidísimo", "23##########", NULL, 0, 0, 0, 0 },
    { "Envía", "0###########", NULL, 0, 0, 0, 0 },
    { "Servientrega", "##########", NULL, 0, 0, 0, 0 },
    { "Coordinadora", "###########", NULL, 0, 0, 0, 0 },
    { "TCC", "#########", NULL, 0, 0, 0, 0 },
    { "Deprisa", "############", NULL, 0, 0, 0, 0 },
    { "FedEx", "############", express_fits, 0, 11, 0, 0 },
    { "FedEx", "###############", gs1_fits, 0, 14, 0, 0 },
    { "DHL", "##########", dhl_fits, 0, 9, 0, 0 },
    { "DHL", "###########", dhl_fits, 0, 10, 0, 0 },
    { NULL, "##################", gs1_fits, 0, 17, 0, 0 },
    { NULL, "00##################", gs1_fits, 0, 19, 2, 18 },
    { NULL, "#########0##", NULL, 0, 0, 0, 9 },
    { NULL, "##########0##", NULL, 0, 0, 0, 10 },
    { NULL, "###########0##", NULL, 0, 0, 0, 11 },
    { NULL, "############0##", NULL, 0, 0, 0, 12 },
};

static bool is_digit(char ch)
{
    return ch >= '0' && ch <= '9';
}

static bool is_letter(char ch)
{
    return ch >= 'A' && ch <= 'Z';
}

static bool char_fits(char form, char ch)
{
    switch (form) {
    case '#': return is_digit(ch);
    case '@': return is_letter(ch);
    case '%': return is_digit(ch) || is_letter(ch);
    default: return ch == form;
    }
}

static bool form_fits(const char *form, const char *key)
{
    for (; *form != '\0' && *key != '\0'; form++, key++)
        if (!char_fits(*form, *key))
            return false;
    return *form == *key;
}

static bool row_fits(const struct courier_form *row, const char *key)
{
    return form_fits(row->form, key) && (row->fits == NULL || row->fits(key + row->at, row->number));
}

unsigned courier_guesses(const char *key, const char **out, unsigned max)
{
    unsigned n = 0;

    for (size_t i = 0; key != NULL && i < COUNT(rows) && n < max; i++)
        if (rows[i].carrier != NULL && row_fits(&rows[i], key))
            out[n++] = rows[i].carrier;
    return n;
}

const char *courier_guess(const char *key)
{
    const char *first;

    return courier_guesses(key, &first, 1) > 0 ? first : NULL;
}

unsigned courier_numbers(struct arena *a, const char *key, const char **out, unsigned max)
{
    unsigned n = 0;

    for (size_t i = 0; i < COUNT(rows) && n < max; i++)
        if (rows[i].length != 0 && row_fits(&rows[i], key))
            out[n++] = arena_strndup(a, key + rows[i].from, rows[i].length);
    return n;
}

const char *courier_printed(struct arena *a, const char *key)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].carrier != NULL && row_fits(&rows[i], key))
            return rows[i].length == 0 ? key : arena_strndup(a, key + rows[i].from, rows[i].length);
    return key;
}

bool courier_proves(const char *key)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].carrier != NULL && row_fits(&rows[i], key))
            return rows[i].fits != NULL;
    return false;
}

bool courier_knows(const char *key)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        if (row_fits(&rows[i], key))
            return true;
    return false;
}
