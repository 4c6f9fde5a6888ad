# shellcheck shell=bash
# The commands that check: lint, test, distcheck, fault; and the pictures of the documents.

# Style and structure.  Some look at what is built.
cmd_lint() {
    # shellcheck disable=SC2086  # a list
    install $packages_build $packages_test
    begin_checks
    check 'build with -Werror' ./dev build
    run_all tests/lint/*.{sh,mjs}
    summary
}

# Everything that must hold before a change goes in.
cmd_test() {
    # shellcheck disable=SC2086  # a list
    install $packages_build $packages_test $packages_bench
    begin_checks
    check 'build with -Werror' ./dev build
    # The unit tests run once, watched and each write twice; as they ship they run in ./dev distcheck.
    check 'build with sanitizers' build_asan
    PAQUETERIA_WRITE_TWICE=1 check_units build-asan
    check 'fuzz targets, in short' fuzz_smoke build-asan
    # The tests' programs are made here, once, since several tests would each make them.
    check 'programs for the tests' make -s -C build -j"$(nproc)" test-programs bench-programs
    asan_build=$top/build-asan
    run_all tests/lint/*.{sh,mjs} tests/mutants/run.mjs tests/{http,browser,fault}/*.test.mjs
    say 'Benchmarks, in short'
    check 'tests/bench' node tests/bench/bench.mjs --seconds 1 --rounds 1
    summary
}

make_distcheck() {
    local log=$var/log/distcheck.log
    XZ_OPT=-0 make -C build -j"$(nproc)" distcheck DISTCHECK_CONFIGURE_FLAGS=CFLAGS=-O1 >"$log" 2>&1 || { tail -n 40 "$log"; return 1; }
}

# The archive of a release builds without npm, passes its tests, installs to where its
# programs look, and leaves nothing behind; and clang takes the code as well.
cmd_distcheck() {
    # shellcheck disable=SC2086  # a list
    install $packages_build $packages_test
    begin_checks
    check 'build with -Werror' ./dev build
    check 'make distcheck' make_distcheck
    check 'build with clang' build_clang
    check_units build-clang
    summary
}

# Runs the mutants, or those whose file or program holds these words.   [word…]
cmd_mutants() {
    # shellcheck disable=SC2086  # a list
    install $packages_build $packages_test
    begin_checks
    check 'build with -Werror' ./dev build
    check 'mutants' node tests/mutants/run.mjs "$@"
    summary
}

photos_of_any_bytes() {
    make -s -C build -j"$(nproc)" tests/unit/jobs/photo &&
        TEST_SRCDIR=$top TEST_BUILDDIR=$top/build FAULT_PICTURES=10000 build/tests/unit/jobs/photo \
            --filter 'photos/of_any_bytes*' >"$var/log/photos.log" 2>&1
}

# The fault tests, with the figures that ./dev test has no time for.
cmd_fault() {
    # shellcheck disable=SC2086  # a list
    install $packages_build $packages_test
    begin_checks
    check 'build with -Werror' ./dev build
    check 'programs for the tests' make -s -C build -j"$(nproc)" test-programs
    export FAULT_KILLS=1000 FAULT_FLUSHES=200 FAULT_REDIS_KILLS=100 FAULT_CANARY_S=60 \
        FAULT_CONFIGURE=1 FAULT_DOUBLES=500 FAULT_HANDOVERS=200 FAULT_GRACE_S=30 FAULT_REPORTS=10000 \
        FAULT_BAD=100 FAULT_CLOCK=1 FAULT_HOLDS=10 FAULT_IO_S=60 FAULT_POWER_CUTS=25 \
        FAULT_SENDS=1000 FAULT_MAILS=500 FAULT_OBJECTS=500 FAULT_REDIS_REQUESTS=200 FAULT_REDIS_MB=256 FAULT_EVICTED_JOBS=150 \
        FAULT_MESSAGE_KILLS=300 FAULT_HUPS_S=60 FAULT_DISK_CYCLES=40 FAULT_OVERLOAD_S=20
    at_once 1 run_one tests/fault/*.test.mjs
    check '10,000 photos of any bytes' photos_of_any_bytes
    summary
}

# Tools that are too big for every test run, in a folder of their own.
api_tools() {
    mkdir -p build-api
    cp .npmrc tests/api/package.json tests/api/package-lock.json build-api/
    (cd build-api && npm ci --ignore-scripts --no-audit --no-fund)
}

# The description of the API by other people's tools, and at length by ours.
cmd_api() {
    # shellcheck disable=SC2086  # a list
    install $packages_build $packages_test
    begin_checks
    check 'build with -Werror' ./dev build
    check 'programs for the tests' make -s -C build -j"$(nproc)" test-programs
    check 'npm ci of tests/api' api_tools
    export API_RUNS=${API_RUNS:-60}
    at_once 1 run_one tests/api/*.test.mjs tests/http/openapi.test.mjs
    summary
}

# Scanners that others wrote, at the shop of the demo.   [MINUTES]
cmd_attack() {
    # shellcheck disable=SC2086  # a list
    install $packages_build $packages_test $packages_attack
    cmd_build
    make -s -C build -j"$(nproc)" test-programs
    exec node tools/attack.mjs "$@"
}

# The pictures of the documents, from the shop of the demo.
cmd_pictures() {
    # shellcheck disable=SC2086  # a list
    install $packages_build $packages_test
    cmd_build
    make -s -C build -j"$(nproc)" test-programs
    exec node tools/pictures.mjs
}
