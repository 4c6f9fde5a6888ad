#include <time.h>

#include <sodium.h>

#include "base/buf.h"
#include "crypto/crypto.h"
#include "send/libcurl.h"
#include "send/mail.h"

#define WORD_BYTES 42            /* bytes of text in an encoded word: under 75 with its wrapping */

bool mail_address_ok(const char *s)
{
    return !is_blank(s) && strlen(s) <= 254 && strpbrk(s, "\r\n<>\" \t,;") == NULL
        && strchr(s, '@') != NULL;
}

/* True for a text that a header can hold as it is: printable ASCII that does not look like an encoded word, which a
 * mail program would decode. */
static bool is_plain(const char *s)
{
    if (strstr(s, "=?") != NULL)
        return false;
    for (; *s != '\0'; s++)
        if (*s < 0x20 || *s >= 0x7f)
            return false;
    return true;
}

char *mail_header_text(struct arena *a, const char *s)
{
    struct buf out = { 0 };
    char *text, b64[sodium_base64_ENCODED_LEN(WORD_BYTES, sodium_base64_VARIANT_ORIGINAL)];
    size_t left = strlen(s);

    if (strpbrk(s, "\r\n") != NULL)
        return NULL;
    if (is_plain(s))
        return arena_strdup(a, s);
    while (left > 0) {
        size_t n = left < WORD_BYTES ? left : WORD_BYTES;

        while (n < left && n > WORD_BYTES - 4 && ((unsigned char)s[n] & 0xc0) == 0x80)
            n--;                 /* do not cut a character */
        sodium_bin2base64(b64, sizeof b64, (const unsigned char *)s, n, sodium_base64_VARIANT_ORIGINAL);
        buf_printf(&out, "%s=?UTF-8?B?%s?=", out.len ? "\r\n " : "", b64);
        s += n;
        left -= n;
    }
    text = arena_strdup(a, out.data);
    buf_free(&out);
    return text;
}

/* A name before an address, quoted if it holds a character that has a meaning there. */
static const char *name_phrase(struct arena *a, const char *s)
{
    struct buf out = { 0 };
    const char *text = mail_header_text(a, s);

    if (text == NULL || has_prefix(text, "=?") || strpbrk(text, "()<>[]:;@\\,.\"") == NULL)
        return text;
    buf_char(&out, '"');
    for (; *s != '\0'; s++) {
        if (*s == '"' || *s == '\\')
            buf_char(&out, '\\');
        buf_char(&out, *s);
    }
    buf_char(&out, '"');
    text = arena_strdup(a, out.data);
    buf_free(&out);
    return text;
}

static char *date_header(struct arena *a, int64_t at)
{
    static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
                                          "Oct", "Nov", "Dec" };
    time_t t = at;
    struct tm tm;

    gmtime_r(&t, &tm);
    return arena_printf(a, "Date: %s, %02d %s %d %02d:%02d:%02d +0000", days[tm.tm_wday], tm.tm_mday,
                        months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static struct curl_slist *headers_of(struct arena *a, const struct mail_account *k, const struct mail *m)
{
    const char *subject = mail_header_text(a, m->subject ? m->subject : "");
    const char *name = m->from_name ? name_phrase(a, m->from_name) : NULL;
    struct curl_slist *list;

    if (subject == NULL || !mail_address_ok(m->to) || !mail_address_ok(k->from)
        || strpbrk(m->message_id, "\r\n<>") != NULL
        || (m->opt_out != NULL && strpbrk(m->opt_out, "\r\n<> ") != NULL))
        return NULL;
    list = libcurl()->slist_append(NULL, date_header(a, m->at));
    list = libcurl()->slist_append(list, arena_printf(a, "From: %s <%s>", name ? name : "", k->from));
    list = libcurl()->slist_append(list, arena_printf(a, "To: <%s>", m->to));
    list = libcurl()->slist_append(list, arena_printf(a, "Subject: %s", subject));
    list = libcurl()->slist_append(list, arena_printf(a, "Message-ID: <%s>", m->message_id));
    if (m->opt_out != NULL) {            /* RFC 8058 */
        list = libcurl()->slist_append(list, arena_printf(a, "List-Unsubscribe: <%s>", m->opt_out));
        list = libcurl()->slist_append(list, "List-Unsubscribe-Post: List-Unsubscribe=One-Click");
    }
    return libcurl()->slist_append(list, "Auto-Submitted: auto-generated");
}

/* Lines end with CR and LF in a letter: a bare LF would be encoded as a character of the text, "=0A". */
static const char *mail_lines(struct arena *a, const char *text)
{
    struct buf out = { 0 };
    const char *lines;

    buf_str(&out, "");
    for (; *text != '\0'; text++) {
        if (*text == '\r' && text[1] == '\n')
            continue;
        if (*text == '\n')
            buf_char(&out, '\r');
        buf_char(&out, *text);
    }
    lines = arena_strdup(a, out.data);
    buf_free(&out);
    return lines;
}

static void add_text(curl_mime *mime, const char *data, const char *type)
{
    curl_mimepart *part = libcurl()->mime_addpart(mime);

    libcurl()->mime_data(part, data, CURL_ZERO_TERMINATED);
    libcurl()->mime_type(part, type);
    libcurl()->mime_encoder(part, "quoted-printable");
}

/* Adds the text, and the HTML as its alternative if there is one. */
static void add_body(CURL *h, curl_mime *mime, struct arena *a, const struct mail *m)
{
    curl_mime *both;
    curl_mimepart *part;

    if (m->html == NULL) {
        add_text(mime, mail_lines(a, m->text), "text/plain; charset=utf-8");
        return;
    }
    both = libcurl()->mime_init(h);
    add_text(both, mail_lines(a, m->text), "text/plain; charset=utf-8");
    add_text(both, mail_lines(a, m->html), "text/html; charset=utf-8");
    part = libcurl()->mime_addpart(mime);
    libcurl()->mime_subparts(part, both);
    libcurl()->mime_type(part, "multipart/alternative");
}

static curl_mime *body_of(CURL *h, struct arena *a, const struct mail *m)
{
    curl_mime *mime = libcurl()->mime_init(h);
    curl_mimepart *part;

    add_body(h, mime, a, m);
    if (m->attachment != NULL) {
        part = libcurl()->mime_addpart(mime);
        libcurl()->mime_filedata(part, m->attachment);
        libcurl()->mime_filename(part, m->attachment_name);
        libcurl()->mime_type(part, "application/pdf");
        libcurl()->mime_encoder(part, "base64");
    }
    return mime;
}

static struct send_result mail_classify(int curl, long status)
{
    if (curl == CURLE_OK)
        return (struct send_result){ .sent = SENT_YES };
    if (curl == CURLE_READ_ERROR)
        return (struct send_result){ .sent = SENT_NEVER, .error = "el adjunto ya no está" };
    if (curl == CURLE_LOGIN_DENIED)
        return (struct send_result){ .sent = SENT_NO, .error = "el servidor de correo no aceptó la clave",
                                     .provider_failed = true };
    if (status >= 500)
        return (struct send_result){ .sent = SENT_NEVER, .error = "el servidor de correo rechazó el mensaje" };
    return (struct send_result){ .sent = SENT_NO, .error = status >= 400
        ? "el servidor de correo pide intentar después" : "no hay conexión con el servidor de correo",
        .provider_failed = status < 400 || status == 421 };
}

static void smtp_set(CURL *h, const struct conf *c, const struct mail_account *k)
{
    libcurl()->easy_setopt(h, CURLOPT_URL, k->url);
    libcurl()->easy_setopt(h, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    libcurl()->easy_setopt(h, CURLOPT_USE_SSL, (long)(c->mail_plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    libcurl()->easy_setopt(h, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    libcurl()->easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, 5000L);
    libcurl()->easy_setopt(h, CURLOPT_TIMEOUT_MS, 30000L);
    libcurl()->easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
    libcurl()->easy_setopt(h, CURLOPT_NOPROXY, "*");
    if (!is_blank(c->ca_file))
        libcurl()->easy_setopt(h, CURLOPT_CAINFO, c->ca_file);
    if (!is_blank(k->user)) {
        libcurl()->easy_setopt(h, CURLOPT_USERNAME, k->user);
        libcurl()->easy_setopt(h, CURLOPT_PASSWORD, k->password);
    }
}

struct send_result mail_send(struct arena *a, const struct conf *c, const struct mail_account *k, const struct mail *m)
{
    struct send_result r = { .sent = SENT_WITHHELD, .error = "no hay servidor de correo configurado" };
    struct curl_slist *headers, *to;
    curl_mime *mime;
    long status = 0;
    CURL *h;

    if (is_blank(k->url))
        return r;
    headers = headers_of(a, k, m);
    if (headers == NULL)
        return (struct send_result){ .sent = SENT_NEVER, .error = "la dirección o el asunto no son válidos" };
    h = libcurl()->easy_init();
    if (h == NULL) {
        libcurl()->slist_free_all(headers);
        return (struct send_result){ .sent = SENT_NO, .error = "no hay memoria" };
    }
    smtp_set(h, c, k);
    to = libcurl()->slist_append(NULL, m->to);
    mime = body_of(h, a, m);
    libcurl()->easy_setopt(h, CURLOPT_MAIL_FROM, k->from);
    libcurl()->easy_setopt(h, CURLOPT_MAIL_RCPT, to);
    libcurl()->easy_setopt(h, CURLOPT_HTTPHEADER, headers);
    libcurl()->easy_setopt(h, CURLOPT_MIMEPOST, mime);
    {
        CURLcode rc = libcurl()->easy_perform(h);

        libcurl()->easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
        r = mail_classify((int)rc, status);
    }
    libcurl()->mime_free(mime);
    libcurl()->slist_free_all(headers);
    libcurl()->slist_free_all(to);
    libcurl()->easy_cleanup(h);
    return r;
}
