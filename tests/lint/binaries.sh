#!/usr/bin/env bash
# The built programs: each hardening of security.md is in each of them, and each links
# only what its layer may.  A bad sample of every kind is refused first.
#
# Debian's start files carry no note for CET, so no program of Debian has one; that
# -fcf-protection is on is read from our own objects.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${LINT_BUILD:-build}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# hardening FILE: what is missing, one a line.
hardening() {
    local all
    all=$(LC_ALL=C readelf -Whldn --dyn-syms "$1")
    [[ $all == *'Type: '*'DYN (Position-Independent Executable'* && $all == *' PIE'* ]] || echo 'not PIE'
    [[ $all == *GNU_RELRO* ]] || echo 'no RELRO'
    [[ $all == *'BIND_NOW'* ]] || echo 'no BIND_NOW'
    grep -qE 'GNU_STACK .* RW +0x' <<<"$all" || echo 'the stack can be run'
    ! grep -qE ' LOAD .* RWE' <<<"$all" || echo 'a segment is written and run'
    [[ $(grep -E '^ +LOAD' <<<"$all" | head -n 1) != *' E '* ]] || echo 'headers and code share a segment'
    [[ $all == *__stack_chk_fail* ]] || echo 'no stack protector'
    grep -qE ' __(mem|str|f?printf|v?s?n?printf|v?fprintf|read|snprintf|poll|fgets|realpath)[a-z]*_chk' <<<"$all" || echo 'not fortified'
    [[ $all != *RPATH* && $all != *RUNPATH* ]] || echo 'RPATH'
    [[ $all != *TEXTREL* ]] || echo 'TEXTREL'
}

sample() {
    printf '#include <stdio.h>\n#include <string.h>\nint main(int c, char **v)\n{\n    char b[64];\n    %s\n    puts(b);\n    return c;\n}\n' \
        'strcpy(b, v[0]); memcpy(b + 1, v[0], (size_t)c);' >"$tmp/sample.c"
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
cp "$build/bin/paqueteria-job" "$tmp/job" 2>/dev/null || { echo 'binaries.sh: first ./dev build' >&2; exit 2; }
(may_not "$tmp/job" 'vips' 2>/dev/null; ((bad == 1))) || { echo 'binaries.sh: may_not does not bite' >&2; exit 2; }

# What make made, not what is left of an older tree.
mapfile -t programs < <(printf 'include Makefile\nlint-programs:\n\t%s@:\n' \
    "\$(info \$(bin_PROGRAMS) \$(sbin_PROGRAMS) \$(pkglibexec_PROGRAMS))" |
    make -s -o Makefile -C "$build" -f - lint-programs | tr ' ' '\n' | grep .)
((${#programs[@]} > 10)) || { echo 'binaries.sh: found no programs' >&2; exit 2; }

for p in "${programs[@]}"; do
    f=$build/$p
    [[ -x $f ]] || { wrong "$f is not built: first ./dev build"; continue; }
    while read -r what; do [[ -z $what ]] || wrong "$f: $what"; done < <(hardening "$f")
    case $p in
    *.fcgi) may_not "$f" 'curl|vips|webp|cairo|pango|pq|glib|gobject|magic|xlsxwriter' ;;
    bin/paqueteria-serve) may_not "$f" 'curl|vips|cairo|pq|glib|fcgi|hiredis|sodium|zint|json' ;;
    cron/paqueteria-tick) may_not "$f" 'curl|vips|cairo|pq|glib|fcgi|hiredis|zint' ;;
    bin/paqueteria-job) may_not "$f" 'fcgi' ;;
    *) may_not "$f" 'vips|cairo|pango|glib|gobject|fcgi' ;;
    esac
done

for a in "$build"/lib/*/lib*.a "$build"/cgi-bin/libmain.a "$build"/cron/libcron.a; do
    all=$(LC_ALL=C readelf -Wn "$a")
    members=$(ar t "$a" | wc -l)
    (($(grep -cE 'IBT, SHSTK|SHSTK, IBT' <<<"$all" || true) == members)) || wrong "$a: built without -fcf-protection"
done

((bad == 0)) && echo "binaries.sh: ok, ${#programs[@]} programs"
exit "$bad"
