noinst_LIBRARIES += %D%/libdomain.a

# files: lib/domain/*.c lib/domain/*.h lib/domain/*.def
%C%_libdomain_a_SOURCES = \
	lib/domain/audit.c \
	lib/domain/audit.h \
	lib/domain/common_passwords.def \
	lib/domain/consent.c \
	lib/domain/consent.h \
	lib/domain/contact.c \
	lib/domain/contact.h \
	lib/domain/customer.c \
	lib/domain/customer.h \
	lib/domain/dashboard.c \
	lib/domain/dashboard.h \
	lib/domain/deliver.c \
	lib/domain/deliver.h \
	lib/domain/delivery.c \
	lib/domain/event.c \
	lib/domain/fee.c \
	lib/domain/fee.h \
	lib/domain/health.c \
	lib/domain/health.h \
	lib/domain/job_admin.c \
	lib/domain/job_admin.h \
	lib/domain/notification.c \
	lib/domain/notification.h \
	lib/domain/operation.c \
	lib/domain/operation.h \
	lib/domain/package.h \
	lib/domain/package_announce.c \
	lib/domain/package_change.c \
	lib/domain/package_read.c \
	lib/domain/package_receive.c \
	lib/domain/package_undo.c \
	lib/domain/password.c \
	lib/domain/password_reset.c \
	lib/domain/position.c \
	lib/domain/position.h \
	lib/domain/rate.c \
	lib/domain/rate.h \
	lib/domain/session.c \
	lib/domain/session.h \
	lib/domain/setting.c \
	lib/domain/setting.def \
	lib/domain/setting.h \
	lib/domain/sign_in.c \
	lib/domain/throttle.c \
	lib/domain/throttle.h \
	lib/domain/throttle_wrong.c \
	lib/domain/token.c \
	lib/domain/token.h \
	lib/domain/track.c \
	lib/domain/track.h \
	lib/domain/tx.c \
	lib/domain/tx.h \
	lib/domain/user.c \
	lib/domain/user.h
