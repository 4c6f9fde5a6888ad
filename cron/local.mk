sbin_PROGRAMS += %D%/paqueteria-tick
%C%_paqueteria_tick_SOURCES = %D%/tick.c %D%/schedule.c %D%/schedule.h
%C%_paqueteria_tick_LDADD = $(STORE_LIBS)

dist_pkgdata_DATA = %D%/schedule
EXTRA_DIST += %D%/crontab
