/* Kinds of jobs that run in a process of their own (paqueteria-job). */
#include "jobs/jobs.h"

const struct job_row isolated_jobs[] = {
    { "photo.process", photo_process_job },
    { "document.build", document_build_job },
    { "label.print", label_print_job },
    { NULL, NULL },
};
