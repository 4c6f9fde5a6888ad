# shellcheck shell=bash
# The fuzz targets.

fuzz_one() {
    local found=$var/fuzz/$1 log=$var/log/fuzz-$1.log corpus=()
    mkdir -p "$found" "$var/log"
    [[ ! -d tests/fuzz/corpus/$1 ]] || corpus=("tests/fuzz/corpus/$1")
    build-fuzz/tests/fuzz/"$1" -max_total_time="$2" -artifact_prefix="$found/" \
        "$found" "${corpus[@]}" >"$log" 2>&1 || { tail -n 40 "$log"; return 1; }
}

fuzz_all() {
    local t
    check 'build fuzz targets' build_fuzz
    for t in tests/fuzz/*.c; do
        t=$(basename "$t" .c)
        [[ ! -x build-fuzz/tests/fuzz/$t ]] || check "fuzz $t" fuzz_one "$t" "$1"
    done
}

# Each fuzz target for so many seconds.   [seconds]
cmd_fuzz() {
    # shellcheck disable=SC2086  # a list
    install $packages_build $packages_test
    fuzz_all "${1:-3}"
    summary
}
