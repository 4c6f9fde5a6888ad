# shellcheck shell=bash
# The commands that run a system: up, start, down, restart, logs, status, watch.

# Install, build, configure, start; safe to call again.   [--demo]
cmd_up() {
    # shellcheck disable=SC2086  # a list
    install $packages_build
    cmd_build
    cmd_start "$@"
}

# Start what is built, configured first.   [--demo | --configured]
cmd_start() {
    local p how=${1:-}
    make_folders
    [[ $how == --configured ]] || cmd_configure
    # Before anybody writes a job: whoever finds no Redis warns of it.
    start_program redis
    if [[ $how == --demo ]]; then
        stop worker              # it would take days gone by for messages too late to send
        paqueteria demo
    fi
    restart_changed
    [[ -f $var/run/areas.stamp ]] || touch "$var/run/areas.stamp"
    # An nginx that runs already reads its files anew; one that is just starting would be ended by HUP.
    if p=$(pid_of nginx); then kill -HUP "$p"; fi
    start_all
    say "http://127.0.0.1:$http  ·  https://localhost:$https (authority: $var/tls/ca.crt)"
}

# Stop everything: first who asks, then who answers, then what they tell each other by.
cmd_down() {
    stop nginx tick worker
    stop serve
    stop redis
}

# Restart all, or one of: redis serve worker tick nginx, or an area.   [name]
cmd_restart() {
    local name=${1:-}
    if [[ -z $name ]]; then
        cmd_down
        cmd_up ''
    elif [[ -e $programs/$name.fcgi ]]; then
        printf '%s\n' "$name" >"$var/run/restart"
        kill -HUP "$(pid_of serve)"
    else
        [[ " $all_programs " == *" $name "* ]] || die "no program or area $name"
        stop "$name"
        start_program "$name"
    fi
}

# Follow the logs.   [redis|serve|worker|tick|nginx.access|nginx.error]
cmd_logs() {
    local files=("$var/log/"*.log)
    [[ -z ${1:-} ]] || files=("$var/log/$1"*.log)
    ((${#files[@]})) || die "no log of $1 in $var/log"
    exec tail -n 40 -F "${files[@]}"
}

# PSS in KB of a process and all below it.
memory_of() {
    local pid=$1 kb child
    kb=$(awk '/^Pss:/ { print $2 }' "/proc/$pid/smaps_rollup" 2>/dev/null || true)
    kb=${kb:-0}
    # shellcheck disable=SC2013  # words are wanted
    for child in $(cat "/proc/$pid/task/$pid/children" 2>/dev/null); do
        kb=$((kb + $(memory_of "$child")))
    done
    printf '%s\n' "$kb"
}

# Says which programs run, and how much memory they take.
cmd_status() {
    local name pid code=0
    for name in $all_programs; do
        if pid=$(pid_of "$name"); then
            printf '%-8s pid %-7s %6.1f MB\n' "$name" "$pid" "$(($(memory_of "$pid") * 10 / 1024))e-1"
        else
            printf '%-8s stopped\n' "$name"
            code=1
        fi
    done
    return $code
}

# Builds whenever a file is saved, and restarts what changed. Templates need no restart.
cmd_watch() {
    local stamp=$var/run/watch.stamp
    [[ -d $var/run ]] || die 'first: ./dev up'
    touch "$stamp"
    say 'Watching (Ctrl-C ends)'
    while sleep 0.5; do
        [[ -n $(find lib cgi-bin bin cron \( -name '*.[ch]' -o -name '*.def' \) \
            -newer "$stamp" -print -quit) ]] || continue
        touch "$stamp"
        ./dev build || continue
        make_conf
        make_nginx_conf
        restart_changed
        kill -HUP "$(pid_of nginx)"
    done
}
