noinst_LIBRARIES += %D%/libqueue.a

# files: lib/queue/*.c lib/queue/*.h lib/queue/*.def
%C%_libqueue_a_SOURCES = \
	lib/queue/claim.c \
	lib/queue/doubt.c \
	lib/queue/doubt.h \
	lib/queue/hint.c \
	lib/queue/hint.h \
	lib/queue/job.c \
	lib/queue/job.h \
	lib/queue/jump.c \
	lib/queue/kept.c \
	lib/queue/kept.h \
	lib/queue/kind.c \
	lib/queue/kinds.def \
	lib/queue/queue.h \
	lib/queue/reap.c \
	lib/queue/settle.c \
	lib/queue/settle.h \
	lib/queue/turn.c
