#!/usr/bin/env bash
# make installcheck: what was installed lies where the programs look for it by default.
# installed.sh SOURCE DESTDIR BINDIR SBINDIR PKGDATADIR PKGLIBDIR
set -euo pipefail
source=$1 root=$2 bindir=$2$3 sbindir=$2$4 data=$2$5 libdir=$6
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
bad=0
wrong() { printf 'installed: %s\n' "$*" >&2; bad=1; }

# Below a DESTDIR the library is not yet where the programs look for it.
[[ -z $root ]] || export LD_LIBRARY_PATH=$root$libdir

# A configuration that says nothing but where to write: all the rest is the default.
printf '%s\n' "database = $tmp/p.db" "run_dir = $tmp" "secrets_dir = $tmp/secrets" "files_dir = $tmp" \
    "spool_dir = $tmp" >"$tmp/conf"
"$bindir/paqueteria" --config "$tmp/conf" config >"$tmp/config"
place() { sed -n "s|^$1 = |$root|p" "$tmp/config"; }

for name in serve worker tick; do
    [[ -x $sbindir/paqueteria-$name ]] || wrong "no $sbindir/paqueteria-$name"
done

# same FOLDER INSTALLED SUFFIX…: every file of ours with that suffix, with the same content.
same() {
    local folder=$1 there=$2 f n=0
    shift 2
    while IFS= read -r f; do
        n=$((n + 1))
        cmp -s "$source/$folder/$f" "$there/$f" || wrong "$there/$f is not $folder/$f"
    done < <(cd "$source/$folder" && find . -type f -regextype posix-extended -regex ".*\.($1)" -printf '%P\n')
    ((n > 0)) || wrong "nothing in $folder"
}
same templates "$(place templates_dir)" 'cst|hdf'
same htdocs "$(place htdocs_dir)" 'css|js|svg|png|webmanifest|woff2|wasm|txt|ico'
same lib/store/migrations "$(place migrations_dir)" sql
[[ -s $(place api_file) ]] || wrong "no $(place api_file)"
same nginx/errors "$data/nginx/errors" 'html|json'
cmp -s "$source/nginx/nginx.conf.in" "$data/nginx/nginx.conf.in" || wrong "no $data/nginx/nginx.conf.in"

programs=$(place programs_dir)
for p in job picture; do
    [[ -x $programs/paqueteria-$p ]] || wrong "no $programs/paqueteria-$p"
done
for f in "$bindir/paqueteria" "$sbindir"/paqueteria-* "$programs"/*; do
    [[ -f $f && $f != *.sh ]] || continue
    [[ $(LC_ALL=C readelf -dW "$f") == *"runpath: [$libdir]"* ]] || wrong "$f does not look for its library in $libdir alone"
done
schedule=$(place schedule_file)
cmp -s "$source/cron/schedule" "$schedule" || wrong "no $schedule"
while read -r _ _ _ _ _ _ name _; do
    [[ -x $programs/$name ]] || wrong "the schedule names $name, which is not in $programs"
done < <(grep -v '^ *\(#\|$\)' "$schedule")
tick=$(awk 'match($0, "/[^ ]*paqueteria-tick") && !n++ { print substr($0, RSTART, RLENGTH) }' "$data/crontab")
[[ -n $tick && -x $root$tick ]] || wrong "the crontab names $tick, which is not there"

# Areas answer, and nginx's map can be made of them.
"$programs/areas.sh" "$tmp/nginx" /run/paqueteria "$programs"/*.fcgi || wrong 'areas.sh fails'
while read -r f; do
    f=${f#"$source"/cgi-bin/} f=${f%.c} f=${f%/area}
    grep -q "^upstream ${f}_kept" "$tmp/nginx/upstreams.conf" || wrong "no $programs/$f.fcgi"
done < <(grep -l '^const struct area area' "$source"/cgi-bin/*.c "$source"/cgi-bin/*/area.c)

# Programs that are installed in place (no DESTDIR) find their own data.
if [[ -z $root ]]; then
    "$bindir/paqueteria" --config "$tmp/conf" secrets init >/dev/null || wrong 'secrets init fails'
    "$bindir/paqueteria" --config "$tmp/conf" migrate >/dev/null || wrong 'migrate fails'
    [[ -s $tmp/p.db ]] || wrong 'migrate made no database'
fi

((bad == 0)) && echo "installed: ok, $root$3"
exit "$bad"
