/* Kinds of jobs that run in a process of their own (paqueteria-job). */
#include "jobs/jobs.h"

const struct job_row isolated_jobs[] = {
    { "photo.process", photo_process_job, JOB_ANY_CLOCK },
    { "photo.preview", photo_preview_job, JOB_ANY_CLOCK },
    { "logo.process", logo_process_job, JOB_ANY_CLOCK },
    { "document.build", document_build_job, JOB_ANY_CLOCK },
    { "label.print", label_print_job, JOB_ANY_CLOCK },
    { "customers.check", customers_check_job, JOB_ANY_CLOCK },
    { "customers.import", customers_import_job, JOB_ANY_CLOCK },
    { "customers.export", customers_export_job, JOB_ANY_CLOCK },
    { NULL, NULL, JOB_ANY_CLOCK },
};
