# shellcheck shell=bash
# Checks, one after another or several at once.  Each leaves lines in $results: "ok", "FAIL" or
# "NONE" (could not begin) for what is counted, "time" for how long a file or a check took, then
# seconds, the name, and why it failed.

results=$var/log/results.$$
mutants_seed=1                   # chooses the ten mutants of ./dev test; ./dev mutants tries all
seconds=$var/log/seconds         # seconds that each test took the last time

begin_checks() {
    mkdir -p "$var/log"
    touch "$seconds"
    : >"$results"
    trap 'rm -f "$results"' EXIT
}

# record WORD SECONDS NAME: a line of the results.
record() { printf '%s\t%s\t%s\n' "$@" >>"$results"; }

# Seconds since this $EPOCHREALTIME.
since() {
    local ms=$(((${EPOCHREALTIME/./} - ${1/./}) / 1000))
    printf '%d.%d\n' $((ms / 1000)) $((ms % 1000 / 100))
}

# check NAME COMMAND…: it passes or fails as its command does.
check() {
    local name=$1 start=$EPOCHREALTIME word=FAIL took
    shift
    if "$@"; then word=ok; fi
    took=$(since "$start")
    record $word "$took" "$name"
    record time "$took" "$name"
    printf '%-4s %s (%s s)\n' $word "$name" "$took"
}

# at_once N FUNCTION NAME…: the function on each name, N at a time; what each says comes whole.
at_once() {
    local n=$1 run=$2 name
    shift 2
    for name; do
        while (($(jobs -rp | wc -l) >= n)); do wait -n || true; done
        {
            "$run" "$name" >"$var/log/${name//\//-}.out" 2>&1 || true
            flock "$var/log/.lock" cat "$var/log/${name//\//-}.out"
        } &
    done
    wait
}

# The names, in lines, those first that took longest the last time, so that none runs by itself at
# the end.  Where no time is known the size of the file says it, or its line "// Long".
longest_first() {
    local name size
    for name; do
        size=$({ cat "$name"{,.c} 2>/dev/null || true; } | wc -c)
        ! grep -qsE '^(//|#) Long' "$name" || size=1000000
        awk -F '\t' -v name="$name" -v size="$size" \
            '$2 == name { s = $1 } END { printf "%.3f\t%s\n", s ? s : size / 1000, name }' "$seconds"
    done | sort -rn | cut -f 2
}

# Runs a file of tests for node in a process of its own.  Those of tests/http meet the programs that
# $asan_build has, where it is set, which watch their own memory and run each write twice.
node_file() {
    local f=$1 start=$EPOCHREALTIME log=$var/log/${1//\//-} env=()
    [[ -z ${asan_build:-} || $f != tests/http/* ]] || env=(DEV_BUILD="$asan_build" \
        PAQUETERIA_MEMORY_MAX_MB=4096 ASAN_OPTIONS=detect_leaks=0 PAQUETERIA_WRITE_TWICE=1)
    rm -f "$log.results"
    env "${env[@]}" node --test-reporter=spec --test-reporter-destination=stdout \
        --test-reporter="$top/tools/dev/reporter.mjs" --test-reporter-destination="$log.results" "$f" ||
        grep -qsE '^(FAIL|NONE)' "$log.results" || record FAIL 0 "$f ended badly"
    [[ -s $log.results ]] || record FAIL 0 "$f has no test"
    awk -F '\t' -v OFS='\t' -v file="$f" '{ $3 = file ": " $3; print }' "$log.results" >>"$results"
    record time "$(since "$start")" "$f"
}

# Runs one thing of any kind: a file of tests, a lint, a fuzz target.
run_one() {
    case $1 in
    *.test.mjs) node_file "$1" ;;
    tests/lint/*.sh) check "$1" bash "$1" ;;
    tests/lint/*.mjs) check "$1" node "$1" ;;
    tests/mutants/*) check "$1" env TEST_SEED="${TEST_SEED:-$mutants_seed}" node "$1" --sample 10 --build "${asan_build:-build}" ;;
    tests/fuzz/*) check "$1" fuzz_one "${1##*/}" ;;
    esac
}

# Runs all of these, on every core and one more, since most wait now and then; then, each by itself,
# those that say "// Alone": what they measure must be theirs.
run_all() {
    local name alone=() names=()
    for name; do
        if grep -qs '^// Alone' "$name"; then alone+=("$name"); else names+=("$name"); fi
    done
    mapfile -t names < <(longest_first "${names[@]}")
    at_once "$(($(nproc) + 1))" run_one "${names[@]}"
    ((${#alone[@]} == 0)) || at_once 1 run_one "${alone[@]}"
}

# Unit tests of a build folder.  Criterion's closing lines are counted; a leak
# only shows in a log, since the test itself passes.
check_units() {
    local dir=$1 log=$var/log/unit-$1.log logs
    say "Unit tests ($dir)"
    rm -f "$dir"/tests/unit/**/*.log
    check "$dir: make check" make_check "$dir" "$log"
    logs=("$dir"/tests/unit/**/*.log)
    if ((${#logs[@]} == 0)); then
        tail -40 "$log"
        return
    fi
    sed -n 's/.*Synthesis: Tested: [0-9]* | Passing: \([0-9]*\) | Failing: \([0-9]*\) | Crashing: \([0-9]*\).*/\1 \2 \3/p' \
        "${logs[@]}" | awk '{ while ($1-- > 0) print "ok\t0\tunit"; bad = $2 + $3; while (bad-- > 0) print "FAIL\t0\tunit" }' >>"$results"
    check "$dir: no sanitizer report" no_report "${logs[@]}"
}

make_check() {
    make -C "$1" -j"$(nproc)" check >"$2" 2>&1 || { grep -E '^(FAIL|ERROR):' "$2"; return 1; }
}

no_report() {
    ! grep -hE -A12 'ERROR: (Address|Leak)Sanitizer|runtime error:' "$@"
}

# Says which tests took longest, which failed, and the sum.
summary() {
    say "After $SECONDS s.  The ten slowest:"
    awk -F '\t' '$1 == "time" { printf "%8.1f s  %s\n", $2, $3 }' "$results" | sort -rn | awk 'NR <= 10'
    awk -F '\t' '$1 == "FAIL" { printf "FAIL %s (%s s)%s\n", $3, $2, $4 ? "\n     " $4 : "" }' "$results"
    awk -F '\t' '$1 == "NONE" { split($3, at, ": "); n[at[1]]++ }
        END { for (file in n) printf "NONE %s: %d tests could not begin\n", file, n[file] }' "$results"
    awk -F '\t' -v OFS='\t' '$1 == "time" { s[$3] = $2 } NF == 2 && !($2 in s) { s[$2] = $1 }
        END { for (name in s) print s[name], name }' "$results" "$seconds" >"$seconds.new"
    mv "$seconds.new" "$seconds"
    awk -F '\t' '$1 == "ok" { good++ } $1 == "FAIL" || $1 == "NONE" { bad++ }
        END { printf "%d passed, %d failed\n", good, bad; exit bad > 0 }' "$results"
}
