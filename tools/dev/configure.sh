# shellcheck shell=bash
# var/: folders, configuration, secrets, certificates, the first administrator.

paqueteria() { "$build/bin/paqueteria" --config "$conf" "$@"; }

make_folders() {
    mkdir -p "$var"/{conf,db,run/nginx,files,spool,secrets,log,redis,tls,programs}
    chmod 700 "$var"/{secrets,redis,tls,db}
    ((${#var} <= 80)) || die "the path of $var is too long for unix sockets"
}

# The programs that others start, by links in one folder.
make_links() {
    local f all=()
    for f in "$build"/cgi-bin/*.fcgi "$build"/bin/paqueteria-{job,picture,sheet} "$build"/cron/*; do
        [[ ! -x $f || ! -f $f ]] || all+=("$f")
    done
    ln -sfn -t "$programs" "${all[@]}"
}

make_conf() {
    make_links
    [[ -f $conf ]] && return
    say "Making $conf"
    cat >"$conf" <<END
# Made by ./dev up, which leaves it alone from now on.
development = true
database = $var/db/paqueteria.db
run_dir = $var/run
files_dir = $var/files
spool_dir = $var/spool
secrets_dir = $var/secrets
templates_dir = $top/templates
migrations_dir = $top/lib/store/migrations
htdocs_dir = $top/htdocs
api_file = $build/cgi-bin/openapi.json
schedule_file = $top/cron/schedule
programs_dir = $programs
public_url = http://127.0.0.1:$http
redis = $var/run/redis.sock
sms_driver = file
sms_file = $var/sms.log
END
}

# A certificate authority of our own, and our certificate by it.
make_certificates() {
    local t=$var/tls
    openssl x509 -checkend 604800 -noout -in "$t/server.crt" >/dev/null 2>&1 && return
    say "Making certificates (authority: $t/ca.crt)"
    [[ -f $t/ca.crt ]] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
        -nodes -days 3650 -subj '/CN=PAQUETERIA development CA' \
        -addext 'keyUsage=critical,keyCertSign,cRLSign' \
        -keyout "$t/ca.key" -out "$t/ca.crt" 2>/dev/null
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=localhost' \
        -keyout "$t/server.key" -out "$t/server.csr" 2>/dev/null
    printf '%s\n' 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1' \
        'extendedKeyUsage=serverAuth' 'basicConstraints=CA:FALSE' >"$t/server.ext"
    openssl x509 -req -days 800 -in "$t/server.csr" -CA "$t/ca.crt" -CAkey "$t/ca.key" \
        -CAcreateserial -extfile "$t/server.ext" -out "$t/server.crt" 2>/dev/null
}

make_redis_conf() {
    (umask 077; cat >"$var/conf/redis.conf" <<END
port 0
unixsocket $var/run/redis.sock
unixsocketperm 700
user default on >$(<"$var/secrets/redis_password") ~paq:* -@all +auth +ping +xadd +xgroup|create +xreadgroup
user admin on >$(<"$var/secrets/redis_password") ~* +@all
maxmemory 256mb
maxmemory-policy allkeys-lru
save ""
appendonly no
dir $var/redis
daemonize no
END
    )
}

make_nginx_conf() {
    local user=''
    ((EUID)) || user='user root;'
    sed "s|@RUN@|$var/run|" "$build/nginx/upstreams.conf" >"$var/conf/upstreams.conf"
    cp "$build/nginx/locations.conf" "$var/conf/"
    sed -e "s|@USER@|$user|; s|@RUN@|$var/run|; s|@LOG@|$var/log|; s|@CONF@|$var/conf|" \
        -e "s|@HTDOCS@|$top/htdocs|; s|@FILES@|$var/files|; s|@FAULTS@|$top/nginx/errors|" \
        -e "s|@CERT@|$var/tls/server.crt|; s|@KEY@|$var/tls/server.key|" \
        -e "s|@HTTP@|127.0.0.1:$http|; s|@HTTPS@|127.0.0.1:$https|; s|@NAMES@|127.0.0.1 localhost|" \
        -e 's|@UPLOAD_MB@|80|; s|@EXEMPT@|::1/128|; s|@HSTS@||' \
        nginx/nginx.conf.in >"$var/conf/nginx.conf"
    nginx -t -q -e "$var/log/nginx.error.log" -c "$var/conf/nginx.conf"
}

make_admin() {
    local users
    users=$(paqueteria user list)
    [[ $users != *ADMIN* ]] || return 0
    say 'The first administrator (the password is shown this once):'
    paqueteria user add --username admin --email admin@example.invalid \
        --name 'Administración' --role ADMIN
}

# Makes all of var/, and starts nothing.
cmd_configure() {
    make_folders
    exec 9>"$var/run/dev.lock"
    flock -n 9 || die 'another ./dev up is at work'
    make_conf
    make_certificates
    paqueteria secrets init
    make_redis_conf
    paqueteria migrate
    make_admin
    make_nginx_conf
}
