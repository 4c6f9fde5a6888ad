sbin_PROGRAMS += %D%/paqueteria-tick
%C%_paqueteria_tick_SOURCES = %D%/tick.c %D%/tick_watch.c %D%/tick_watch.h
%C%_paqueteria_tick_LDADD = $(LIBRARY_LIBS)

# The programs that the schedule names, each a job around cron_main.
noinst_LIBRARIES += %D%/libcron.a
%C%_libcron_a_SOURCES = %D%/program.c %D%/program.h
# files: cron/*.c having cron_main\(argc,.argv,.& as .
cron_programs = \
	cron/ageing \
	cron/clean-temp \
	cron/expire-announcements \
	cron/jobs-sweep \
	cron/privacy \
	cron/reminders \
	cron/retention \
	cron/sms-cost
pkglibexec_PROGRAMS += $(cron_programs)
cron_linked = $(cron_programs:=$(EXEEXT))
$(cron_linked): %D%/libcron.a lib/jobs/libjobs.a lib/send/libsend.a
$(cron_linked): LDADD = %D%/libcron.a $(JOB_LIBS)

dist_pkgdata_DATA = %D%/schedule
EXTRA_DIST += %D%/crontab

# The line for /etc/cron.d, with the place where the program is.
install-data-local:
	$(MKDIR_P) "$(DESTDIR)$(pkgdatadir)"
	$(SED) 's|  paqueteria-tick|  $(sbindir)/paqueteria-tick|' "$(srcdir)/cron/crontab" >"$(DESTDIR)$(pkgdatadir)/crontab"
uninstall-local:
	rm -f "$(DESTDIR)$(pkgdatadir)/crontab"
