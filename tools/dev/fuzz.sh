# shellcheck shell=bash
# The fuzz targets.

fuzz_seconds=3                   # libFuzzer's time for each
fuzz_runs=2000                   # inputs for each, where libFuzzer is not asked

# Runs a fuzz target as ./dev fuzz does: by libFuzzer, in build-fuzz.
fuzz_one() {
    local found=$var/fuzz/$1 log=$var/log/fuzz-$1.log corpus=()
    mkdir -p "$found" "$var/log"
    [[ ! -d tests/fuzz/corpus/$1 ]] || corpus=("tests/fuzz/corpus/$1")
    build-fuzz/tests/fuzz/"$1" -max_total_time="$fuzz_seconds" -artifact_prefix="$found/" \
        "$found" "${corpus[@]}" >"$log" 2>&1 || { tail -n 40 "$log"; return 1; }
}

# Runs each fuzz target of a build with sanitizers over its corpus and a little more.
fuzz_smoke() {
    local t bad=0 log=$var/log/fuzz.log seed=${TEST_SEED:-1}
    mkdir -p "$var/fuzz"
    make -C "$1" -j"$(nproc)" fuzz-targets >"$log" 2>&1 || { tail -n 40 "$log"; return 1; }
    for t in $(fuzz_names); do
        "$1/tests/fuzz/$t" "$fuzz_runs" "$seed" "$var/fuzz/$t.died" "tests/fuzz/corpus/$t" >"$log" 2>&1 ||
            { bad=1 && echo "$t, TEST_SEED=$seed:" && tail -n 40 "$log"; }
    done
    return "$bad"
}

# The targets, as tests/fuzz/NAME.c.
fuzz_names() {
    grep -lE '^int LLVMFuzzerTestOneInput' tests/fuzz/*.c | sed 's|.*/||; s|\.c$||'
}

# Runs the fuzz targets, each for so many seconds.   [seconds]
cmd_fuzz() {
    # shellcheck disable=SC2086  # a list
    install $packages_build $packages_test
    begin_checks
    fuzz_seconds=${1:-$fuzz_seconds}
    check 'build fuzz targets' build_fuzz
    # shellcheck disable=SC2046  # names without spaces
    run_all $(fuzz_names | sed 's|^|tests/fuzz/|')
    summary
}
