noinst_LIBRARIES += %D%/libcode.a

# files: lib/code/*.c lib/code/*.h lib/code/*.def
%C%_libcode_a_SOURCES = \
	lib/code/barcode.c \
	lib/code/barcode.h
