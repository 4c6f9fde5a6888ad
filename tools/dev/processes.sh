# shellcheck shell=bash
# The processes of a system: which run, how each is started and stopped.

all_programs='redis serve worker tick nginx'

# "PID START" of a process: with its start time a number used again is not it.
identity() {
    local stat
    read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
    read -ra stat <<<"${stat##*) }"
    [[ ${stat[0]} != Z ]] && printf '%s %s\n' "$1" "${stat[19]}"
}

# The pid of a program of ours that runs; fails when it does not.
pid_of() {
    local pid rest
    read -r pid rest 2>/dev/null <"$var/run/$1.dev" || return 1
    [[ $(identity "$pid") == "$pid $rest" ]] && printf '%s\n' "$pid"
}

# start NAME COMMAND…: in a process group of its own, output to its log.
start() {
    local name=$1 pid
    shift
    pid_of "$name" >/dev/null && return
    setsid "$@" </dev/null >>"$var/log/$name.log" 2>&1 9>&- &
    pid=$!
    sleep 0.05
    identity "$pid" >"$var/run/$name.dev" || die "$name did not start: see $var/log/$name.log"
    say "Started $name (pid $pid)"
}

# stop NAME…: TERM to all of them, and 35 s later KILL to the whole group of who still runs.
stop() {
    local name pid n waiting=()
    for name; do
        if pid=$(pid_of "$name"); then
            kill -TERM "$pid"
            waiting+=("$name")
        else
            rm -f "$var/run/$name.dev"
        fi
    done
    for name in "${waiting[@]}"; do
        for ((n = 0; n < 1400; n++)); do
            pid=$(pid_of "$name") || break
            sleep 0.025
        done
        pid=$(pid_of "$name") && kill -KILL -- "-$pid"
        rm -f "$var/run/$name.dev"
        say "Stopped $name"
    done
}

start_program() {
    case $1 in
    redis)
        # Redis and its client hang for ever under the library by which a test moves the clock.
        LD_PRELOAD='' start redis redis-server "$var/conf/redis.conf"
        wait_for redis redis_answers
        ;;
    serve) start serve "$build"/bin/paqueteria-serve --config "$conf" ;;
    worker) start worker "$build"/bin/paqueteria-worker --config "$conf" ;;
    tick) start tick "$build"/cron/paqueteria-tick --config "$conf" --loop ;;
    nginx) start nginx nginx -e "$var/log/nginx.error.log" -c "$var/conf/nginx.conf" -g 'daemon off;' ;;
    *) die "no program $1" ;;
    esac
}

# Replace what was built since it was started: areas in a rolling way.
restart_changed() {
    local f name pid
    pid=$(pid_of serve) || return 0
    if [[ $build/bin/paqueteria-serve -nt $var/run/serve.dev ]]; then
        say 'Upgrading serve'
        touch "$var/run/serve.dev" "$var/run/areas.stamp"
        kill -USR2 "$pid"
    else
        for f in "$programs"/*.fcgi; do
            name=${f##*/}
            [[ $(readlink -f "$f") -nt $var/run/areas.stamp ]] && printf '%s\n' "${name%.fcgi}"
        done >"$var/run/restart.new"
        if [[ -s $var/run/restart.new ]]; then
            say "Restarting $(paste -sd' ' "$var/run/restart.new")"
            mv "$var/run/restart.new" "$var/run/restart"
            touch "$var/run/areas.stamp"
            kill -HUP "$pid"
        fi
    fi
    for name in worker tick; do
        f=$build/bin/paqueteria-worker
        [[ $name == tick ]] && f=$build/cron/paqueteria-tick
        if [[ $f -nt $var/run/$name.dev && -f $var/run/$name.dev ]] ||
            [[ $name == worker && $build/bin/paqueteria-job -nt $var/run/$name.dev ]]; then
            stop "$name"
            start_program "$name"
        fi
    done
}

# Redis answers, if only that it wants the password.
redis_answers() { LD_PRELOAD='' redis-cli -s "$var/run/redis.sock" ping >/dev/null 2>&1; }

# Whether all areas answer a GET over plain http; needs no curl.
site_answers() {
    local line
    {
        exec 3<>"/dev/tcp/127.0.0.1/$http" || return
        printf 'GET /ready HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&3
        read -r line <&3
        exec 3>&-
    } 2>/dev/null
    [[ $line == *' 200'* ]]
}

# wait_for NAME COMMAND: until the command says that the program answers, 15 s at most.
wait_for() {
    local n
    for ((n = 0; n < 300; n++)); do
        if "$2"; then return; fi
        sleep 0.05
    done
    die "$1 gives no good answer: see ./dev logs"
}

# Whatever of a system does not run yet, Redis before those that ask it.
start_all() {
    local name
    for name in $all_programs; do start_program "$name"; done
    wait_for "http://127.0.0.1:$http/ready" site_answers
}
