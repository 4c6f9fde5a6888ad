#!/usr/bin/env bash
# The logs of visits are kept six months and no longer, as /privacy promises (deploy/logrotate).
set -euo pipefail
cd "$(dirname "$0")/../.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

grep -q '<dt>Registros técnicos de visitas</dt><dd>6 meses</dd>' templates/site/privacy.cst ||
    { echo 'logrotate.sh: /privacy promises something else' >&2; exit 1; }

# The rules are tried in a folder of our own, without nginx, and for files of whoever runs this.
sed "s|/var/log/paqueteria|$tmp|; s|/run/nginx.pid|$tmp/none|; /create/d" deploy/logrotate >"$tmp/conf"
chmod 0644 "$tmp/conf"
chmod 0700 "$tmp"
old=$(date -d '184 days ago' +%Y%m%d) young=$(date -d '180 days ago' +%Y%m%d)
for day in "$old" "$young"; do
    gzip </dev/null >"$tmp/nginx.access.log-$day.gz"
    touch -d "$day" "$tmp/nginx.access.log-$day.gz"
done
echo 'a visit of today' >"$tmp/nginx.access.log"
PATH=$PATH:/usr/sbin logrotate -f -s "$tmp/state" "$tmp/conf"

[[ ! -e $tmp/nginx.access.log-$old.gz ]] || { echo 'logrotate.sh: a log of more than six months stays' >&2; exit 1; }
[[ -e $tmp/nginx.access.log-$young.gz ]] || { echo 'logrotate.sh: a log of less than six months is gone' >&2; exit 1; }
[[ $(zcat "$tmp/nginx.access.log-$(date +%Y%m%d).gz") == 'a visit of today' ]] ||
    { echo 'logrotate.sh: the log of today is lost' >&2; exit 1; }
echo 'logrotate.sh: ok'
