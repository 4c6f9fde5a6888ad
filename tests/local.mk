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
	tests/lint/sql.mjs \
	tests/lint/tables.mjs \
	tests/lint/templates.mjs \
	tests/lint/tokens.mjs \
	tests/lint/variadic.h \
	tests/unit/app_roles.c \
	tests/unit/base_clock.c \
	tests/unit/base_conf.c \
	tests/unit/base_fault.c \
	tests/unit/base_holiday.c \
	tests/unit/base_json.c \
	tests/unit/base_metric.c \
	tests/unit/base_schedule.c \
	tests/unit/base_text.c \
	tests/unit/code_barcode.c \
	tests/unit/crypto_password.c \
	tests/unit/crypto_sign.c \
	tests/unit/domain_ageing.c \
	tests/unit/domain_batch.c \
	tests/unit/domain_cash.c \
	tests/unit/domain_change.c \
	tests/unit/domain_contact.c \
	tests/unit/domain_correction.c \
	tests/unit/domain_courier.c \
	tests/unit/domain_delivery.c \
	tests/unit/domain_fee.c \
	tests/unit/domain_find.c \
	tests/unit/domain_incident.c \
	tests/unit/domain_job_admin.c \
	tests/unit/domain_label.c \
	tests/unit/domain_list.c \
	tests/unit/domain_metric.c \
	tests/unit/domain_notification.c \
	tests/unit/domain_package.c \
	tests/unit/domain_payment.c \
	tests/unit/domain_rate.c \
	tests/unit/domain_retention.c \
	tests/unit/domain_shelf.c \
	tests/unit/domain_track.c \
	tests/unit/fixture.c \
	tests/unit/fixture.h \
	tests/unit/http_multipart.c \
	tests/unit/http_param.c \
	tests/unit/http_request.c \
	tests/unit/jobs_clean.c \
	tests/unit/jobs_foreground.c \
	tests/unit/jobs_photo.c \
	tests/unit/leaks.supp \
	tests/unit/print_sheet.c \
	tests/unit/queue_job.c \
	tests/unit/queue_limits.c \
	tests/unit/send_outcomes.c \
	tests/unit/send_printer.c \
	tests/unit/storage_photo.c \
	tests/unit/storage_s3.c \
	tests/unit/store_db.c \
	tests/unit/user_sign_in.c \
	tests/unit/view_templates.c \
	tests/unit/view_values.c \
	tests/unit/web.c \
	tests/unit/web.h

# --- unit: one Criterion program a file; what has no Test() is shared by them ---
if CRITERION
check_LIBRARIES = tests/unit/libunit.a
# files: tests/unit/*.c tests/unit/*.h without ^(Parameterized)?Test\(
tests_unit_libunit_a_SOURCES = \
	tests/unit/fixture.c \
	tests/unit/fixture.h \
	tests/unit/web.c \
	tests/unit/web.h

# files: tests/unit/*.c having ^(Parameterized)?Test\( as .
unit_tests = \
	tests/unit/app_roles \
	tests/unit/base_clock \
	tests/unit/base_conf \
	tests/unit/base_fault \
	tests/unit/base_holiday \
	tests/unit/base_json \
	tests/unit/base_metric \
	tests/unit/base_schedule \
	tests/unit/base_text \
	tests/unit/code_barcode \
	tests/unit/crypto_password \
	tests/unit/crypto_sign \
	tests/unit/domain_ageing \
	tests/unit/domain_batch \
	tests/unit/domain_cash \
	tests/unit/domain_change \
	tests/unit/domain_contact \
	tests/unit/domain_correction \
	tests/unit/domain_courier \
	tests/unit/domain_delivery \
	tests/unit/domain_fee \
	tests/unit/domain_find \
	tests/unit/domain_incident \
	tests/unit/domain_job_admin \
	tests/unit/domain_label \
	tests/unit/domain_list \
	tests/unit/domain_metric \
	tests/unit/domain_notification \
	tests/unit/domain_package \
	tests/unit/domain_payment \
	tests/unit/domain_rate \
	tests/unit/domain_retention \
	tests/unit/domain_shelf \
	tests/unit/domain_track \
	tests/unit/http_multipart \
	tests/unit/http_param \
	tests/unit/http_request \
	tests/unit/jobs_clean \
	tests/unit/jobs_foreground \
	tests/unit/jobs_photo \
	tests/unit/print_sheet \
	tests/unit/queue_job \
	tests/unit/queue_limits \
	tests/unit/send_outcomes \
	tests/unit/send_printer \
	tests/unit/storage_photo \
	tests/unit/storage_s3 \
	tests/unit/store_db \
	tests/unit/user_sign_in \
	tests/unit/view_templates \
	tests/unit/view_values
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)

# Tests may call anything, and db_each_stmt must see every statement.
$(unit_tests): tests/unit/libunit.a lib/jobs/libjobs.a lib/send/libsend.a
$(unit_tests): LDADD = tests/unit/libunit.a \
	-Wl,--whole-archive lib/domain/libdomain.a lib/queue/libqueue.a -Wl,--no-whole-archive \
	$(JOB_LIBS) $(WEB_LIBS) $(VIPS_LIBS) $(MAGIC_LIBS) $(PANGO_LIBS) $(CRITERION_LIBS)
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
$(bench_programs): LDADD = $(OWN_SQLITE_LIB) $(FCGI_LIBS) $(JSONC_LIBS) $(SQLITE_LIBS)
%C%_bench_producer_LDADD = $(DOMAIN_LIBS)

# --- programs that the tests in node use ---
# files: tests/helpers/*.c tests/fault/*.c as .
test_programs = \
	tests/fault/bad_worker \
	tests/fault/old_sqlite \
	tests/fault/wal_canary \
	tests/helpers/sql
check_PROGRAMS += $(test_programs)
$(test_programs): LDADD = $(OWN_SQLITE_LIB) $(JSONC_LIBS) $(SQLITE_LIBS)
# Plays an older library by answering in its place.
%C%_fault_old_sqlite_LDADD = $(STORE_LIBS)
%C%_fault_old_sqlite_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=sqlite3_libversion_number
# The worker and its isolated jobs with handlers that misbehave.
%C%_fault_bad_worker_SOURCES = %D%/fault/bad_worker.c bin/worker.c
%C%_fault_bad_worker_LDADD = $(JOB_LIBS)
check_PROGRAMS += %D%/fault/bad_job
%C%_fault_bad_job_SOURCES = %D%/fault/bad_worker.c bin/job.c
%C%_fault_bad_job_LDADD = $(JOB_LIBS)
.PHONY: test-programs
test-programs: $(test_programs) %D%/fault/bad_job
