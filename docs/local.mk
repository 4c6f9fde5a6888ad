# files: docs/**/*.*
EXTRA_DIST +=
