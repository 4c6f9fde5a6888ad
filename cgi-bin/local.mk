# An area is a program; files that are no area are shared by all of them.
noinst_LIBRARIES += %D%/libmain.a
# files: cgi-bin/**/*.c cgi-bin/**/*.h cgi-bin/**/*.def without ^const.struct.area.area
%C%_libmain_a_SOURCES = \
	cgi-bin/ageing/page.c \
	cgi-bin/ageing/page.h \
	cgi-bin/cash/outside.c \
	cgi-bin/cash/outside.h \
	cgi-bin/customers/detail.c \
	cgi-bin/customers/detail.h \
	cgi-bin/customers/edit.c \
	cgi-bin/customers/edit.h \
	cgi-bin/customers/export.c \
	cgi-bin/customers/export.h \
	cgi-bin/customers/import.c \
	cgi-bin/customers/import.h \
	cgi-bin/customers/list.c \
	cgi-bin/customers/list.h \
	cgi-bin/customers/merge.c \
	cgi-bin/customers/merge.h \
	cgi-bin/deliver/incidents.c \
	cgi-bin/deliver/incidents.h \
	cgi-bin/deliver/page.c \
	cgi-bin/deliver/page.h \
	cgi-bin/deliver/quotes.c \
	cgi-bin/deliver/quotes.h \
	cgi-bin/files/documents.c \
	cgi-bin/files/documents.h \
	cgi-bin/files/photo_links.c \
	cgi-bin/files/photo_links.h \
	cgi-bin/inquiries/page.c \
	cgi-bin/inquiries/page.h \
	cgi-bin/jobs/page.c \
	cgi-bin/jobs/page.h \
	cgi-bin/main.c \
	cgi-bin/notifications/area.h \
	cgi-bin/notifications/templates.c \
	cgi-bin/packages/correct.c \
	cgi-bin/packages/correct.h \
	cgi-bin/packages/detail.c \
	cgi-bin/packages/detail.h \
	cgi-bin/packages/json.c \
	cgi-bin/packages/json.h \
	cgi-bin/packages/labels.c \
	cgi-bin/packages/labels.h \
	cgi-bin/packages/list.c \
	cgi-bin/packages/list.h \
	cgi-bin/packages/pay.c \
	cgi-bin/packages/pay.h \
	cgi-bin/receive/rapid.c \
	cgi-bin/receive/rapid.h \
	cgi-bin/shared/age.c \
	cgi-bin/shared/age.h \
	cgi-bin/shared/approval.c \
	cgi-bin/shared/approval.h \
	cgi-bin/shared/carriers.c \
	cgi-bin/shared/carriers.h \
	cgi-bin/shared/claims.c \
	cgi-bin/shared/claims.h \
	cgi-bin/shared/people.c \
	cgi-bin/shared/people.h \
	cgi-bin/shared/photos.c \
	cgi-bin/shared/photos.h \
	cgi-bin/shared/receipt.c \
	cgi-bin/shared/receipt.h \
	cgi-bin/shared/whatsapp.c \
	cgi-bin/shared/whatsapp.h \
	cgi-bin/shelf/page.c \
	cgi-bin/shelf/page.h \
	cgi-bin/shelf/stocktake_page.c \
	cgi-bin/shelf/stocktake_page.h \
	cgi-bin/shelf/stocktakes.c \
	cgi-bin/shelf/stocktakes.h \
	cgi-bin/site/docs.c \
	cgi-bin/site/docs.h \
	cgi-bin/site/privacy.c \
	cgi-bin/site/privacy.h \
	cgi-bin/site/schema.c \
	cgi-bin/site/schema.h \
	cgi-bin/site/security.c \
	cgi-bin/site/security.h \
	cgi-bin/texts.c \
	cgi-bin/texts.def \
	cgi-bin/texts.h \
	cgi-bin/track/channels.c \
	cgi-bin/track/channels.h \
	cgi-bin/track/missing.c \
	cgi-bin/track/missing.h \
	cgi-bin/track/page.c \
	cgi-bin/track/page.h \
	cgi-bin/users/audit.c \
	cgi-bin/users/audit.h \
	cgi-bin/users/settings.c \
	cgi-bin/users/settings.h \
	cgi-bin/users/staff.c \
	cgi-bin/users/staff.h \
	cgi-bin/users/tokens.c \
	cgi-bin/users/tokens.h \
	cgi-bin/users/webhook_shapes.c \
	cgi-bin/users/webhooks.c \
	cgi-bin/users/webhooks.h

# files: cgi-bin/*.c having ^const.struct.area.area as .fcgi
pkglibexec_PROGRAMS += \
	cgi-bin/announce.fcgi \
	cgi-bin/auth.fcgi \
	cgi-bin/dashboard.fcgi \
	cgi-bin/ops.fcgi \
	cgi-bin/profile.fcgi \
	cgi-bin/rates.fcgi

# An area of several files is a folder; area.c has its table.
pkglibexec_PROGRAMS += \
	cgi-bin/ageing.fcgi \
	cgi-bin/cash.fcgi \
	cgi-bin/customers.fcgi \
	cgi-bin/deliver.fcgi \
	cgi-bin/files.fcgi \
	cgi-bin/inquiries.fcgi \
	cgi-bin/jobs.fcgi \
	cgi-bin/notifications.fcgi \
	cgi-bin/packages.fcgi \
	cgi-bin/receive.fcgi \
	cgi-bin/shelf.fcgi \
	cgi-bin/site.fcgi \
	cgi-bin/track.fcgi \
	cgi-bin/users.fcgi
%C%_ageing_fcgi_SOURCES = %D%/ageing/area.c
%C%_cash_fcgi_SOURCES = %D%/cash/area.c
%C%_customers_fcgi_SOURCES = %D%/customers/area.c
%C%_deliver_fcgi_SOURCES = %D%/deliver/area.c
%C%_files_fcgi_SOURCES = %D%/files/area.c
%C%_inquiries_fcgi_SOURCES = %D%/inquiries/area.c
%C%_jobs_fcgi_SOURCES = %D%/jobs/area.c
%C%_notifications_fcgi_SOURCES = %D%/notifications/area.c
%C%_packages_fcgi_SOURCES = %D%/packages/area.c
%C%_receive_fcgi_SOURCES = %D%/receive/area.c
%C%_shelf_fcgi_SOURCES = %D%/shelf/area.c
%C%_site_fcgi_SOURCES = %D%/site/area.c
%C%_track_fcgi_SOURCES = %D%/track/area.c
%C%_users_fcgi_SOURCES = %D%/users/area.c

area_programs = $(sort $(filter %.fcgi,$(pkglibexec_PROGRAMS)))

# The description of the API, from the programs' own tables.
apidir = $(pkgdatadir)
nodist_api_DATA = %D%/openapi.json
%D%/openapi.json: $(srcdir)/%D%/openapi.sh $(srcdir)/%D%/openapi.json.in $(area_programs)
	$(AM_V_GEN)$(srcdir)/%D%/openapi.sh $(srcdir)/%D%/openapi.json.in $(VERSION) $@ $(area_programs)
EXTRA_DIST += %D%/openapi.sh %D%/openapi.json.in
CLEANFILES += %D%/openapi.json
