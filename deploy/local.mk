# files: deploy/**/*.*
EXTRA_DIST +=
