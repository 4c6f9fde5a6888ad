noinst_LIBRARIES += %D%/libcrypto.a

# files: lib/crypto/*.c lib/crypto/*.h lib/crypto/*.def
%C%_libcrypto_a_SOURCES = \
	lib/crypto/crypto.h \
	lib/crypto/hash.c \
	lib/crypto/password.c \
	lib/crypto/seal.c \
	lib/crypto/secret.c \
	lib/crypto/token.c \
	lib/crypto/totp.c
