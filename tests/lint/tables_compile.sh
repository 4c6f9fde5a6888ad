#!/usr/bin/env bash
# Rows of tables whose member is of another type than the row says: the compiler refuses
# each.  The good file compiles; with any one of the bad rows it does not.
set -euo pipefail
cd "$(dirname "$0")/../.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# sample FIELD-ROW PARAM-ROW STATEMENT: a file with a row of each kind, and these.
sample() {
    cat <<END
#include "app/route.h"
struct part { int64_t id; };
struct parts { struct part *v; size_t n; };
struct other { int64_t id; };
struct others { struct other *v; size_t n; };
FIELD_TABLE(struct part, part_fields)
struct st {
    int64_t n; const int64_t *some; bool b; const char *s; int i; double d; size_t z; char letters[8];
    struct part part; const struct part *part_or_none; struct parts parts; const struct parts *parts_or_none;
    struct other other; const struct other *other_or_none; struct others others;
};
FIELD_TABLE(struct st, st_fields)
static const struct field rows[] = {
    FIELD(struct st, n, F_INT, ""), FIELD(struct st, some, F_INT, ""), FIELD(struct st, n, F_ID, ""),
    FIELD(struct st, n, F_BOOL, ""), FIELD(struct st, b, F_BOOL, ""), FIELD(struct st, n, F_MONEY, ""),
    FIELD(struct st, n, F_INSTANT, ""), FIELD(struct st, s, F_TEXT, ""), FIELD(struct st, s, F_PHONE, ""),
    FIELD_SECRET(struct st, s, F_TEXT, ""), FIELD_AS(struct st, part.id, "part_id", F_ID, ""),
    FIELD_OBJECT(struct st, part, part_fields, ""), FIELD_OBJECT(struct st, part_or_none, part_fields, ""),
    FIELD_LIST(struct st, parts, part_fields, ""), FIELD_LIST_MAYBE(struct st, parts_or_none, part_fields, ""),
    FIELD_PART(struct st, part, part_fields),
    $1
};
const struct fields st_fields = FIELDS(rows);
struct in {
    int64_t n; const int64_t *some; bool b; const bool *maybe; const char *s; int i; char letters[8];
    struct ids ids; struct uploads files; struct param_rows list; struct part part;
};
static const struct word choices[] = { WORD("A"), WORDS_END };
static const struct params none = { NULL, 0, 0 };
static const struct param params_rows[] = {
    PARAM(struct in, s, P_TEXT, 0, 0, 9, ""), PARAM(struct in, s, P_LONG, 0, 0, 9, ""),
    PARAM(struct in, s, P_LINES, 0, 0, 9, ""), PARAM(struct in, s, P_RAW, 0, 0, 9, ""),
    PARAM(struct in, n, P_INT, 0, 0, 9, ""), PARAM(struct in, some, P_INT, PARAM_MAYBE, 0, 9, ""),
    PARAM(struct in, n, P_ID, 0, 0, 0, ""), PARAM(struct in, n, P_MONEY, PARAM_REQUIRED, 0, 9, ""),
    PARAM(struct in, some, P_MONEY, PARAM_MAYBE | PARAM_REQUIRED, 0, 9, ""), PARAM(struct in, n, P_DAY, 0, 0, 0, ""),
    PARAM(struct in, b, P_BOOL, PARAM_PAGE, 0, 0, ""), PARAM(struct in, maybe, P_BOOL, PARAM_MAYBE, 0, 0, ""),
    PARAM_ENUM(struct in, s, 0, choices, ""), PARAM(struct in, ids, P_IDS, 0, 0, 9, ""),
    PARAM(struct in, files, P_FILES, 0, 0, 9, ""), PARAM_ROWS(struct in, list, 0, 9, &none, ""),
    PARAM_AS(struct in, part.id, "part", P_ID, 0, 0, 0, ""),
    $2
};
extern const struct params in_params;
const struct params in_params = PARAMS(struct in, params_rows);
enum err say(struct req *r, const struct st *st, const struct parts *list, const struct other *other,
             const struct others *others);
enum err say(struct req *r, const struct st *st, const struct parts *list, const struct other *other,
             const struct others *others)
{
    enum err e = req_list(r, part_fields, *list, 0);

    (void)other;
    (void)others;
    $3
    return e != OK ? e : req_one(r, st_fields, st);
}
END
}

compiles() {
    sample "$1" "$2" "$3" >"$tmp/sample.c"
    "${CC_LINT:-gcc}" -std=c11 -fsyntax-only -Wall -Wextra -Werror -Ilib "$tmp/sample.c" 2>"$tmp/said"
}

failed=0
if ! compiles '' '' ''; then
    cat "$tmp/said" >&2
    echo 'tables_compile.sh: the good file does not compile' >&2
    exit 1
fi

refused() {
    ! compiles "$1" "$2" "$3" && return
    echo "tables_compile.sh: it compiles: $1$2$3" >&2
    failed=1
}

while read -r row; do
    refused "$row" '' ''
done <<'END'
FIELD(struct st, i, F_INT, ""),
FIELD(struct st, d, F_INT, ""),
FIELD(struct st, z, F_INT, ""),
FIELD(struct st, s, F_INT, ""),
FIELD(struct st, b, F_INT, ""),
FIELD(struct st, some, F_ID, ""),
FIELD(struct st, s, F_ID, ""),
FIELD(struct st, i, F_BOOL, ""),
FIELD(struct st, s, F_MONEY, ""),
FIELD(struct st, i, F_INSTANT, ""),
FIELD(struct st, n, F_TEXT, ""),
FIELD(struct st, letters, F_INT, ""),
FIELD(struct st, letters, F_TEXT, ""),
FIELD(struct st, n, F_PHONE, ""),
FIELD(struct st, absent, F_INT, ""),
FIELD_SECRET(struct st, n, F_TEXT, ""),
FIELD_AS(struct st, part, "part_id", F_ID, ""),
FIELD_OBJECT(struct st, other, part_fields, ""),
FIELD_OBJECT(struct st, other_or_none, part_fields, ""),
FIELD_OBJECT(struct st, parts, part_fields, ""),
FIELD_LIST(struct st, others, part_fields, ""),
FIELD_LIST(struct st, part, part_fields, ""),
FIELD_LIST(struct st, parts_or_none, part_fields, ""),
FIELD_LIST_MAYBE(struct st, parts, part_fields, ""),
FIELD_PART(struct st, other, part_fields),
END

while read -r row; do
    refused '' "$row" ''
done <<'END'
PARAM(struct in, n, P_TEXT, 0, 0, 9, ""),
PARAM(struct in, n, P_LONG, 0, 0, 9, ""),
PARAM(struct in, n, P_LINES, 0, 0, 9, ""),
PARAM(struct in, n, P_RAW, 0, 0, 9, ""),
PARAM(struct in, i, P_INT, 0, 0, 9, ""),
PARAM(struct in, letters, P_INT, 0, 0, 9, ""),
PARAM(struct in, letters, P_TEXT, 0, 0, 9, ""),
PARAM(struct in, some, P_INT, 0, 0, 9, ""),
PARAM(struct in, n, P_INT, PARAM_MAYBE, 0, 9, ""),
PARAM(struct in, s, P_ID, 0, 0, 0, ""),
PARAM(struct in, i, P_ID, 0, 0, 0, ""),
PARAM(struct in, b, P_MONEY, 0, 0, 9, ""),
PARAM(struct in, some, P_MONEY, PARAM_REQUIRED, 0, 9, ""),
PARAM(struct in, s, P_DAY, 0, 0, 0, ""),
PARAM(struct in, n, P_BOOL, 0, 0, 0, ""),
PARAM(struct in, maybe, P_BOOL, 0, 0, 0, ""),
PARAM(struct in, b, P_BOOL, PARAM_MAYBE, 0, 0, ""),
PARAM_ENUM(struct in, n, 0, choices, ""),
PARAM(struct in, n, P_IDS, 0, 0, 9, ""),
PARAM(struct in, list, P_IDS, 0, 0, 9, ""),
PARAM(struct in, ids, P_FILES, 0, 0, 9, ""),
PARAM_ROWS(struct in, ids, 0, 9, &none, ""),
PARAM_AS(struct in, part, "part", P_ID, 0, 0, 0, ""),
END

while read -r statement; do
    refused '' '' "$statement"
done <<'END'
e = req_one(r, st_fields, other);
e = req_one(r, part_fields, st);
e = req_list(r, part_fields, *others, 0);
e = req_list(r, st_fields, *list, 0);
END
exit "$failed"
