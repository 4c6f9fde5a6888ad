# files: tests/**/*
EXTRA_DIST += \
	tests/README.md \
	tests/bench/bench.mjs \
	tests/bench/celery_noop.py \
	tests/bench/fill.mjs \
	tests/bench/jobs.mjs \
	tests/bench/producer.c \
	tests/bench/report.mjs \
	tests/bench/responder.c \
	tests/bench/scale.mjs \
	tests/bench/scale_fill.mjs \
	tests/bench/size.mjs \
	tests/bench/writes.mjs \
	tests/bench/wrk.lua \
	tests/browser/axe.test.mjs \
	tests/browser/camera.test.mjs \
	tests/browser/day.test.mjs \
	tests/browser/flow.test.mjs \
	tests/browser/hostile.test.mjs \
	tests/browser/jobs.test.mjs \
	tests/browser/keys.test.mjs \
	tests/browser/noscript.test.mjs \
	tests/browser/phone.test.mjs \
	tests/browser/rapid.test.mjs \
	tests/fault/bad_worker.c \
	tests/fault/bad_worker.mjs \
	tests/fault/chaos.mjs \
	tests/fault/checker.mjs \
	tests/fault/crowd.mjs \
	tests/fault/f01_kills.test.mjs \
	tests/fault/f02_f03_redis.test.mjs \
	tests/fault/f04_eviction.test.mjs \
	tests/fault/f05_bad_redis.test.mjs \
	tests/fault/f06_power.test.mjs \
	tests/fault/f07_sqlite.test.mjs \
	tests/fault/f09_io.test.mjs \
	tests/fault/f11_lock.test.mjs \
	tests/fault/f13_fenced.test.mjs \
	tests/fault/f14_f24_f28_f29_jobs.test.mjs \
	tests/fault/f15_clock.test.mjs \
	tests/fault/f16_sms.test.mjs \
	tests/fault/f18_mail.test.mjs \
	tests/fault/f18_s3.test.mjs \
	tests/fault/f19_f20_doubles.test.mjs \
	tests/fault/old_sqlite.c \
	tests/fault/outage.mjs \
	tests/fault/provider.mjs \
	tests/fault/redis.mjs \
	tests/fault/storm.mjs \
	tests/fault/wal_canary.c \
	tests/fault/worker_and_redis.test.mjs \
	tests/fuzz/conf.c \
	tests/fuzz/cookie.c \
	tests/fuzz/corpus/conf/bad \
	tests/fuzz/corpus/conf/good \
	tests/fuzz/corpus/cookie/odd \
	tests/fuzz/corpus/cookie/two \
	tests/fuzz/corpus/form/bad \
	tests/fuzz/corpus/form/good \
	tests/fuzz/corpus/form/path \
	tests/fuzz/corpus/json/duplicate \
	tests/fuzz/corpus/json/object \
	tests/fuzz/corpus/json/odd \
	tests/fuzz/corpus/multipart/empty \
	tests/fuzz/corpus/multipart/field \
	tests/fuzz/corpus/multipart/file \
	tests/fuzz/corpus/text/bad \
	tests/fuzz/corpus/text/code \
	tests/fuzz/corpus/text/email \
	tests/fuzz/corpus/text/guide \
	tests/fuzz/corpus/text/guide_twice \
	tests/fuzz/corpus/text/name \
	tests/fuzz/corpus/text/phone \
	tests/fuzz/form.c \
	tests/fuzz/json.c \
	tests/fuzz/multipart.c \
	tests/fuzz/text.c \
	tests/helpers/browser.mjs \
	tests/helpers/certificate.js \
	tests/helpers/client.mjs \
	tests/helpers/fastcgi.mjs \
	tests/helpers/image.mjs \
	tests/helpers/installed.sh \
	tests/helpers/ledger.js \
	tests/helpers/lint.mjs \
	tests/helpers/liwa.js \
	tests/helpers/memory_source.h \
	tests/helpers/poll.mjs \
	tests/helpers/prepared.mjs \
	tests/helpers/raw.mjs \
	tests/helpers/routes.mjs \
	tests/helpers/s3.js \
	tests/helpers/shop.mjs \
	tests/helpers/smtp.js \
	tests/helpers/sql.c \
	tests/helpers/system.mjs \
	tests/http/ageing.test.mjs \
	tests/http/api.test.mjs \
	tests/http/archive.test.mjs \
	tests/http/auth.test.mjs \
	tests/http/authorize.test.mjs \
	tests/http/bad_input.test.mjs \
	tests/http/cash.test.mjs \
	tests/http/command_line.test.mjs \
	tests/http/correct.test.mjs \
	tests/http/demo.test.mjs \
	tests/http/documents.test.mjs \
	tests/http/files.test.mjs \
	tests/http/flow.test.mjs \
	tests/http/handover.test.mjs \
	tests/http/incidents.test.mjs \
	tests/http/jobs.test.mjs \
	tests/http/labels.test.mjs \
	tests/http/link.test.mjs \
	tests/http/messages.test.mjs \
	tests/http/nginx.test.mjs \
	tests/http/notifications.test.mjs \
	tests/http/packages.test.mjs \
	tests/http/rapid.test.mjs \
	tests/http/rates.test.mjs \
	tests/http/routes.test.mjs \
	tests/http/shelf.test.mjs \
	tests/lint/binaries.sh \
	tests/lint/c.sh \
	tests/lint/calls.mjs \
	tests/lint/docs.mjs \
	tests/lint/layers.mjs \
	tests/lint/nginx.sh \
	tests/lint/secrets.mjs \
	tests/lint/shell.sh \
	tests/lint/sources.sh \
	tests/lint/sql.mjs \
	tests/lint/tables.mjs \
	tests/lint/tables_compile.sh \
	tests/lint/templates.mjs \
	tests/lint/tokens.mjs \
	tests/lint/variadic.h \
	tests/unit/app/gives.c \
	tests/unit/app/roles.c \
	tests/unit/app/snapshot.c \
	tests/unit/base/clock.c \
	tests/unit/base/conf.c \
	tests/unit/base/fault.c \
	tests/unit/base/schedule.c \
	tests/unit/base/text.c \
	tests/unit/code/barcode.c \
	tests/unit/console/job_admin.c \
	tests/unit/crypto/password.c \
	tests/unit/crypto/sign.c \
	tests/unit/custody/ageing.c \
	tests/unit/custody/correction.c \
	tests/unit/custody/drop.c \
	tests/unit/custody/retention.c \
	tests/unit/fixture.c \
	tests/unit/fixture.h \
	tests/unit/ground/metric.c \
	tests/unit/handover/delivery.c \
	tests/unit/http/multipart.c \
	tests/unit/http/param.c \
	tests/unit/http/request.c \
	tests/unit/jobs/clean.c \
	tests/unit/jobs/foreground.c \
	tests/unit/jobs/photo.c \
	tests/unit/json/json.c \
	tests/unit/leaks.supp \
	tests/unit/local/holiday.c \
	tests/unit/message/hours.c \
	tests/unit/message/notification.c \
	tests/unit/metric/metric.c \
	tests/unit/money/cash.c \
	tests/unit/money/payment.c \
	tests/unit/paper/label.c \
	tests/unit/parcel/change.c \
	tests/unit/parcel/courier.c \
	tests/unit/parcel/find.c \
	tests/unit/parcel/incident.c \
	tests/unit/parcel/list.c \
	tests/unit/parcel/package.c \
	tests/unit/people/sign_in.c \
	tests/unit/price/fee.c \
	tests/unit/price/rate.c \
	tests/unit/print/sheet.c \
	tests/unit/public/track.c \
	tests/unit/queue/job.c \
	tests/unit/queue/limits.c \
	tests/unit/send/outcomes.c \
	tests/unit/send/printer.c \
	tests/unit/shelf/shelf.c \
	tests/unit/storage/photo.c \
	tests/unit/storage/s3.c \
	tests/unit/store/db.c \
	tests/unit/view/templates.c \
	tests/unit/view/values.c \
	tests/unit/web.c \
	tests/unit/web.h

# --- unit: one Criterion program a file; what has no Test() is shared by them ---
if CRITERION
check_LIBRARIES = tests/unit/libunit.a
# files: tests/unit/**/*.c tests/unit/**/*.h without ^(Parameterized)?Test\(
tests_unit_libunit_a_SOURCES = \
	tests/unit/fixture.c \
	tests/unit/fixture.h \
	tests/unit/web.c \
	tests/unit/web.h

# files: tests/unit/**/*.c having ^(Parameterized)?Test\( as .
unit_tests = \
	tests/unit/app/gives \
	tests/unit/app/roles \
	tests/unit/app/snapshot \
	tests/unit/base/clock \
	tests/unit/base/conf \
	tests/unit/base/fault \
	tests/unit/base/schedule \
	tests/unit/base/text \
	tests/unit/code/barcode \
	tests/unit/console/job_admin \
	tests/unit/crypto/password \
	tests/unit/crypto/sign \
	tests/unit/custody/ageing \
	tests/unit/custody/correction \
	tests/unit/custody/drop \
	tests/unit/custody/retention \
	tests/unit/ground/metric \
	tests/unit/handover/delivery \
	tests/unit/http/multipart \
	tests/unit/http/param \
	tests/unit/http/request \
	tests/unit/jobs/clean \
	tests/unit/jobs/foreground \
	tests/unit/jobs/photo \
	tests/unit/json/json \
	tests/unit/local/holiday \
	tests/unit/message/hours \
	tests/unit/message/notification \
	tests/unit/metric/metric \
	tests/unit/money/cash \
	tests/unit/money/payment \
	tests/unit/paper/label \
	tests/unit/parcel/change \
	tests/unit/parcel/courier \
	tests/unit/parcel/find \
	tests/unit/parcel/incident \
	tests/unit/parcel/list \
	tests/unit/parcel/package \
	tests/unit/people/sign_in \
	tests/unit/price/fee \
	tests/unit/price/rate \
	tests/unit/print/sheet \
	tests/unit/public/track \
	tests/unit/queue/job \
	tests/unit/queue/limits \
	tests/unit/send/outcomes \
	tests/unit/send/printer \
	tests/unit/shelf/shelf \
	tests/unit/storage/photo \
	tests/unit/storage/s3 \
	tests/unit/store/db \
	tests/unit/view/templates \
	tests/unit/view/values
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)

# Tests may call anything; db_each_stmt sees every statement of the library.
$(unit_tests): tests/unit/libunit.a lib/jobs/libjobs.a lib/send/libsend.a
$(unit_tests): RUN_PATH = '$$ORIGIN/../../../lib'
$(unit_tests): LDADD = tests/unit/libunit.a $(JOB_LIBS) $(VIPS_LIBS) $(MAGIC_LIBS) $(PANGO_LIBS) $(CRITERION_LIBS)
endif

AM_TESTS_ENVIRONMENT = \
	export TEST_SRCDIR="$(abs_top_srcdir)" TEST_BUILDDIR="$(abs_top_builddir)"; \
	export ASAN_OPTIONS="detect_stack_use_after_return=1"; \
	export LSAN_OPTIONS="suppressions=$(abs_top_srcdir)/tests/unit/leaks.supp:print_suppressions=0";

# --- fuzz: one libFuzzer target a file ---
if FUZZERS
# files: tests/fuzz/*.c having LLVMFuzzerTestOneInput as .
fuzz_targets = \
	tests/fuzz/conf \
	tests/fuzz/cookie \
	tests/fuzz/form \
	tests/fuzz/json \
	tests/fuzz/multipart \
	tests/fuzz/text
noinst_PROGRAMS += $(fuzz_targets)
fuzz-targets: $(fuzz_targets)
# The parsers and no more: what else there is would be compiled for nothing.
$(fuzz_targets): LDFLAGS += -fsanitize=fuzzer
FUZZ_LIBS = lib/http/libhttp.a $(BASE_LIBS)
%C%_fuzz_conf_LDADD = $(FUZZ_LIBS)
%C%_fuzz_cookie_LDADD = $(FUZZ_LIBS)
%C%_fuzz_form_LDADD = $(FUZZ_LIBS)
%C%_fuzz_json_LDADD = $(FUZZ_LIBS)
%C%_fuzz_multipart_LDADD = $(FUZZ_LIBS)
%C%_fuzz_text_LDADD = $(FUZZ_LIBS)
endif

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
# The worker and its isolated jobs with handlers that misbehave.
%C%_fault_bad_worker_SOURCES = %D%/fault/bad_worker.c bin/worker.c
%C%_fault_bad_worker_LDADD = $(JOB_LIBS)
check_PROGRAMS += %D%/fault/bad_job
%C%_fault_bad_job_SOURCES = %D%/fault/bad_worker.c bin/job.c
%C%_fault_bad_job_LDADD = $(JOB_LIBS)
.PHONY: test-programs
test-programs: $(test_programs) %D%/fault/bad_job
