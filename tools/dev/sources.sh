# shellcheck shell=bash
# The lists of files in every local.mk.  Each follows a line that says which files it holds:
#
#   # files: GLOB… [having RE | without RE] [as .SUFFIX]
#
# ("as ." takes the suffix away, for programs).  tests/lint/sources.sh refuses a list that is
# not up to date.

# The files that such a line names.
list_files() {
    local globs=() having='' without='' suffix='' f files=()
    while (($#)); do
        case $1 in
        having) having=$2; shift ;;
        without) without=$2; shift ;;
        as) suffix=$2; shift ;;
        *) globs+=("$1") ;;
        esac
        shift
    done
    # shellcheck disable=SC2048,SC2086  # the globs are to be expanded
    for f in ${globs[*]}; do
        [[ ! -f $f || $f == */local.mk ]] || files+=("$f")
    done
    ((${#files[@]})) || return 0
    if [[ -n $having ]]; then
        mapfile -t files < <(grep -lE "$having" "${files[@]}")
    elif [[ -n $without ]]; then
        mapfile -t files < <(grep -LE "$without" "${files[@]}")
    fi
    ((${#files[@]})) || return 0
    printf '%s\n' "${files[@]}" | LC_ALL=C sort -u | if [[ -z $suffix ]]; then
        cat
    else
        sed "s/\.[^./]*\$/$suffix/; s/\.\$//"
    fi
}

# Print a local.mk with each of its lists brought up to date.
update_lists() {
    local line rule='' skipping='' args files
    while IFS= read -r line; do
        # Skipped is every line of the old list, and what a merge has left behind its end.
        [[ -z $skipping || $line != $'\t'* ]] || continue
        skipping=''
        if [[ -n $rule ]]; then
            read -ra args <<<"$rule"
            mapfile -t files < <(list_files "${args[@]}")
            skipping=1
            line=${line%%=*}=
            ((${#files[@]})) && line+=$(printf ' \\\n\t%s' "${files[@]}")
            rule=''
        elif [[ $line == '# files: '* ]]; then
            rule=${line#'# files: '}
        fi
        printf '%s\n' "$line"
    done <"$1"
}

# update_all FUNCTION: call it with each local.mk whose lists are not up to date, and its new text.
update_all() {
    local mk new
    for mk in **/local.mk; do
        [[ $mk != node_modules/* && $mk != build*/* && $mk != var/* && $mk != paqueteria-*/* ]] || continue
        new=$(update_lists "$mk")
        [[ $new == "$(<"$mk")" ]] || "$1" "$mk" "$new"
    done
}

sources_write() {
    printf '%s\n' "$2" >"$1"
    say "$1 updated"
}

sources_differ() {
    printf '%s is not up to date: ./dev sources\n' "$1"
    diff -u --label "$1" --label "$1" "$1" - <<<"$2" | sed -n '3,$p'
}

# Bring all lists up to date, or say which are not.   [--check]
cmd_sources() {
    local said
    if [[ ${1:-} != --check ]]; then
        update_all sources_write
    else
        said=$(update_all sources_differ || true)
        [[ -z $said ]] || { printf '%s\n' "$said" >&2; return 1; }
    fi
}
