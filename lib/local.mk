# The one library that all programs share, so that a page of it is in memory once.  It
# holds what every program may load; what needs libcurl, libvips, cairo or zint stays in
# archives (send, jobs, print, code), which only the programs that call them link.  Its
# name has the version: a program never meets the library of another release.
LIBRARY = lib/libpaqueteria-$(VERSION).so
LIBRARY_PARTS = lib/app/libapp.a lib/view/libview.a lib/http/libhttp.a lib/domain/libdomain.a \
	lib/storage/libstorage.a lib/queue/libqueue.a lib/store/libstore.a lib/crypto/libcrypto.a \
	lib/metric/libmetric.a lib/json/libjson.a lib/local/liblocal.a lib/base/libbase.a
librarydir = $(pkglibdir)
library_DATA = $(LIBRARY)
CLEANFILES += $(LIBRARY)

# The library has another name until it is whole, since programs may be running with the old one.
$(LIBRARY): $(LIBRARY_PARTS) $(OWN_SQLITE_LIB)
	$(AM_V_CCLD)$(CC) -shared $(AM_CFLAGS) $(CFLAGS) $(HARDEN_LDFLAGS) $(LIBRARY_LDFLAGS) $(LDFLAGS) \
	  -Wl,-soname,$(@F) -o $@.new -Wl,--whole-archive $(LIBRARY_PARTS) -Wl,--no-whole-archive \
	  $(OWN_SQLITE_LIB) $(FCGI_LIBS) $(CLEARSILVER_LIBS) $(HIREDIS_LIBS) $(SODIUM_LIBS) \
	  $(SQLITE_LIBS) $(JSONC_LIBS) $(UTF8PROC_LIBS)
	$(AM_V_at)mv -f $@.new $@

# Installed, a program looks for the library in the package's own folder and nowhere
# else: each is linked once more for it, under a suffix of its own.
installed_programs = $(bin_PROGRAMS) $(sbin_PROGRAMS) $(pkglibexec_PROGRAMS)
.PHONY: programs-as-installed
programs-as-installed: $(installed_programs)
install-exec-hook:
	@$(MAKE) $(AM_MAKEFLAGS) EXEEXT=.installed RUN_PATH=$(pkglibdir) programs-as-installed
	@for p in $(bin_PROGRAMS); do \
	  $(INSTALL_PROGRAM) $$p.installed "$(DESTDIR)$(bindir)/$${p##*/}" || exit; done
	@for p in $(sbin_PROGRAMS); do \
	  $(INSTALL_PROGRAM) $$p.installed "$(DESTDIR)$(sbindir)/$${p##*/}" || exit; done
	@for p in $(pkglibexec_PROGRAMS); do \
	  $(INSTALL_PROGRAM) $$p.installed "$(DESTDIR)$(pkglibexecdir)/$${p##*/}" || exit; done
mostlyclean-local:
	-rm -f $(installed_programs:=.installed)
