#!/bin/sh
# areas.sh OUT_DIR RUN_DIR PROGRAM.fcgi...: make nginx's upstreams.conf and
# locations.conf in OUT_DIR from the programs' own route tables (--routes).
#
# An address without {parameters} becomes an exact location; one with them a
# regular expression of the whole path, literal segments before parameters, within
# the location of what stands before its first parameter: nginx finds that one by a
# tree, and tries only its few expressions.  What no table knows goes to the site
# program, which has the page for it.
set -eu

out=$1 run=$2
shift 2
export LC_ALL=C
new=$(mktemp -d)
trap 'rm -rf "$new"' EXIT

area_of() {
    area=${1##*/}
    area=${area%.fcgi}
}

for program; do
    area_of "$program"
    routes=$("$program" --routes) || { echo "areas.sh: $program --routes failed" >&2; exit 1; }
    printf 'area %s\n%s\n' "$area" "$routes"
done >"$new/routes"
# The paths of the JSON, with 1 where a body may hold files; "{x}" becomes "~", which sorts after every letter.
awk '
    /^area / { area = $2; next }
    {
        gsub(/\\\//, "/")
        while (match($0, /"path" *: *"[^"]*" *, *"takes_files" *: *[a-z]*/)) {
            path = substr($0, RSTART, RLENGTH)
            $0 = substr($0, RSTART + RLENGTH)
            files = path ~ /true$/
            sub(/"path" *: *"/, "", path)
            sub(/".*/, "", path)
            gsub(/\{[^}]*\}/, "~", path)
            takes[path " " area] += files
        }
    }
    END {
        for (key in takes)
            print key, (takes[key] > 0)
    }
' "$new/routes" | sort >"$new/paths"

twice=$(cut -d' ' -f1 "$new/paths" | uniq -d)
if [ -n "$twice" ]; then
    echo "areas.sh: more than one area answers: $twice" >&2
    exit 1
fi

for program; do
    area_of "$program"
    printf 'upstream %s_kept { server unix:%s/%s.sock; keepalive 64; }\n' "$area" "$run" "$area"
    printf 'upstream %s_once { server unix:%s/%s.sock; }\n' "$area" "$run" "$area"
done >"$new/upstreams.conf"

# A body without files has at most 64 KB (lib/http/request.h) and comes with its request: it may not pause long.
small='client_max_body_size 64k; client_body_timeout 3s;'
# shellcheck disable=SC2016  # nginx's variable
case " $* " in
    *site.fcgi\ *) unknown="set \$area site; $small "'fastcgi_pass site_$way;' ;;
    *) unknown='return 404;' ;;
esac
awk -v small="$small" -v unknown="$unknown" '
    { path = $1; area = $2; route = $1; gsub(/~/, "*", route); limit = " set $area " area "; " small }
    # Files only of whom the program knows: it is asked before nginx takes the body.  Who only reads sends none,
    # though HTTP/2 lets a GET have a body.
    $3 {
        limit = " set $area " area "; set $takes_files 1; if ($request_method ~ ^(GET|HEAD)$) { rewrite ^ /_read/" area " last; } auth_request /_may_send;"
        read[area] = 1
    }
    path ~ /[^A-Za-z0-9\/_.~-]/ { print "areas.sh: odd path " path >"/dev/stderr"; exit 1 }
    path == "/metrics" { limit = limit " allow 127.0.0.0/8; allow ::1; deny all;" }
    function group_end() {
        if (group != "")
            printf "    location ~ . { %s }\n}\n", unknown
        group = ""
    }
    # Addresses with one text before their first parameter follow each other.
    path !~ /~/ { group_end(); match_ = "= " path }
    path ~ /~/ {
        before = path
        sub(/~.*/, "", before)
        if (before != group) {
            group_end()
            group = before
            print "location ^~ " group " {"
        }
        gsub(/\./, "\\.", path)
        gsub(/~/, "[^/]+", path)
        match_ = "~ ^" path "$"
    }
    { printf "%slocation %s { set $route %s;%s fastcgi_pass %s_$way; }\n", group == "" ? "" : "    ", match_, route, limit, area }
    END {
        group_end()
        for (area in read)
            printf "location = /_read/%s { internal; %s fastcgi_pass %s_$way; }\n", area, small, area
        print "location / { " unknown " }"
    }
' "$new/paths" >"$new/locations.conf"

mkdir -p "$out"
for f in upstreams.conf locations.conf; do
    cmp -s "$new/$f" "$out/$f" || cp "$new/$f" "$out/$f"
done
