noinst_LIBRARIES += %D%/libsend.a

# files: lib/send/*.c lib/send/*.h lib/send/*.def
%C%_libsend_a_SOURCES = \
	lib/send/exchange.c \
	lib/send/exchange.h \
	lib/send/libcurl.c \
	lib/send/libcurl.h \
	lib/send/liwa.c \
	lib/send/liwa.h \
	lib/send/mail.c \
	lib/send/mail.h \
	lib/send/printer.c \
	lib/send/printer.h \
	lib/send/s3.c \
	lib/send/s3.h \
	lib/send/send.h \
	lib/send/sms.c \
	lib/send/sms.h \
	lib/send/webhook.c \
	lib/send/webhook.h \
	lib/send/whatsapp.c \
	lib/send/whatsapp.h
