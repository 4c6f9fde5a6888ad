noinst_LIBRARIES += %D%/libstore.a

# files: lib/store/*.c lib/store/*.h lib/store/*.def without ^#include.<sqlite3\.c>
%C%_libstore_a_SOURCES = \
	lib/store/db.h \
	lib/store/migrate.c \
	lib/store/registry.c \
	lib/store/sqlite.c \
	lib/store/stmt_cache.c \
	lib/store/stmt_cache.h \
	lib/store/store.h

migrationsdir = $(pkgdatadir)/migrations
# files: lib/store/migrations/*.sql
dist_migrations_DATA = \
	lib/store/migrations/0001_initial.sql \
	lib/store/migrations/0002_templates.sql \
	lib/store/migrations/0003_host_clocks.sql \
	lib/store/migrations/0004_archive.sql \
	lib/store/migrations/0005_shelf.sql \
	lib/store/migrations/0006_cash.sql \
	lib/store/migrations/0007_batches.sql \
	lib/store/migrations/0008_search.sql \
	lib/store/migrations/0009_authorizations.sql \
	lib/store/migrations/0010_documents.sql \
	lib/store/migrations/0011_handover.sql \
	lib/store/migrations/0012_sizes.sql \
	lib/store/migrations/0013_proven_email.sql \
	lib/store/migrations/0014_money.sql \
	lib/store/migrations/0015_drop_lines.sql \
	lib/store/migrations/0016_handover_identity.sql \
	lib/store/migrations/0017_handover_upgrade.sql \
	lib/store/migrations/0018_link_sealed.sql \
	lib/store/migrations/0019_clock_trust.sql \
	lib/store/migrations/0020_cron_tries.sql \
	lib/store/migrations/0021_people.sql \
	lib/store/migrations/0022_claims.sql \
	lib/store/migrations/0023_audit_values.sql \
	lib/store/migrations/0024_messages.sql \
	lib/store/migrations/0025_said.sql \
	lib/store/migrations/0026_anonymous.sql \
	lib/store/migrations/0027_lists.sql \
	lib/store/migrations/0028_whose_email.sql \
	lib/store/migrations/0029_claimants.sql \
	lib/store/migrations/0030_email_said.sql \
	lib/store/migrations/0031_former_links.sql \
	lib/store/migrations/0032_pins.sql \
	lib/store/migrations/0033_kept_quotes.sql \
	lib/store/migrations/0034_whose.sql \
	lib/store/migrations/0035_drawers_waiting.sql \
	lib/store/migrations/0036_audit_lists.sql \
	lib/store/migrations/0037_inquiries.sql \
	lib/store/migrations/0038_receipts.sql \
	lib/store/migrations/0039_carriers.sql \
	lib/store/migrations/0040_own_guides.sql \
	lib/store/migrations/0041_clock_behind.sql \
	lib/store/migrations/0042_claim_moves.sql \
	lib/store/migrations/0043_photo_links.sql \
	lib/store/migrations/0044_invited.sql \
	lib/store/migrations/0045_preferences.sql \
	lib/store/migrations/0046_claim_ends.sql \
	lib/store/migrations/0047_customers.sql \
	lib/store/migrations/0048_inbox.sql \
	lib/store/migrations/0049_webhooks.sql \
	lib/store/migrations/0050_customer_phones.sql \
	lib/store/migrations/0051_totp.sql \
	lib/store/migrations/0052_customer_merges.sql \
	lib/store/migrations/0053_erasures.sql \
	lib/store/migrations/0054_phone_of.sql \
	lib/store/migrations/0055_clock_before.sql \
	lib/store/migrations/0056_search_clean.sql \
	lib/store/migrations/0057_clerks_email.sql \
	lib/store/migrations/0058_inquiry_sort.sql \
	lib/store/migrations/0059_privacy.sql \
	lib/store/migrations/0060_inquiry_consents.sql \
	lib/store/migrations/0061_operation_kinds.sql \
	lib/store/migrations/0062_customer_imports.sql \
	lib/store/migrations/0063_whatsapp.sql \
	lib/store/migrations/0064_wordings_of_many.sql \
	lib/store/migrations/0065_customers_apart.sql \
	lib/store/migrations/0066_security.sql \
	lib/store/migrations/0067_customers_email.sql

# SQLite itself, from the amalgamation that configure found: one file of other
# people's code, compiled by their rules and without our sanitizers, with which it
# takes minutes.
if OWN_SQLITE
noinst_LIBRARIES += %D%/libsqlite.a
OWN_SQLITE_LIB += %D%/libsqlite.a
%C%_libsqlite_a_SOURCES = %D%/amalgamation.c
%C%_libsqlite_a_CFLAGS = -w $(HARDEN_CFLAGS) -fvisibility=hidden
%C%_libsqlite_a_CPPFLAGS = $(SQLITE_CFLAGS) \
	-DSQLITE_DQS=0 -DSQLITE_THREADSAFE=0 -DSQLITE_DEFAULT_FOREIGN_KEYS=1 \
	-DSQLITE_DEFAULT_MEMSTATUS=0 -DSQLITE_LIKE_DOESNT_MATCH_BLOBS \
	-DSQLITE_OMIT_LOAD_EXTENSION -DSQLITE_OMIT_DEPRECATED -DSQLITE_OMIT_SHARED_CACHE \
	-DSQLITE_ENABLE_API_ARMOR -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_DBSTAT_VTAB \
	-DHAVE_USLEEP=1 -DHAVE_FDATASYNC=1 -DHAVE_STRERROR_R=1 -DHAVE_LOCALTIME_R=1 -DHAVE_GMTIME_R=1
endif
EXTRA_DIST += %D%/amalgamation.c
