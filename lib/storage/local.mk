noinst_LIBRARIES += %D%/libstorage.a

# files: lib/storage/*.c lib/storage/*.h lib/storage/*.def
%C%_libstorage_a_SOURCES = \
	lib/storage/disk.c \
	lib/storage/photo.c \
	lib/storage/photo.h \
	lib/storage/s3.c \
	lib/storage/s3.h \
	lib/storage/storage.h \
	lib/storage/texts.c \
	lib/storage/texts.def \
	lib/storage/texts.h
