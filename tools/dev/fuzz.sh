# shellcheck shell=bash
# The fuzz targets.

fuzz_seconds=1                   # for each

fuzz_one() {
    local found=$var/fuzz/$1 log=$var/log/fuzz-$1.log corpus=()
    mkdir -p "$found" "$var/log"
    [[ ! -d tests/fuzz/corpus/$1 ]] || corpus=("tests/fuzz/corpus/$1")
    build-fuzz/tests/fuzz/"$1" -max_total_time="$2" -artifact_prefix="$found/" \
        "$found" "${corpus[@]}" >"$log" 2>&1 || { tail -n 40 "$log"; return 1; }
}

# The targets that are built, as run_one takes them.
fuzz_targets() {
    local t
    for t in tests/fuzz/*.c; do
        t=${t%.c}
        [[ ! -x build-fuzz/$t ]] || printf '%s\n' "$t"
    done
}

# Runs the fuzz targets, each for so many seconds.   [seconds]
cmd_fuzz() {
    local targets
    # shellcheck disable=SC2086  # a list
    install $packages_build $packages_test
    begin_checks
    fuzz_seconds=${1:-3}
    check 'build fuzz targets' build_fuzz
    mapfile -t targets < <(fuzz_targets)
    run_all "${targets[@]}"
    summary
}
