noinst_LIBRARIES += %D%/libprint.a

# files: lib/print/*.c lib/print/*.h lib/print/*.def
%C%_libprint_a_SOURCES = \
	lib/print/label.c \
	lib/print/label.h \
	lib/print/sheet.c \
	lib/print/sheet.h \
	lib/print/sheet_draw.h \
	lib/print/sheet_picture.c \
	lib/print/sheet_table.c \
	lib/print/workbook.c \
	lib/print/workbook.h
%C%_libprint_a_CPPFLAGS = $(AM_CPPFLAGS) $(PANGO_CFLAGS)
