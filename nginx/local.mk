# files: nginx/*.in nginx/errors/*
nobase_dist_pkgdata_DATA = \
	nginx/errors/fault.html \
	nginx/errors/fault.json \
	nginx/nginx.conf.in

dist_pkglibexec_SCRIPTS = %D%/areas.sh

# The map of all areas, from the programs' own tables, made here once; whoever installs it puts the
# folder of the sockets in the place of "@RUN".
noinst_DATA = %D%/areas.stamp
%D%/areas.stamp: $(srcdir)/%D%/areas.sh $(area_programs)
	$(AM_V_GEN)$(srcdir)/%D%/areas.sh %D% '@''RUN@' $(area_programs) && touch $@
CLEANFILES += %D%/areas.stamp %D%/upstreams.conf %D%/locations.conf
