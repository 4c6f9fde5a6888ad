noinst_LIBRARIES += %D%/liblocal.a

# files: lib/local/*.c lib/local/*.h lib/local/*.def
%C%_liblocal_a_SOURCES = \
	lib/local/business_day.c \
	lib/local/business_day.h \
	lib/local/given_names.def \
	lib/local/given_names_many.def \
	lib/local/gsm7.c \
	lib/local/gsm7.h \
	lib/local/holiday.c \
	lib/local/holiday.h \
	lib/local/money.c \
	lib/local/money.h \
	lib/local/name.c \
	lib/local/name.h \
	lib/local/name_told.c \
	lib/local/name_told.h \
	lib/local/normal.c \
	lib/local/normal.h
