sbin_PROGRAMS += %D%/paqueteria-serve
%C%_paqueteria_serve_SOURCES = %D%/serve.c %D%/serve_pool.c %D%/serve.h
%C%_paqueteria_serve_LDADD = $(BASE_LIBS)
