noinst_LIBRARIES += %D%/libhttp.a

# files: lib/http/*.c lib/http/*.h lib/http/*.def
%C%_libhttp_a_SOURCES = \
	lib/http/body.c \
	lib/http/form.c \
	lib/http/multipart.c \
	lib/http/multipart.h \
	lib/http/octets.h \
	lib/http/param.c \
	lib/http/param.h \
	lib/http/param_link.c \
	lib/http/part.c \
	lib/http/part.h \
	lib/http/problem.c \
	lib/http/request.c \
	lib/http/request.h \
	lib/http/texts.c \
	lib/http/texts.def \
	lib/http/texts.h \
	lib/http/value.c \
	lib/http/value.h
