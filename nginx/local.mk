# files: nginx/*.in nginx/errors/*
nobase_dist_pkgdata_DATA = \
	nginx/errors/413.html \
	nginx/errors/413.json \
	nginx/errors/429.html \
	nginx/errors/429.json \
	nginx/errors/503.html \
	nginx/errors/503.json \
	nginx/nginx.conf.in

dist_pkglibexec_SCRIPTS = %D%/areas.sh
