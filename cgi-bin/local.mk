# One program an area; what is no area is shared by them.
noinst_LIBRARIES += %D%/libmain.a
# files: cgi-bin/*.c cgi-bin/*.h without ^const.struct.area.area
%C%_libmain_a_SOURCES = \
	cgi-bin/ageing_page.c \
	cgi-bin/ageing_page.h \
	cgi-bin/cash_outside.c \
	cgi-bin/cash_outside.h \
	cgi-bin/deliver_incidents.c \
	cgi-bin/deliver_incidents.h \
	cgi-bin/deliver_page.c \
	cgi-bin/deliver_page.h \
	cgi-bin/documents.c \
	cgi-bin/documents.h \
	cgi-bin/jobs_page.c \
	cgi-bin/jobs_page.h \
	cgi-bin/main.c \
	cgi-bin/notifications.h \
	cgi-bin/packages_correct.c \
	cgi-bin/packages_correct.h \
	cgi-bin/packages_detail.c \
	cgi-bin/packages_detail.h \
	cgi-bin/packages_json.c \
	cgi-bin/packages_json.h \
	cgi-bin/packages_labels.c \
	cgi-bin/packages_labels.h \
	cgi-bin/packages_list.c \
	cgi-bin/packages_list.h \
	cgi-bin/packages_pay.c \
	cgi-bin/packages_pay.h \
	cgi-bin/photos.c \
	cgi-bin/photos.h \
	cgi-bin/receipt.c \
	cgi-bin/receipt.h \
	cgi-bin/receive_rapid.c \
	cgi-bin/receive_rapid.h \
	cgi-bin/shelf_audit_page.c \
	cgi-bin/shelf_audit_page.h \
	cgi-bin/shelf_audits.c \
	cgi-bin/shelf_audits.h \
	cgi-bin/shelf_page.c \
	cgi-bin/shelf_page.h \
	cgi-bin/templates.c \
	cgi-bin/whatsapp.c \
	cgi-bin/whatsapp.h

# files: cgi-bin/*.c having ^const.struct.area.area as .fcgi
pkglibexec_PROGRAMS += \
	cgi-bin/ageing.fcgi \
	cgi-bin/announce.fcgi \
	cgi-bin/auth.fcgi \
	cgi-bin/cash.fcgi \
	cgi-bin/dashboard.fcgi \
	cgi-bin/deliver.fcgi \
	cgi-bin/files.fcgi \
	cgi-bin/jobs.fcgi \
	cgi-bin/notifications.fcgi \
	cgi-bin/ops.fcgi \
	cgi-bin/packages.fcgi \
	cgi-bin/profile.fcgi \
	cgi-bin/rates.fcgi \
	cgi-bin/receive.fcgi \
	cgi-bin/shelf.fcgi \
	cgi-bin/site.fcgi \
	cgi-bin/track.fcgi
