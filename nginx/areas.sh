#!/bin/sh
# areas.sh OUT_DIR RUN_DIR PROGRAM.fcgi...: make nginx's upstreams.conf and
# locations.conf in OUT_DIR from the programs' own route tables (--routes).
#
# An address without {parameters} becomes an exact location; one with them a
# regular expression of the whole path, literal segments before parameters.  What
# no table knows goes to the site program, which has the page for it.
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
awk -v small='client_max_body_size 64k; client_body_timeout 3s;' '
    { path = $1; area = $2; route = $1; gsub(/~/, "*", route); limit = " " small }
    # Files only of whom the program knows: it is asked before nginx takes the body.  Who only reads sends none,
    # though HTTP/2 lets a GET have a body.
    $3 {
        limit = " set $area " area "; if ($request_method ~ ^(GET|HEAD)$) { rewrite ^ /_read/" area " last; } auth_request /_may_send;"
        read[area] = 1
    }
    path ~ /[^A-Za-z0-9\/_.~-]/ { print "areas.sh: odd path " path >"/dev/stderr"; exit 1 }
    path == "/metrics" { limit = limit " allow 127.0.0.0/8; allow ::1; deny all;" }
    path !~ /~/ { match_ = "= " path }
    path ~ /~/ { gsub(/\./, "\\.", path); gsub(/~/, "[^/]+", path); match_ = "~ ^" path "$" }
    { printf "location %s { set $route %s;%s fastcgi_pass %s_$way; }\n", match_, route, limit, area }
    area == "site" { site = 1 }
    END {
        for (area in read)
            printf "location = /_read/%s { internal; %s fastcgi_pass %s_$way; }\n", area, small, area
        print site ? "location / { " small " fastcgi_pass site_$way; }" : "location / { return 404; }"
    }
' "$new/paths" >"$new/locations.conf"

mkdir -p "$out"
for f in upstreams.conf locations.conf; do
    cmp -s "$new/$f" "$out/$f" || cp "$new/$f" "$out/$f"
done
