noinst_LIBRARIES += %D%/libapp.a

# files: lib/app/*.c lib/app/*.h lib/app/*.def
%C%_libapp_a_SOURCES = \
	lib/app/actor.c \
	lib/app/answer.c \
	lib/app/app.h \
	lib/app/call.h \
	lib/app/cookie.c \
	lib/app/csrf.c \
	lib/app/etag.c \
	lib/app/example.def \
	lib/app/give.c \
	lib/app/glued.c \
	lib/app/handle.c \
	lib/app/idempotency.c \
	lib/app/kept.c \
	lib/app/layout.c \
	lib/app/lobby.c \
	lib/app/lobby.h \
	lib/app/match.c \
	lib/app/openapi.c \
	lib/app/openapi.h \
	lib/app/openapi_news.c \
	lib/app/openapi_part.h \
	lib/app/openapi_schema.c \
	lib/app/page.c \
	lib/app/refuse.c \
	lib/app/route.h \
	lib/app/routes.c \
	lib/app/schema_example.c \
	lib/app/schema_example.h \
	lib/app/serve.c \
	lib/app/shed.c \
	lib/app/shed.h \
	lib/app/texts.c \
	lib/app/texts.def \
	lib/app/texts.h
