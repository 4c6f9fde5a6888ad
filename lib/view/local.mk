noinst_LIBRARIES += %D%/libview.a

# files: lib/view/*.c lib/view/*.h lib/view/*.def
%C%_libview_a_SOURCES = \
	lib/view/inside.h \
	lib/view/macros.c \
	lib/view/piece.c \
	lib/view/view.c \
	lib/view/view.h
