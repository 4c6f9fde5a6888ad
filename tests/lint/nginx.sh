#!/usr/bin/env bash
# The configuration of nginx that is made from the built programs' own tables is one
# that nginx takes, holds every route, and what areas.sh must refuse it refuses.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${LINT_BUILD:-build}
programs=("$build"/cgi-bin/*.fcgi)
[[ -x ${programs[0]} ]] || { echo 'nginx.sh: first ./dev build' >&2; exit 2; }
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
bad=0
wrong() { printf 'nginx.sh: %s\n' "$*" >&2; bad=1; }

nginx/areas.sh "$tmp" "$tmp" "${programs[@]}"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
    -keyout "$tmp/key" -out "$tmp/crt" 2>/dev/null
mkdir "$tmp/nginx"
user=''
((EUID)) || user='user root;'
sed -e "s|@USER@|$user|; s|@CERT@|$tmp/crt|; s|@KEY@|$tmp/key|; s|@HTDOCS@|$PWD/htdocs|" \
    -e "s|@FAULTS@|$PWD/nginx/errors|; s|@HTTP@|127.0.0.1:8080|; s|@HTTPS@|127.0.0.1:8443|" \
    -e 's|@NAMES@|localhost|; s|@UPLOAD_MB@|80|; s|@EXEMPT@|::1/128|; s|@HSTS@|max-age=31536000|' \
    -e "s|@RUN@|$tmp|; s|@LOG@|$tmp|; s|@CONF@|$tmp|; s|@FILES@|$tmp|" nginx/nginx.conf.in >"$tmp/nginx.conf"

# A placeholder that is not known here is not filled in by ./dev up either.
if left=$(grep -v '^#' "$tmp/nginx.conf" | grep -oE '@[A-Z_]+@' | sort -u); then
    wrong "nobody fills in $left"
fi
while read -r name; do
    grep -q "$name" tools/dev/configure.sh || wrong "./dev does not fill in $name"
done < <(grep -v '^#' nginx/nginx.conf.in | grep -oE '@[A-Z_]+@' | sort -u)

# nginx takes the addresses only when it runs, so the test asks for no port.
accepts() { nginx -t -q -e "$tmp/error.log" -c "$1" >"$tmp/said" 2>&1; }
accepts "$tmp/nginx.conf" || wrong "nginx -t: $(cat "$tmp/said")"
sed 's|sendfile on;|sendfile maybe;|' "$tmp/nginx.conf" >"$tmp/bad.conf"
if accepts "$tmp/bad.conf"; then wrong 'nginx -t does not bite'; fi

# The places of nginx.conf.in: a route of a program has one, and each has a program.
declare -A area_at
place_line='^location ([^{]*) \{.* fastcgi_pass (.*)_[$]way; \}$'
while read -r line; do
    [[ $line =~ $place_line ]] || continue
    area_at[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
done <"$tmp/locations.conf"
upstreams=$(<"$tmp/upstreams.conf")
for program in "${programs[@]}"; do
    area=$(basename "$program" .fcgi)
    [[ $upstreams == *"upstream ${area}_kept "* ]] || wrong "no upstream of $area"
    while read -r path; do
        place=${path//./\\.}
        while [[ $place =~ \{[^}]*\} ]]; do place=${place/"${BASH_REMATCH[0]}"/[^/]+}; done
        [[ $path == *'{'* ]] && place="~ ^$place\$" || place="= $path"
        [[ ${area_at[$place]:-} == "$area" ]] || wrong "no location of $area $path"
    done < <("$program" --routes | sed 's|\\/|/|g' | grep -o '"path" *: *"[^"]*"' | sed 's/.*: *"//; s/"$//')
done
for f in upstreams.conf locations.conf; do
    cmp -s <(sed "s|@RUN@|$tmp|" "$build/nginx/$f") "$tmp/$f" || wrong "$build/nginx/$f is not what the programs say"
done

# A body has 64 KB, unless its route takes files: then its sender is asked for first.
# shellcheck disable=SC2016  # nginx's variables
while read -r line; do
    [[ $line != '}' && $line != 'location ^~ '*' {' ]] || continue     # around locations of one beginning
    [[ $line == *'client_max_body_size 64k;'* || $line == *'auth_request /_may_send;'* ]] || wrong "any body is taken: $line"
done <"$tmp/locations.conf"
(($(grep -c 'auth_request' "$tmp/locations.conf") >= 5)) || wrong 'nothing takes files'

# security.md 49, 52: headers of strangers, variables without a cache, rewrites.
conf_bad() { grep -v '^ *#' "$1" | grep -nE "$2"; }
rule() {
    local sample=$1 re=$2 why=$3
    printf '%s\n' "$sample" >"$tmp/sample"
    conf_bad "$tmp/sample" "$re" >/dev/null || wrong "a rule does not bite: $why"
    if conf_bad "$tmp/nginx.conf" "$re"; then wrong "$why"; fi
}
# shellcheck disable=SC2016  # nginx's variables
{
    rule 'fastcgi_param X $tcpinfo_rtt;' 'fastcgi_param.*\$(tcpinfo_|msec|connection_time)' 'a variable without a cache in fastcgi_param'
    rule 'rewrite ^/a/(.*)$ /b/$1;' '(^|[;{]) *rewrite ' 'a rewrite'
    rule 'underscores_in_headers on;' 'underscores_in_headers +on' 'headers with underscores'
    rule 'set_real_ip_from 10.0.0.0/8;' 'set_real_ip_from|real_ip_header' 'the address of a client comes from its header'
    rule 'autoindex on;' 'autoindex +on' 'a listing of a folder'
    rule 'ssl_protocols TLSv1.1;' 'ssl_protocols.*(SSLv|TLSv1[; ]|TLSv1\.1)' 'an old TLS'
    rule 'fastcgi_pass 127.0.0.1:9000;' 'fastcgi_pass +[0-9a-z.]*:[0-9]' 'FastCGI by TCP'
}
for must in 'server_tokens off;' 'fastcgi_param HTTP_PROXY "";' 'fastcgi_request_buffering on;' 'return 444;'; do
    grep -qF "$must" "$tmp/nginx.conf" || wrong "missing: $must"
done

# areas.sh refuses two programs of one address, an odd one, and a program that fails.
fake() { printf '#!/bin/sh\necho %q\nexit %d\n' "$2" "${3:-0}" >"$tmp/$1.fcgi"; chmod +x "$tmp/$1.fcgi"; }
fake one '[{"path":"/a","takes_files":false}]'
fake two '[{"path":"/a","takes_files":false}]'
fake odd '[{"path":"/a;b","takes_files":false}]'
fake dead '[]' 1
for set in 'one two' odd dead; do
    list=()
    for name in $set; do list+=("$tmp/$name.fcgi"); done
    if nginx/areas.sh "$tmp/out" "$tmp" "${list[@]}" 2>/dev/null; then wrong "areas.sh takes: $set"; fi
done

((bad == 0)) && echo "nginx.sh: ok, ${#programs[@]} programs, $(grep -cE '^ *location' "$tmp/locations.conf") locations"
exit "$bad"
