/* The pages of the queue's console. */
#ifndef CGI_JOBS_PAGE_H
#define CGI_JOBS_PAGE_H

#include "app/route.h"
#include "domain/console/job_admin.h"

/* The address of a list with its filters, without before and limit. */
const char *jobs_link(struct arena *a, const struct job_filter *f);

/* Shows queues, workers and how many jobs are in each state: the part of the page that a script asks for
 * every few seconds. */
enum err jobs_figures(struct req *r, const struct job_filter *f) MUST_CHECK;
enum err jobs_page(struct req *r, const struct job_filter *f, const struct job_entries *all,
                   int64_t next) MUST_CHECK;
enum err job_page(struct req *r, const struct job_detail *d) MUST_CHECK;
enum err cron_page(struct req *r, const struct cron_entries *all) MUST_CHECK;

#endif
