# files: deploy/**/*.*
EXTRA_DIST += \
	deploy/README.md
