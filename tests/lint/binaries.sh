#!/usr/bin/env bash
# The built programs and their library: each hardening of security.md is in each of them,
# each links only what its layer may, and of the library only our own names can be seen.
# A bad sample of every kind is refused first.
#
# Debian's start files carry no note for CET, so no program of Debian has one; that
# -fcf-protection is on is read from our own objects.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${LINT_BUILD:-build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

text_size() { echo $((16#$(LC_ALL=C readelf -WS "$1" | sed -n 's/.* \.text  *PROGBITS  *[0-9a-f]* [0-9a-f]* \([0-9a-f]*\) .*/\1/p'))); }

# hardening FILE [RUNPATH]: what is missing, one a line.
hardening() {
    local all
    all=$(LC_ALL=C readelf -Whldn --dyn-syms "$1")
    [[ $1 == *.so || $all == *'Type: '*'DYN (Position-Independent Executable'* && $all == *' PIE'* ]] || echo 'not PIE'
    [[ $all == *GNU_RELRO* ]] || echo 'no RELRO'
    [[ $all == *'BIND_NOW'* ]] || echo 'no BIND_NOW'
    grep -qE 'GNU_STACK .* RW +0x' <<<"$all" || echo 'the stack can be run'
    ! grep -qE ' LOAD .* RWE' <<<"$all" || echo 'a segment is written and run'
    [[ $(awk '/^ +LOAD/ && !n++' <<<"$all") != *' E '* ]] || echo 'headers and code share a segment'
    # An area of a few lines that only calls the library has no array to watch over.
    [[ $all == *__stack_chk_fail* ]] || (($(text_size "$1") < 4096)) || echo 'no stack protector'
    ! grep -qE ' UND v?[fd]?printf@' <<<"$all" || echo 'not fortified'
    [[ $(sed -n 's/.*(R[A-Z]*PATH).*\[\(.*\)\]/\1/p' <<<"$all") == "${2-}" ]] || echo 'RPATH'
    [[ $all != *TEXTREL* ]] || echo 'TEXTREL'
}

sample() {
    cat >"$tmp/sample.c" <<'END'
#include <stdio.h>
#include <string.h>
__asm__(".text\n.skip 8192");
int main(int c, char **v)
{
    char b[64];
    strcpy(b, v[0]);
    printf("%s %d\n", b, c);
    return c;
}
END
    gcc -w -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE -pie -Wl,-z,relro,-z,now,-z,separate-code \
        "$@" -o "$tmp/sample" "$tmp/sample.c"
    hardening "$tmp/sample"
}
bites() {
    local why=$1 said
    shift
    said=$(sample "$@")
    [[ $said == *"$why"* ]] || { echo "binaries.sh: does not say \"$why\" but \"$said\"" >&2; exit 2; }
}
said=$(sample)
[[ -z $said ]] || { echo "binaries.sh: of a good program: $said" >&2; exit 2; }
bites 'not PIE' -no-pie -fno-pie
bites 'no RELRO' -Wl,-z,norelro
bites 'no BIND_NOW' -Wl,-z,lazy
bites 'the stack can be run' -Wl,-z,execstack
bites 'headers and code share' -Wl,-z,noseparate-code
bites 'no stack protector' -fno-stack-protector
bites 'not fortified' -U_FORTIFY_SOURCE
bites RPATH -Wl,-rpath,/tmp

bad=0
wrong() { printf '%s\n' "$*" >&2; bad=1; }

# may_not PROGRAM RE: a library that it must not load, however it got in.
may_not() {
    local got
    if got=$(ldd "$1" | grep -oE "^[[:space:]]*lib($2)[^ ]*" | tr -d '[:space:]'); then
        wrong "$1 links $got"
    fi
}
cp "$build/bin/paqueteria-picture" "$tmp/picture" 2>/dev/null || { echo 'binaries.sh: first ./dev build' >&2; exit 2; }
(may_not "$tmp/picture" 'vips' 2>/dev/null; ((bad == 1))) || { echo 'binaries.sh: may_not does not bite' >&2; exit 2; }

# The programs are those that make made, not what is left of an older tree.
mapfile -t programs < <(printf 'include Makefile\nlint-programs:\n\t%s@:\n' \
    "\$(info \$(bin_PROGRAMS) \$(sbin_PROGRAMS) \$(pkglibexec_PROGRAMS))" |
    make -s -o Makefile -C "$build" -f - lint-programs | tr ' ' '\n' | grep .)
((${#programs[@]} > 10)) || { echo 'binaries.sh: found no programs' >&2; exit 2; }

for p in "${programs[@]}"; do
    f=$build/$p
    [[ -x $f ]] || { wrong "$f is not built: first ./dev build"; continue; }
    # shellcheck disable=SC2016  # the loader reads it
    while read -r what; do [[ -z $what ]] || wrong "$f: $what"; done < <(hardening "$f" '$ORIGIN/../lib')
    case $p in
    *.fcgi) may_not "$f" 'curl|vips|webp|cairo|pango|pq|glib|gobject|magic|xlsxwriter' ;;
    bin/paqueteria-serve) may_not "$f" 'paqueteria|curl|vips|cairo|pq|glib|fcgi|hiredis|sodium|zint|json' ;;
    cron/paqueteria-tick) may_not "$f" 'curl|vips|cairo|pq|glib|zint' ;;
    bin/paqueteria-job) may_not "$f" 'vips' ;;
    bin/paqueteria-picture | bin/paqueteria-sheet) may_not "$f" 'paqueteria|sqlite|hiredis|fcgi' ;;
    *) may_not "$f" 'vips|cairo|pango|glib|gobject' ;;
    esac
done

library=("$build"/lib/libpaqueteria-*.so)
[[ ${#library[@]} == 1 && -f ${library[0]} ]] || { echo "binaries.sh: not one library but ${library[*]}" >&2; exit 2; }
while read -r what; do [[ -z $what ]] || wrong "${library[0]}: $what"; done < <(hardening "${library[0]}")
needed=$(LC_ALL=C readelf -Wd "${library[0]}" | sed -n 's/.*(NEEDED).*\[lib\([a-z0-9-]*\)\..*/\1/p' | sort | xargs)
[[ $needed == 'c fcgi hiredis json-c m sodium utf8proc' ]] || wrong "every program would load $needed"
seen=$(nm -D --defined-only "${library[0]}" | awk '{ print $3 }')
grep -qx db_write <<<"$seen" || wrong "${library[0]} does not show db_write"
if grep -E '^(sqlite3|cs|hdf|nerr|ne|cgi|string)_' <<<"$seen" >"$tmp/seen"; then
    wrong "${library[0]} shows what is not ours: $(xargs <"$tmp/seen")"
fi

for a in "$build"/lib/*/lib*.a "$build"/cgi-bin/libmain.a "$build"/cron/libcron.a; do
    all=$(LC_ALL=C readelf -Wn "$a")
    members=$(ar t "$a" | wc -l)
    (($(grep -cE 'IBT, SHSTK|SHSTK, IBT' <<<"$all" || true) == members)) || wrong "$a: built without -fcf-protection"
done

((bad == 0)) && echo "binaries.sh: ok, ${#programs[@]} programs"
exit "$bad"
