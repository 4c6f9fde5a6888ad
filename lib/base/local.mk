noinst_LIBRARIES += %D%/libbase.a

# files: lib/base/*.c lib/base/*.h lib/base/*.def
%C%_libbase_a_SOURCES = \
	lib/base/arena.c \
	lib/base/arena.h \
	lib/base/buf.c \
	lib/base/buf.h \
	lib/base/clock.c \
	lib/base/clock.h \
	lib/base/conf.c \
	lib/base/conf.def \
	lib/base/conf.h \
	lib/base/ctx.c \
	lib/base/ctx.h \
	lib/base/err.c \
	lib/base/err.h \
	lib/base/field.h \
	lib/base/gsm7.c \
	lib/base/gsm7.h \
	lib/base/holiday.c \
	lib/base/holiday.h \
	lib/base/json.c \
	lib/base/json.h \
	lib/base/json_scan.c \
	lib/base/json_scan.h \
	lib/base/log.c \
	lib/base/log.h \
	lib/base/metric.c \
	lib/base/metric.h \
	lib/base/metric_file.c \
	lib/base/metric_file.h \
	lib/base/metrics.def \
	lib/base/money.c \
	lib/base/money.h \
	lib/base/normal.c \
	lib/base/normal.h \
	lib/base/random.c \
	lib/base/random.h \
	lib/base/schedule.c \
	lib/base/schedule.h \
	lib/base/texts.def \
	lib/base/utf8.c \
	lib/base/utf8.h \
	lib/base/util.c \
	lib/base/util.h
