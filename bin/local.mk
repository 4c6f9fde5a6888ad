sbin_PROGRAMS += %D%/paqueteria-serve %D%/paqueteria-worker
%C%_paqueteria_serve_SOURCES = %D%/serve.c %D%/serve_pool.c %D%/serve.h
%C%_paqueteria_serve_LDADD = $(BASE_LIBS)
%C%_paqueteria_worker_SOURCES = %D%/worker.c
%C%_paqueteria_worker_LDADD = $(JOB_LIBS)

bin_PROGRAMS += %D%/paqueteria
%C%_paqueteria_SOURCES = %D%/paqueteria.c %D%/cli.h %D%/cli_system.c %D%/cli_people.c %D%/cli_work.c %D%/cli_jobs.c %D%/cli_messages.c \
	%D%/cli_storage.c %D%/cli_rates.c %D%/cli_secrets.c %D%/cli_secrets.h %D%/doctor.c %D%/doctor.h %D%/demo.c %D%/demo.h
%C%_paqueteria_LDADD = $(JOB_LIBS)

pkglibexec_PROGRAMS += %D%/paqueteria-job
%C%_paqueteria_job_SOURCES = %D%/job.c
%C%_paqueteria_job_LDADD = $(JOB_LIBS) $(VIPS_LIBS) $(MAGIC_LIBS) $(PANGO_LIBS)
