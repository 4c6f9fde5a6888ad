# shellcheck shell=bash
# Checks that pass or fail, each of them counted.

passed=0 failed=0

# check NAME COMMAND…: one check that passes or fails as its command does.
check() {
    local name=$1 start=$SECONDS
    shift
    if "$@"; then
        passed=$((passed + 1))
        printf 'ok   %s (%d s)\n' "$name" $((SECONDS - start))
    else
        failed=$((failed + 1))
        printf 'FAIL %s (%d s)\n' "$name" $((SECONDS - start))
    fi
}

# Unit tests of a build folder.  Criterion's closing lines are counted; a leak
# only shows in a log, since the test itself passes.
check_units() {
    local dir=$1 log=$var/log/unit-$1.log logs
    say "Unit tests ($dir)"
    rm -f "$dir"/tests/unit/**/*.log
    make -C "$dir" -j"$(nproc)" check >"$log" 2>&1 || true
    logs=("$dir"/tests/unit/**/*.log)
    if ((${#logs[@]} == 0)); then
        tail -40 "$log"
        check "$dir: make check" false
        return
    fi
    grep -E '^(FAIL|ERROR):' "$log" || true
    count_units "${logs[@]}"
    check "$dir: make check" grep -qx '# FAIL:  0' "$log"
    check "$dir: no sanitizer report" no_report "${logs[@]}"
}

count_units() {
    local good bad
    read -r good bad < <(sed -n 's/.*Synthesis: Tested: [0-9]* | Passing: \([0-9]*\) | Failing: \([0-9]*\) | Crashing: \([0-9]*\).*/\1 \2 \3/p' "$@" |
        awk '{ p += $1; f += $2 + $3 } END { print p + 0, f + 0 }')
    passed=$((passed + good))
    failed=$((failed + bad))
}

no_report() {
    ! grep -hE -A12 'ERROR: (Address|Leak)Sanitizer|runtime error:' "$@"
}

# One file of tests for node, a process of its own; what it says comes whole.
node_file() {
    local log=$var/log/${1//\//-}
    node --test --test-reporter=spec --test-reporter-destination=stdout \
        --test-reporter=tap --test-reporter-destination="$log.tap" "$1" >"$log.out" 2>&1 || true
    flock "$var/log/tests.lock" cat "$log.out"
}

# All files of a folder, so many at once and then those that say "// Alone", since what they
# measure must be theirs; their tests are counted one by one.
check_node() {
    local dir=$1 at_once=$2 start=$SECONDS f tap alone=()
    say "Tests in tests/$dir"
    rm -f "$var/log/tests-$dir"-*
    for f in "tests/$dir"/*.test.{js,mjs}; do
        if grep -q '^// Alone' "$f"; then
            alone+=("$f")
            continue
        fi
        while (($(jobs -rp | wc -l) >= at_once)); do
            wait -n || true
        done
        node_file "$f" &
    done
    wait
    for f in "${alone[@]}"; do
        node_file "$f"
    done
    for f in "tests/$dir"/*.test.{js,mjs}; do
        tap=$var/log/${f//\//-}.tap
        if ! grep -qs '^# pass' "$tap"; then
            check "$f" false
            continue
        fi
        passed=$((passed + $(awk '/^# pass/ { n = $3 } END { print n + 0 }' "$tap")))
        failed=$((failed + $(awk '/^# (fail|cancelled)/ { n += $3 } END { print n + 0 }' "$tap")))
    done
    say "tests/$dir took $((SECONDS - start)) s"
}

lint_all() {
    local f
    for f in tests/lint/*; do
        case $f in
        *.sh) check "$f" bash "$f" ;;
        *.js | *.mjs) check "$f" node "$f" ;;
        esac
    done
}

summary() {
    say "After $SECONDS s"
    printf '%d passed, %d failed\n' "$passed" "$failed"
    ((failed == 0))
}
