noinst_LIBRARIES += %D%/libjson.a

# files: lib/json/*.c lib/json/*.h lib/json/*.def
%C%_libjson_a_SOURCES = \
	lib/json/json.c \
	lib/json/json.h \
	lib/json/json_scan.c \
	lib/json/json_scan.h \
	lib/json/json_write.c \
	lib/json/texts.c \
	lib/json/texts.def \
	lib/json/texts.h
