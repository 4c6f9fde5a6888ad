# shellcheck shell=bash
# How fast it is.

# How fast it is, beside a minimal responder; or among ever more packages.   [scale]
cmd_bench() {
    # shellcheck disable=SC2086  # a list
    install $packages_build $packages_bench
    cmd_build
    make -C build bench-programs
    if [[ ${1:-} == scale ]]; then
        shift
        exec node tests/bench/scale.mjs "$@"
    fi
    exec node tests/bench/bench.mjs "$@"
}
