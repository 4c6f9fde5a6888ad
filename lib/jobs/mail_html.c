/* Makes the HTML part of an e-mail: the words of its text, in which a line that is an address becomes a
 * link. */
#include "base/colour.h"
#include "domain/ground/setting.h"
#include "jobs/message.h"
#include "view/view.h"

static bool is_link(const char *line)
{
    return (has_prefix(line, "https://") || has_prefix(line, "http://")) && strpbrk(line, " \t") == NULL;
}

/* Puts the text before the template; empty lines part paragraphs. */
static void paragraphs_fill(struct arena *a, struct view_node *root, const char *text)
{
    struct view_node *paragraph = NULL;

    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        const char *line = arena_strndup(a, text, n);

        text += n + (text[n] == '\n');
        if (*line == '\0') {
            paragraph = NULL;
            continue;
        }
        if (paragraph == NULL)
            paragraph = view_row(root, "paragraphs");
        struct view_node *row = view_row(paragraph, "lines");

        view_text(row, "text", line);
        view_bool(row, "link", is_link(line));
    }
}

/* The point's colour as a letter on white paper shows it. */
static const char *accent_of(struct ctx *c)
{
    struct colour own;

    return colour_read(setting_text(c, S_SITE_ACCENT), &own) ? colour_text(c->a, accent_light(own).text) : "#0d5c59";
}

const char *mail_html(struct ctx *c, const struct message *m)
{
    struct view *v = view_new(c->a, c->conf, c->now);
    struct view_node *root = view_root(v);
    struct buf out = { 0 };
    const char *html = NULL;

    view_text(root, "site.name", setting_text(c, S_SITE_NAME));
    view_text(root, "site.accent", accent_of(c));
    view_text(root, "subject", m->subject);
    paragraphs_fill(c->a, root, m->text);
    if (view_render(v, "mail/message.cst", &out) == OK)
        html = arena_strdup(c->a, out.data);
    buf_free(&out);
    return html;
}
