noinst_LIBRARIES += %D%/libmetric.a

# files: lib/metric/*.c lib/metric/*.h lib/metric/*.def
%C%_libmetric_a_SOURCES = \
	lib/metric/metric.c \
	lib/metric/metric.h \
	lib/metric/metric_file.c \
	lib/metric/metric_file.h \
	lib/metric/metrics.def
