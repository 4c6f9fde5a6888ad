noinst_LIBRARIES += %D%/libprint.a

# files: lib/print/*.c lib/print/*.h lib/print/*.def
%C%_libprint_a_SOURCES =
