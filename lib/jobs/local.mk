noinst_LIBRARIES += %D%/libjobs.a

# files: lib/jobs/*.c lib/jobs/*.h lib/jobs/*.def
%C%_libjobs_a_SOURCES =
