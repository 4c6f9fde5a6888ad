noinst_LIBRARIES += %D%/libsend.a

# files: lib/send/*.c lib/send/*.h lib/send/*.def
%C%_libsend_a_SOURCES =
