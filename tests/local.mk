# files: tests/**/*.*
EXTRA_DIST += \
	tests/helpers/memory_source.h \
	tests/lint/tokens.mjs \
	tests/unit/base_clock.c \
	tests/unit/base_conf.c \
	tests/unit/base_fault.c \
	tests/unit/base_json.c \
	tests/unit/base_metric.c \
	tests/unit/base_text.c \
	tests/unit/domain_fee.c \
	tests/unit/domain_package.c \
	tests/unit/fixture.c \
	tests/unit/fixture.h \
	tests/unit/http_multipart.c \
	tests/unit/http_param.c \
	tests/unit/http_request.c \
	tests/unit/leaks.supp \
	tests/unit/store_db.c

# --- unit: one Criterion program a file; what has no Test() is shared by them ---
if CRITERION
check_LIBRARIES = tests/unit/libunit.a
# files: tests/unit/*.c tests/unit/*.h without ^(Parameterized)?Test\(
tests_unit_libunit_a_SOURCES = \
	tests/unit/fixture.c \
	tests/unit/fixture.h

# files: tests/unit/*.c having ^(Parameterized)?Test\( as .
unit_tests = \
	tests/unit/base_clock \
	tests/unit/base_conf \
	tests/unit/base_fault \
	tests/unit/base_json \
	tests/unit/base_metric \
	tests/unit/base_text \
	tests/unit/domain_fee \
	tests/unit/domain_package \
	tests/unit/http_multipart \
	tests/unit/http_param \
	tests/unit/http_request \
	tests/unit/store_db
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)

# Tests may call anything, and db_each_stmt must see every statement.
$(unit_tests): tests/unit/libunit.a lib/jobs/libjobs.a lib/send/libsend.a
$(unit_tests): LDADD = tests/unit/libunit.a \
	-Wl,--whole-archive lib/domain/libdomain.a lib/queue/libqueue.a -Wl,--no-whole-archive \
	$(JOB_LIBS) $(WEB_LIBS) $(VIPS_LIBS) $(MAGIC_LIBS) $(CRITERION_LIBS)
endif

AM_TESTS_ENVIRONMENT = \
	export TEST_SRCDIR="$(abs_top_srcdir)" TEST_BUILDDIR="$(abs_top_builddir)"; \
	export ASAN_OPTIONS="detect_stack_use_after_return=1"; \
	export LSAN_OPTIONS="suppressions=$(abs_top_srcdir)/tests/unit/leaks.supp:print_suppressions=0";

# --- fuzz: one libFuzzer target a file ---
if FUZZERS
# files: tests/fuzz/*.c having LLVMFuzzerTestOneInput as .
fuzz_targets =
noinst_PROGRAMS += $(fuzz_targets)
$(fuzz_targets): lib/jobs/libjobs.a lib/send/libsend.a
$(fuzz_targets): LDADD = -fsanitize=fuzzer $(JOB_LIBS) $(WEB_LIBS)
endif
