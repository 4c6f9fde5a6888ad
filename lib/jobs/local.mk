noinst_LIBRARIES += %D%/libjobs.a

# files: lib/jobs/*.c lib/jobs/*.h lib/jobs/*.def
%C%_libjobs_a_SOURCES = \
	lib/jobs/ageing_tell.c \
	lib/jobs/archive.c \
	lib/jobs/archive.h \
	lib/jobs/clock_mend.c \
	lib/jobs/clock_mend.h \
	lib/jobs/customers_check.c \
	lib/jobs/customers_export.c \
	lib/jobs/customers_import.c \
	lib/jobs/document.h \
	lib/jobs/document_build.c \
	lib/jobs/document_closing.c \
	lib/jobs/document_dossier.c \
	lib/jobs/document_drop.c \
	lib/jobs/document_person.c \
	lib/jobs/document_proof.c \
	lib/jobs/document_receipt.c \
	lib/jobs/file_archive.c \
	lib/jobs/file_delete.c \
	lib/jobs/file_orphans.c \
	lib/jobs/file_orphans.h \
	lib/jobs/isolated.c \
	lib/jobs/jobs.h \
	lib/jobs/label_print.c \
	lib/jobs/light.c \
	lib/jobs/light.def \
	lib/jobs/logo_process.c \
	lib/jobs/mail_html.c \
	lib/jobs/mail_send.c \
	lib/jobs/message.c \
	lib/jobs/message.h \
	lib/jobs/noop.c \
	lib/jobs/package_expire.c \
	lib/jobs/photo_preview.c \
	lib/jobs/photo_process.c \
	lib/jobs/picture.c \
	lib/jobs/picture.h \
	lib/jobs/picture_ask.c \
	lib/jobs/picture_ask.h \
	lib/jobs/privacy_tell.c \
	lib/jobs/reap.c \
	lib/jobs/reminders_plan.c \
	lib/jobs/retention_run.c \
	lib/jobs/sandbox.c \
	lib/jobs/sandbox.h \
	lib/jobs/search_clean.c \
	lib/jobs/sheet_ask.c \
	lib/jobs/sheet_ask.h \
	lib/jobs/sheet_csv.c \
	lib/jobs/sheet_read.c \
	lib/jobs/sheet_read.h \
	lib/jobs/sheet_xlsx.c \
	lib/jobs/sms_cost.c \
	lib/jobs/sms_send.c \
	lib/jobs/table.c \
	lib/jobs/temp_clean.c \
	lib/jobs/webhook_deliver.c \
	lib/jobs/whatsapp_send.c
%C%_libjobs_a_CPPFLAGS = $(AM_CPPFLAGS) $(VIPS_CFLAGS) $(EXPAT_CFLAGS)
