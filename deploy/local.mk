# files: deploy/**/*.*
EXTRA_DIST += \
	deploy/README.md
dist_pkgdata_DATA += %D%/logrotate
