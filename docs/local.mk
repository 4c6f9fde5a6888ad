# The documents, and the README of every folder.
# files: docs/**/*.* README.md */README.md htdocs/vendor/README.md
EXTRA_DIST += \
	README.md \
	bin/README.md \
	cgi-bin/README.md \
	cron/README.md \
	deploy/README.md \
	docs/README.md \
	docs/adding-a-job.md \
	docs/adding-a-route.md \
	docs/benchmarks.md \
	docs/contributing.md \
	docs/counter.md \
	docs/img/dashboard.png \
	docs/img/deliver-code.png \
	docs/img/deliver-done.png \
	docs/img/deliver-quote.png \
	docs/img/deliver-wrong.png \
	docs/img/package-identify.png \
	docs/img/package-messages.png \
	docs/img/package.png \
	docs/img/receive-damaged.png \
	docs/img/receive-done.png \
	docs/img/receive-form.png \
	docs/img/receive-new.png \
	docs/img/receive-scan.png \
	docs/img/track.png \
	docs/operating.md \
	docs/queue.md \
	docs/search.md \
	htdocs/README.md \
	htdocs/vendor/README.md \
	lib/README.md \
	nginx/README.md \
	templates/README.md \
	tests/README.md
