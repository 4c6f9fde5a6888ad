/* Cancels announcements whose parcel has not come within 30 days, in small batches, so that nobody at the
 * counter waits long for the writers' lock. */
#include "domain/parcel/package_change.h"
#include "jobs/jobs.h"

#define BATCH 50

struct job_outcome package_expire_job(struct ctx *c, const struct job *j)
{
    int expired = BATCH;

    while (expired == BATCH)
        if (package_expire(c, BATCH, &expired) != OK || job_renew(c, j) != OK)
            return job_again("la base de datos no respondió");
    return job_done();
}
