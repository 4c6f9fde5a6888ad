# shellcheck shell=bash
# How fast it is.

# How fast it is, beside a minimal responder; among ever more packages; or what a clock tells.   [scale|timing]
cmd_bench() {
    # shellcheck disable=SC2086  # a list
    install $packages_build $packages_bench
    cmd_build
    make -C build bench-programs
    if [[ ${1:-} == scale ]]; then
        shift
        exec node tests/bench/scale.mjs "$@"
    fi
    if [[ ${1:-} == timing ]]; then
        shift
        exec node tests/bench/timing.mjs "$@"
    fi
    exec node tests/bench/bench.mjs "$@"
}
