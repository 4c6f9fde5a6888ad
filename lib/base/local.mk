noinst_LIBRARIES += %D%/libbase.a

# files: lib/base/*.c lib/base/*.h lib/base/*.def
%C%_libbase_a_SOURCES = \
	lib/base/account.h \
	lib/base/address.c \
	lib/base/address.h \
	lib/base/arena.c \
	lib/base/arena.h \
	lib/base/buf.c \
	lib/base/buf.h \
	lib/base/clock.c \
	lib/base/clock.h \
	lib/base/colour.c \
	lib/base/colour.h \
	lib/base/conf.c \
	lib/base/conf.def \
	lib/base/conf.h \
	lib/base/csv.c \
	lib/base/csv.h \
	lib/base/ctx.c \
	lib/base/ctx.h \
	lib/base/err.c \
	lib/base/err.h \
	lib/base/field.h \
	lib/base/file.c \
	lib/base/file.h \
	lib/base/log.c \
	lib/base/log.h \
	lib/base/random.c \
	lib/base/random.h \
	lib/base/room.c \
	lib/base/room.h \
	lib/base/schedule.c \
	lib/base/schedule.h \
	lib/base/texts.c \
	lib/base/texts.def \
	lib/base/texts.h \
	lib/base/utf8.c \
	lib/base/utf8.h \
	lib/base/util.c \
	lib/base/util.h \
	lib/base/whatsapp_fault.c \
	lib/base/whatsapp_fault.def \
	lib/base/whatsapp_fault.h \
	lib/base/words.c \
	lib/base/words.h
