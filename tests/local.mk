# A folder whole; dist-hook leaves out what was built in it.
EXTRA_DIST += tests

# --- unit: one Criterion program a file; what has no Test() is shared by them ---
if CRITERION
check_LIBRARIES = tests/unit/libunit.a
# files: tests/unit/**/*.c tests/unit/**/*.h without ^(Parameterized)?Test\(
tests_unit_libunit_a_SOURCES = \
	tests/unit/claims.c \
	tests/unit/claims.h \
	tests/unit/fixture.c \
	tests/unit/fixture.h \
	tests/unit/fixture_plans.c \
	tests/unit/parcels.c \
	tests/unit/parcels.h \
	tests/unit/users.c \
	tests/unit/users.h \
	tests/unit/web.c \
	tests/unit/web.h

# files: tests/unit/**/*.c having ^(Parameterized)?Test\( as .
unit_tests = \
	tests/unit/app/gives \
	tests/unit/app/roles \
	tests/unit/app/shed \
	tests/unit/app/snapshot \
	tests/unit/base/address \
	tests/unit/base/clock \
	tests/unit/base/colour \
	tests/unit/base/conf \
	tests/unit/base/fault \
	tests/unit/base/schedule \
	tests/unit/base/text \
	tests/unit/base/words \
	tests/unit/code/barcode \
	tests/unit/console/audit_list \
	tests/unit/console/first_step \
	tests/unit/console/health \
	tests/unit/console/job_admin \
	tests/unit/crypto/password \
	tests/unit/crypto/sign \
	tests/unit/crypto/totp \
	tests/unit/custody/ageing \
	tests/unit/custody/claim \
	tests/unit/custody/claim_email \
	tests/unit/custody/claim_end \
	tests/unit/custody/correction \
	tests/unit/custody/customer \
	tests/unit/custody/drop \
	tests/unit/custody/erase \
	tests/unit/custody/import \
	tests/unit/custody/kinds \
	tests/unit/custody/merge \
	tests/unit/custody/retention \
	tests/unit/ground/metric \
	tests/unit/ground/setting \
	tests/unit/handover/delivery \
	tests/unit/handover/kept_quote \
	tests/unit/handover/statements \
	tests/unit/http/multipart \
	tests/unit/http/param \
	tests/unit/http/request \
	tests/unit/jobs/clean \
	tests/unit/jobs/foreground \
	tests/unit/jobs/photo \
	tests/unit/jobs/settle \
	tests/unit/json/json \
	tests/unit/law/deadlines \
	tests/unit/law/privacy \
	tests/unit/local/business_day \
	tests/unit/local/holiday \
	tests/unit/message/budget \
	tests/unit/message/hours \
	tests/unit/message/notification \
	tests/unit/message/untrue \
	tests/unit/metric/metric \
	tests/unit/money/cash \
	tests/unit/money/payment \
	tests/unit/outbox/webhook \
	tests/unit/paper/label \
	tests/unit/parcel/change \
	tests/unit/parcel/courier \
	tests/unit/parcel/find \
	tests/unit/parcel/guide_owner \
	tests/unit/parcel/guide_reading \
	tests/unit/parcel/incident \
	tests/unit/parcel/list \
	tests/unit/parcel/package \
	tests/unit/parcel/person_find \
	tests/unit/parcel/photo_link \
	tests/unit/people/customer \
	tests/unit/people/pin \
	tests/unit/people/sign_in \
	tests/unit/people/staff \
	tests/unit/people/totp \
	tests/unit/price/fee \
	tests/unit/price/rate \
	tests/unit/print/sheet \
	tests/unit/public/inquiry \
	tests/unit/public/track \
	tests/unit/queue/doubt \
	tests/unit/queue/job \
	tests/unit/queue/limits \
	tests/unit/send/outcomes \
	tests/unit/send/printer \
	tests/unit/send/webhook \
	tests/unit/shelf/shelf \
	tests/unit/storage/photo \
	tests/unit/storage/s3 \
	tests/unit/store/db \
	tests/unit/view/templates \
	tests/unit/view/values
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
CLEANFILES += tests/unit/migrated.db

# Tests may call anything; db_each_stmt sees every statement of the library.
$(unit_tests): tests/unit/libunit.a lib/jobs/libjobs.a lib/send/libsend.a
$(unit_tests): RUN_PATH = '$$ORIGIN/../../../lib'
$(unit_tests): LDADD = tests/unit/libunit.a $(JOB_LIBS) $(VIPS_LIBS) $(SECCOMP_LIBS) $(MAGIC_LIBS) $(PANGO_LIBS) $(CRITERION_LIBS)
# Imitates the resolver and the network for libcurl, which is loaded at run time and looks for these names here first.
%C%_unit_send_webhook_LDFLAGS = $(AM_LDFLAGS) -Wl,--export-dynamic-symbol=getaddrinfo \
	-Wl,--export-dynamic-symbol=freeaddrinfo -Wl,--export-dynamic-symbol=connect
endif

AM_TESTS_ENVIRONMENT = \
	export TEST_SRCDIR="$(abs_top_srcdir)" TEST_BUILDDIR="$(abs_top_builddir)"; \
	export ASAN_OPTIONS="detect_stack_use_after_return=1"; \
	export LSAN_OPTIONS="suppressions=$(abs_top_srcdir)/tests/unit/leaks.supp:print_suppressions=0";

# --- fuzz: one target a file; of libFuzzer by clang, else run over its corpus and a little more (once.c) ---
# files: tests/fuzz/*.c having ^int.LLVMFuzzerTestOneInput as .
fuzz_targets = \
	tests/fuzz/conf \
	tests/fuzz/content_type \
	tests/fuzz/cookie \
	tests/fuzz/date \
	tests/fuzz/find \
	tests/fuzz/flash \
	tests/fuzz/form \
	tests/fuzz/gsm7 \
	tests/fuzz/if_match \
	tests/fuzz/json \
	tests/fuzz/liwa \
	tests/fuzz/mail \
	tests/fuzz/multipart \
	tests/fuzz/opt_out \
	tests/fuzz/part \
	tests/fuzz/photo \
	tests/fuzz/reading \
	tests/fuzz/rows \
	tests/fuzz/schedule \
	tests/fuzz/sheet \
	tests/fuzz/signature \
	tests/fuzz/signed \
	tests/fuzz/text \
	tests/fuzz/wording
EXTRA_PROGRAMS += $(fuzz_targets)
fuzz-targets: $(fuzz_targets)
EXTRA_LIBRARIES += %D%/fuzz/libfuzz.a
%C%_fuzz_libfuzz_a_SOURCES = %D%/fuzz/fuzz.c %D%/fuzz/fuzz.h %D%/unit/fixture.c %D%/unit/fixture.h
if FUZZERS
fuzz_engine = -fsanitize=fuzzer
else
%C%_fuzz_libfuzz_a_SOURCES += %D%/fuzz/once.c
endif
$(fuzz_targets): %D%/fuzz/libfuzz.a lib/send/libsend.a
$(fuzz_targets): LDFLAGS += $(fuzz_engine)
$(fuzz_targets): RUN_PATH = '$$ORIGIN/../../lib'
%C%_fuzz_sheet_LDADD = %D%/fuzz/libfuzz.a lib/jobs/libjobs.a $(LIBRARY_LIBS) $(EXPAT_LIBS) $(MINIZIP_LIBS) $(UTF8PROC_LIBS)
$(fuzz_targets): LDADD = %D%/fuzz/libfuzz.a lib/send/libsend.a $(LIBRARY_LIBS) $(UTF8PROC_LIBS)

# --- bench: what the programs are measured against; built by ./dev bench ---
# files: tests/bench/*.c as .
bench_programs = \
	tests/bench/producer \
	tests/bench/responder
EXTRA_PROGRAMS += $(bench_programs)
.PHONY: fuzz-targets bench-programs
bench-programs: $(bench_programs)
$(bench_programs): RUN_PATH = '$$ORIGIN/../../lib'
$(bench_programs): LDADD = $(OWN_SQLITE_LIB) $(FCGI_LIBS) $(JSONC_LIBS) $(SQLITE_LIBS)
%C%_bench_producer_LDADD = $(LIBRARY_LIBS)

# --- programs that the tests in node use ---
# files: tests/helpers/*.c tests/fault/*.c as .
test_programs = \
	tests/fault/bad_worker \
	tests/fault/old_sqlite \
	tests/fault/wal_canary \
	tests/helpers/sql
check_PROGRAMS += $(test_programs)
$(test_programs) %D%/fault/bad_job: RUN_PATH = '$$ORIGIN/../../lib'
$(test_programs): LDADD = $(OWN_SQLITE_LIB) $(JSONC_LIBS) $(SQLITE_LIBS)
# Plays an older SQLite by answering in its place, which takes the store linked into it.
%C%_fault_old_sqlite_LDADD = lib/store/libstore.a lib/crypto/libcrypto.a $(OWN_SQLITE_LIB) $(SQLITE_LIBS) \
	$(BASE_LIBS) $(SODIUM_LIBS)
%C%_fault_old_sqlite_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=sqlite3_libversion_number
# The worker and its isolated jobs with handlers that misbehave.  Their table of kinds stands in the
# place of the library's, which takes the library linked into them.
BAD_LIBS = lib/jobs/libjobs.a lib/print/libprint.a lib/send/libsend.a lib/code/libcode.a $(LIBRARY_PARTS) \
	$(OWN_SQLITE_LIB) $(FCGI_LIBS) $(CLEARSILVER_LIBS) $(HIREDIS_LIBS) $(SODIUM_LIBS) $(SQLITE_LIBS) \
	$(JSONC_LIBS) $(UTF8PROC_LIBS) $(ZINT_LIBS) $(CURL_LIBS)
%C%_fault_bad_worker_SOURCES = %D%/fault/bad_worker.c bin/worker.c
%C%_fault_bad_worker_LDADD = $(BAD_LIBS)
check_PROGRAMS += %D%/fault/bad_job
%C%_fault_bad_job_SOURCES = %D%/fault/bad_worker.c bin/job.c
%C%_fault_bad_job_LDADD = $(BAD_LIBS)
.PHONY: test-programs
test-programs: $(test_programs) %D%/fault/bad_job
