sbin_PROGRAMS += %D%/paqueteria-serve %D%/paqueteria-worker
%C%_paqueteria_serve_SOURCES = %D%/serve.c %D%/serve_pool.c %D%/serve.h
%C%_paqueteria_serve_LDADD = $(BASE_LIBS)
%C%_paqueteria_worker_SOURCES = %D%/worker.c
%C%_paqueteria_worker_LDADD = $(JOB_LIBS)

bin_PROGRAMS += %D%/paqueteria
# files: bin/paqueteria.c bin/cli* bin/doctor* bin/demo/* bin/texts*
%C%_paqueteria_SOURCES = \
	bin/cli.h \
	bin/cli_jobs.c \
	bin/cli_messages.c \
	bin/cli_people.c \
	bin/cli_rates.c \
	bin/cli_secrets.c \
	bin/cli_secrets.h \
	bin/cli_settings.c \
	bin/cli_storage.c \
	bin/cli_system.c \
	bin/cli_work.c \
	bin/demo/care.c \
	bin/demo/demo.h \
	bin/demo/drawer.c \
	bin/demo/fill.c \
	bin/demo/handover.c \
	bin/demo/intake.c \
	bin/demo/outbox.c \
	bin/demo/people.c \
	bin/demo/picture.c \
	bin/demo/picture.h \
	bin/demo/shop.h \
	bin/demo/stocktake.c \
	bin/doctor.c \
	bin/doctor.h \
	bin/paqueteria.c \
	bin/texts.c \
	bin/texts.def \
	bin/texts.h
%C%_paqueteria_LDADD = $(JOB_LIBS) $(PNG_LIBS) -lm

pkglibexec_PROGRAMS += %D%/paqueteria-job
%C%_paqueteria_job_SOURCES = %D%/job.c
%C%_paqueteria_job_LDADD = $(JOB_LIBS) $(MAGIC_LIBS) $(PANGO_LIBS) $(XLSXWRITER_LIBS)

# Opens photos of strangers, so it has as little of ours as can be: not the library, which knows the database.
pkglibexec_PROGRAMS += %D%/paqueteria-picture
%C%_paqueteria_picture_SOURCES = %D%/picture.c
%C%_paqueteria_picture_LDADD = lib/jobs/libjobs.a lib/metric/libmetric.a lib/base/libbase.a $(VIPS_LIBS) $(SECCOMP_LIBS) \
	$(JSONC_LIBS) $(UTF8PROC_LIBS)

# Reads spreadsheets of strangers, in the same way.
pkglibexec_PROGRAMS += %D%/paqueteria-sheet
%C%_paqueteria_sheet_SOURCES = %D%/sheet.c
%C%_paqueteria_sheet_LDADD = lib/jobs/libjobs.a lib/metric/libmetric.a lib/base/libbase.a $(EXPAT_LIBS) $(MINIZIP_LIBS) \
	$(SECCOMP_LIBS) $(JSONC_LIBS) $(UTF8PROC_LIBS)
