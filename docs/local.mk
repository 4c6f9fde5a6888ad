# The documents, and the README of every folder.
EXTRA_DIST += docs
# files: README.md */README.md htdocs/vendor/README.md
EXTRA_DIST += \
	README.md \
	bin/README.md \
	cgi-bin/README.md \
	cron/README.md \
	deploy/README.md \
	docs/README.md \
	htdocs/README.md \
	htdocs/vendor/README.md \
	lib/README.md \
	nginx/README.md \
	templates/README.md \
	tests/README.md
