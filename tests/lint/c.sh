#!/usr/bin/env bash
# Our C as three more readers see it: cppcheck, clang-tidy (.clang-tidy) and gcc's
# analyzer, which also checks the arguments of "..." (variadic.h).  Each is shown a bad
# sample first.  Needs a configured build folder, for the flags.
# Long: a minute for the whole tree.
set -euo pipefail
cd "$(dirname "$0")/../.."
top=$PWD
build=${LINT_BUILD:-build}
[[ -f $build/Makefile ]] || { echo 'c.sh: first ./dev build' >&2; exit 2; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# The compiler's flags are those of the build; -o: never make the Makefile anew here.
# shellcheck disable=SC2016  # make expands them
flags=$(printf 'include Makefile\nlint-flags:\n\t$(info $(AM_CPPFLAGS) $(VIPS_CFLAGS) $(PANGO_CFLAGS))@:\n' |
    make -s -o Makefile -C "$build" -f - lint-flags)
eval "flags=(-std=c11 $flags)"

# Warnings of gcc's analyzer that are not so: file, warning, why.
known='
bin/serve_pool.c -Wanalyzer-malloc-leak the list of the area holds it
lib/view/view.c -Wanalyzer-malloc-leak the cache holds it
lib/base/arena.c -Wanalyzer-malloc-leak the list of its blocks holds it
cgi-bin/deliver/area.c -Wanalyzer-null-dereference no ids means n is 0 too
lib/app/serve.c -Wanalyzer-null-dereference the request is a variable of the loop
lib/domain/parcel/person_find.c -Wanalyzer-null-dereference db_all gives NULL only where n is 0
'

plain() { sed "s|$top/||g; s|^\(\./\)\?\.\./||"; }

run_cppcheck() {
    # Not ours, or not so:
    #   varFuncNullUB        NULL is a pointer on every system we build for
    #   assertWithSideEffect asserts stay on
    #   _Generic             it loses its way in a path of a member; the compilers check these
    #   uninitvar uninitStructMember ctuuninitvar legacyUninitvar knownConditionTrueFalse   it does not follow db_exec(&changed);
    #                        the compilers' and the analyzer's are better
    #   ctuPointerArith      it takes the size of one caller's buffer for all
    #   nullPointer          in tests/unit: the types of a field table are read off a struct that nobody has
    #   unreadVariable redundantAssignment                  it does not follow (int[]){ a, b }
    #   returnDanglingLifetime                              takes &f.rows[i] for a local
    #   variableScope        variables are declared first
    #   unusedStructMember   field tables reach them by offset
    #   unknownMacro         Criterion's Test()
    #   shadowFunction       -Wshadow is the compilers'; `list` of a handler `list` is no mistake
    cppcheck -q -j"$(nproc)" --std=c11 --enable=warning,performance,portability,style \
        --error-exitcode=1 -D_GNU_SOURCE -D'_Generic(...)=0u' -I lib -I . --template='{file}:{line}: {message} [{id}]' \
        --suppress={missingIncludeSystem,varFuncNullUB,assertWithSideEffect,uninitvar} \
        --suppress={uninitStructMember,ctuuninitvar,legacyUninitvar,knownConditionTrueFalse,unreadVariable,redundantAssignment} \
        --suppress={ctuPointerArith,returnDanglingLifetime,variableScope,unusedStructMember,unknownMacro,shadowFunction} \
        --suppress=oppositeExpression:lib/base/random.c --suppress=memleakOnRealloc:tests/bench/* --suppress=nullPointer:tests/unit/* \
        "$@" 2>&1
}

# A program for xargs: TOOL with all its words, then what is given.
program() {
    local file=$tmp/$1
    shift
    printf '#!/bin/sh\ncd %q || exit\n%s\n' "$top/$build" "$*" >"$file"
    chmod +x "$file"
}
program tidy "exec clang-tidy --quiet --config-file=$top/.clang-tidy \"\$@\" -- ${flags[*]@Q} 2>/dev/null"
program gcc "exec gcc ${flags[*]@Q} -include $top/tests/lint/variadic.h -O1 -fanalyzer \
    -fanalyzer-verbosity=0 -fdiagnostics-plain-output -S -o /dev/null \"\$@\" 2>&1"
# Files without variadic.h: they define the functions that it covers.
program gcc_plain "exec gcc ${flags[*]@Q} -O1 -fanalyzer -fanalyzer-verbosity=0 \
    -fdiagnostics-plain-output -S -o /dev/null \"\$@\" 2>&1"
program gcc_types "exec gcc ${flags[*]@Q} -include $top/tests/lint/variadic.h -fsyntax-only \
    -fdiagnostics-plain-output \"\$@\" 2>&1"

# over TOOL N FILE…: N files at a time, on every core.
over() {
    local tool=$1 n=$2
    shift 2
    (($#)) || return 0
    printf "$top/%s\n" "$@" | xargs -P"$(nproc)" -n"$n" "$tmp/$tool" | plain
}

run_gcc() {
    local f some=() plain_ones=()
    for f; do
        case $f in
        lib/base/log.c | lib/base/ctx.c | lib/metric/metric.c | lib/store/sqlite.c) plain_ones+=("$f") ;;
        *) some+=("$f") ;;
        esac
    done
    over gcc 1 "${some[@]}"
    over gcc_plain 1 "${plain_ones[@]}"
}

# bites NAME TEXT COMMAND…: the command says TEXT of a bad sample.
bites() {
    local name=$1 text=$2 said
    shift 2
    said=$("$@" || true)
    [[ $said == *"$text"* ]] || { printf 'c.sh: %s does not bite:\n%s\n' "$name" "$said" >&2; exit 2; }
}

cat >"$tmp/bad.c" <<'END'
#include <stdlib.h>
#include <string.h>
#include "store/db.h"
#include "base/log.h"
static const struct stmt s = STMT("bad", "i", "SELECT $1");
int bad(struct db *db, int n);
void twice(char *p);
void twice(char *p)
{
    free(p);
    free(p);
}

int bad(struct db *db, int n)
{
    int a[2] = { 0 };

    memset(a, sizeof a, 0);
    a[2] = n;
    log_info("bad", "n", n);
    return db_exec(db, NULL, &s, n) == OK;
}
END
rel=$(realpath --relative-to="$top" "$tmp/bad.c")
bites cppcheck arrayIndexOutOfBounds run_cppcheck "$rel"
bites clang-tidy bugprone-suspicious-memset-usage over tidy 1 "$rel"
bites 'the analyzer' -Wanalyzer-double-free over gcc_plain 1 "$rel"
bites 'the width of arguments' 'is not 8 bytes wide' over gcc_types 1 "$rel"
bites 'the words of log' 'is no text' over gcc_types 1 "$rel"

# A file has a stamp of its own from the last time that all was well with it.  It is read again
# when it, what it includes (make has then built its object anew) or a rule is newer.
touch "$tmp/now"
is_stale() {
    local stamp=$build/lint/$1.ok r o built=''
    for r in "$1" tests/lint/c.sh tests/lint/variadic.h .clang-tidy "$build/config.status"; do
        [[ $stamp -nt $r ]] || return 0
    done
    for o in "$build/${1%.c}".{o,lo}; do
        [[ ! -f $o ]] || built=1
        [[ ! $o -nt $stamp ]] || return 0
    done
    [[ -z $built ]]
}

# stale FOLDER…: the sources below that have to be read.
stale() {
    local f
    find "$@" -name '*.c' ! -name amalgamation.c | LC_ALL=C sort | while read -r f; do
        if is_stale "$f"; then printf '%s\n' "$f"; fi
    done
}

# well SAID FILE…: stamp the files of which nothing was said; none, where it was said of a header.
well() {
    local said=$1 f
    shift
    ! grep -qE '^[^:]+\.(h|def):' <<<"$said" || return 0
    for f; do
        [[ $'\n'$said != *$'\n'"$f:"* ]] || continue
        mkdir -p "$build/lint/${f%/*}"
        touch -r "$tmp/now" "$build/lint/$f.ok"
    done
}
mapfile -t files < <(stale lib bin cgi-bin cron)
mapfile -t tests < <(stale tests/unit)
bad=0

mkdir -p "$build/lint/cppcheck"          # it knows itself what it has read
run_cppcheck --cppcheck-build-dir="$build/lint/cppcheck" lib bin cron cgi-bin tests || bad=1

tidy_said=$(over tidy 6 "${files[@]}" || true)
gcc_said=$({ run_gcc "${files[@]}"; over gcc_types 1 "${tests[@]}"; } | grep -E '(warning|error): ' || true)
while read -r file warning _; do
    [[ -z $file ]] || gcc_said=$(grep -v "^$file:.*\[$warning\]" <<<"$gcc_said" || true)
done <<<"$known"
for said in "$tidy_said" "$gcc_said"; do
    [[ -z $said ]] || { printf '%s\n' "$said"; bad=1; }
done
well "$tidy_said"$'\n'"$gcc_said" "${files[@]}" "${tests[@]}"

((bad == 0)) && echo "c.sh: ok, $((${#files[@]} + ${#tests[@]})) files that changed"
exit "$bad"
