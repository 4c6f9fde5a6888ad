#include "queue/kept.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "json/json.h"

#define PAGE 4096                /* bytes that are reserved: a JSON object and its NUL; the first byte is NUL while
                                  * nothing is kept */

static const char *const result_names[] = { [JOB_DONE] = "done", [JOB_RETRY] = "retry", [JOB_DEAD] = "dead",
    [JOB_SNOOZE] = "snooze", [JOB_CRASHED] = "crashed", [JOB_TIMEOUT] = "timeout" };

const char *job_result_name(enum job_result r)
{
    return result_names[r];
}

/* The lock belongs to another descriptor: one that is mapped would hold it until it is unmapped. */
char *kept_open(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC), error;
    void *page = MAP_FAILED;

    if (fd < 0)
        return NULL;
    error = posix_fallocate(fd, 0, PAGE);
    if (error == 0) {
        page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        error = errno;
    }
    close(fd);
    errno = error;
    return page == MAP_FAILED ? NULL : page;
}

void kept_close(char *page)
{
    if (page != NULL)
        munmap(page, PAGE);
}

/* Writes the first byte, which says whether the rest is there: before or after all that stands around this call,
 * since the process may be killed between any two writes. */
static void page_mark(char *page, char first)
{
    atomic_signal_fence(memory_order_seq_cst);
    *(volatile char *)page = first;
    atomic_signal_fence(memory_order_seq_cst);
}

/* Writes into a page on which nothing is kept. */
static void page_write(char *page, const char *text, size_t n)
{
    memcpy(page + 1, text + 1, n);
    page_mark(page, text[0]);
}

void kept_move(char *to, char *from)
{
    if (to != NULL && from != NULL && *from != '\0')
        page_write(to, from, strlen(from));
    kept_close(from);
}

void kept_clear(char *page)
{
    if (page != NULL)
        page_mark(page, '\0');
}

static void outcome_add(struct json_object *text, const struct job_outcome *o)
{
    json_add_text(text, "result", job_result_name(o->result));
    json_add_text(text, "error", o->error);
    json_add_int(text, "run_at", o->run_at);
    json_add_int(text, "run_in", o->run_in);
    json_add_int(text, "provider_failed", o->provider_failed);
    json_add_int(text, "provider_answered", o->provider_answered);
    if (o->memo != NULL)
        json_add_text(text, "memo", o->memo);
}

void kept_write(struct ctx *c, char *page, const struct job *j, const struct job_outcome *o)
{
    struct json_object *object = json_object_new_object();
    const char *text;

    json_add_int(object, "job", j->id);
    json_add_int(object, "attempt", j->attempt);
    if (o->effect == NULL || o->memo != NULL)
        outcome_add(object, o);
    text = json_text(c->a, object);
    json_object_put(object);
    kept_clear(page);
    if (strlen(text) < PAGE)
        page_write(page, text, strlen(text));
    else
        log_warn("worker.keep", "job", NUM(j->id), "bytes", NUM(strlen(text)));
}

static bool outcome_read(struct json_object *object, const char *result, struct kept *out)
{
    int64_t failed, answered;

    if (!json_get_int(object, "run_at", &out->o.run_at) || !json_get_int(object, "run_in", &out->o.run_in)
        || !json_get_int(object, "provider_failed", &failed) || !json_get_int(object, "provider_answered", &answered))
        return false;
    out->o.provider_failed = failed != 0;
    out->o.provider_answered = answered != 0;
    for (size_t i = 0; i < COUNT(result_names); i++)
        if (streq(result_names[i], result)) {
            out->o.result = (enum job_result)i;
            return true;
        }
    return false;
}

bool kept_read(struct ctx *c, const char *path, struct kept *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t n;
    const char *result, *bytes = fd < 0 ? NULL : file_bytes(c->a, fd, PAGE, &n);
    const struct text *why;
    bool empty = bytes == NULL || *bytes == '\0', found;
    struct json_object *object = empty ? NULL : json_parse(bytes, strlen(bytes), &why);

    *out = (struct kept){ 0 };
    found = object != NULL && json_get_int(object, "job", &out->job)
        && json_get_int(object, "attempt", &out->attempt);
    if (found && json_get_text(object, "result", &result)) {
        out->whole = outcome_read(object, result, out);
        out->o.error = json_dup_text(c->a, object, "error");
        out->memo = json_dup_text(c->a, object, "memo");
    }
    json_object_put(object);
    return found;
}
